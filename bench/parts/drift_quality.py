"""What is found, missed and falsely called drift."""

import subprocess
import sys
from pathlib import Path

from bench.places import ROOT
from bench.results import Part, load
from bench.sizes import QUICK, Sizes


def measure(sizes: Sizes, data: Path) -> Part:
    """Counted in a process of its own, as it needs heavy imports; see `bench.running`."""
    is_quick = sizes == QUICK
    command = [sys.executable, "-m", "bench.drift_quality", *(["--quick"] if is_quick else [])]
    subprocess.run(command, cwd=ROOT, check=True)
    found = load("drift-quality", is_quick=is_quick)
    if found is None:
        raise FileNotFoundError("bench.drift_quality ended well but left no results")
    return found
