"""Starts the measurement of one chapter in a process of its own; nothing heavy may be imported here."""

import subprocess
import sys

from bench.places import ROOT
from bench.results import Part, load
from bench.sizes import QUICK, Sizes


def measure_apart(name: str, sizes: Sizes) -> Part:
    is_quick = sizes == QUICK
    command = [sys.executable, "-m", "bench.serving", name, *(["--quick"] if is_quick else [])]
    subprocess.run(command, cwd=ROOT, check=True)
    found = load(f"server-{name}", is_quick=is_quick)
    if found is None:
        raise FileNotFoundError(f"bench.serving {name} ended well but left no results")
    return found
