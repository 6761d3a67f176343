"""Measures one chapter and keeps it for the page: `python -m bench.serving invoke|api|... [--quick]`."""

import importlib
import sys

from bench.sizes import FULL, QUICK


def main() -> None:
    """In a process of its own, as it needs heavy imports; see `bench.running`."""
    name, is_quick = sys.argv[1], "--quick" in sys.argv
    module = importlib.import_module(f"bench.serving.{name}")
    part = module.measure(QUICK if is_quick else FULL)
    part.is_quick = is_quick
    part.save()
    for goal in part.goals:
        print(f"{goal.what}: {goal.measured:.3f} {goal.unit}, at most {goal.at_most}", flush=True)


if __name__ == "__main__":
    main()
