"""Distributions as a line of block characters."""

from collections.abc import Sequence

from leeboard.formats.statistics import FeatureStatistics
from leeboard.report.charts.bins import histogram
from leeboard.report.charts.points import counts_of, points_of

BLOCKS = " ▁▂▃▄▅▆▇█"
WIDTH = 12


def sparkline(feature: FeatureStatistics) -> str:
    """Of numbers their histogram, of texts their most frequent values; "" for a column without values."""
    numbers = points_of(feature)
    if numbers is not None:
        drawn = histogram(None, numbers, WIDTH)
        return blocks(drawn.current.shares.tolist()) if drawn and drawn.current else ""
    counted = counts_of(feature)
    return blocks(sorted(counted.counts.values(), reverse=True)[:WIDTH]) if counted else ""


def blocks(sizes: Sequence[float]) -> str:
    """One character a size, full for the largest; what is not 0 can be seen.

    >>> blocks([0, 1, 50, 100])
    ' ▁▄█'
    """
    top = max(sizes, default=0)
    return "".join(BLOCKS[max(1, round(8 * size / top))] if size > 0 else " " for size in sizes)
