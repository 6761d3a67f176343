"""Pages of the dashboard with a large store."""

from pathlib import Path

from bench.results import Part
from bench.serving.apart import measure_apart
from bench.sizes import Sizes


def measure(sizes: Sizes, data: Path) -> Part:
    return measure_apart("pages", sizes)
