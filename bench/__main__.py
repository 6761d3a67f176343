"""`python -m bench [PART...] [--quick]`: make the data, run the parts, write the page."""

import argparse
import importlib
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

from bench import parts
from bench.contestants import DOES, OUT
from bench.page import MODELS_OPENING, OPENING, SERVER_OPENING, write_page
from bench.places import (
    DATA,
    MODELS_PAGE,
    PAGE,
    QUICK_MODELS_PAGE,
    QUICK_PAGE,
    QUICK_SERVER_PAGE,
    ROOT,
    SERVER_PAGE,
)
from bench.results import load
from bench.sizes import FULL, QUICK
from bench.venvs import SHARED, install


def main() -> None:
    """Parts that are not named keep the results that they had."""
    options = _options()
    sizes = QUICK if options.quick else FULL
    if options.peers:
        for peer in (*SHARED, *DOES):
            install(peer)
    names = options.parts or parts.NAMES
    if set(names) & set(parts.OF_DATA):
        data_command = [sys.executable, "-m", "bench.data", *(["--quick"] if options.quick else [])]
        subprocess.run(data_command, cwd=ROOT, check=True)  # its own process, see bench.running
    OUT.mkdir(parents=True, exist_ok=True)
    for name in names:
        module = importlib.import_module(f"bench.parts.{name.replace('-', '_')}")
        part = module.measure(sizes, DATA / sizes.name)
        part.is_quick = options.quick
        part.save()
    _write(parts.OF_DATA, QUICK_PAGE if options.quick else PAGE, OPENING, options.quick)
    server_page = QUICK_SERVER_PAGE if options.quick else SERVER_PAGE
    _write(parts.OF_SERVER, server_page, SERVER_OPENING, options.quick)
    models_page = QUICK_MODELS_PAGE if options.quick else MODELS_PAGE
    _write(parts.OF_MODELS, models_page, MODELS_OPENING, options.quick)


def _write(names: Sequence[str], page: Path, opening: str, is_quick: bool) -> None:
    """The page of these parts, unless none of them has ever run here."""
    found = [part for name in names if (part := load(name, is_quick=is_quick))]
    if found:
        write_page(found, page, opening)
        print(f"written: {page.relative_to(ROOT)}")


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="bench", description="leeboard against its peers")
    parser.add_argument("parts", nargs="*", metavar="PART", help=", ".join(parts.NAMES))
    parser.add_argument("--quick", action="store_true", help="small data, to try the bench itself")
    parser.add_argument("--no-peers", dest="peers", action="store_false", help="install no peer")
    options = parser.parse_args()
    if unknown := set(options.parts) - set(parts.NAMES):
        parser.error(f"no part named {', '.join(sorted(unknown))}; known: {', '.join(parts.NAMES)}")
    return options


if __name__ == "__main__":
    main()
