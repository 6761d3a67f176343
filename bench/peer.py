"""Runs one peer inside its own environment: `python -m bench.peer NAME profile|drift FILE...`."""

import importlib
import json
import sys


def main() -> None:
    """Print what the peer's function gives back, as JSON on the last line."""
    name, task, *files = sys.argv[1:]
    found = getattr(importlib.import_module(f"bench.peers.{name}"), task)(*files)
    print("\n" + json.dumps(found))


if __name__ == "__main__":
    main()
