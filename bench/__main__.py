"""`python -m bench [PART...] [--quick]`: make the data, run the parts, write the page."""

import argparse
import importlib
import subprocess
import sys

from bench import parts
from bench.contestants import DOES, OUT
from bench.page import write_page
from bench.places import DATA, PAGE, QUICK_PAGE, ROOT
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
    data_command = [sys.executable, "-m", "bench.data", *(["--quick"] if options.quick else [])]
    subprocess.run(data_command, cwd=ROOT, check=True)  # its own process, see bench.running
    OUT.mkdir(parents=True, exist_ok=True)
    for name in options.parts or parts.NAMES:
        module = importlib.import_module(f"bench.parts.{name.replace('-', '_')}")
        part = module.measure(sizes, DATA / sizes.name)
        part.is_quick = options.quick
        part.save()
    page = QUICK_PAGE if options.quick else PAGE
    write_page([part for name in parts.NAMES if (part := load(name, is_quick=options.quick))], page)
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
