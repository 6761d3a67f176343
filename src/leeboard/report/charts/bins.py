"""Common bins for the numbers of two data sets, on an axis on which both can be read."""

from collections.abc import Sequence
from dataclasses import dataclass
from sys import float_info

import numpy as np

from leeboard.report.charts.points import Floats, Points

MOST_BINS = 36
FEWEST_BINS = 8
CENTRAL = (0.005, 0.995)
"""What must be on the axis; what is beyond is only told, if showing it would squeeze the rest."""
SQUEEZED = 1 / 20
"""Middle half over the width of the axis: below, the straight axis would show one bar."""
MAGNITUDES = 1e15
HUGE = float_info.max / 10


@dataclass(frozen=True, slots=True)
class Scale:
    """Where a value stands on the axis.

    Attributes:
        bend: 0.0 for a straight axis. Else values are laid out like logarithms, but straight
            between -bend and bend, so that zero and negative values have a place.
    """

    bend: float = 0.0

    def places(self, values: Floats) -> Floats:
        with np.errstate(over="ignore"):  # a value that far out has its place at infinity
            return np.arcsinh(values / self.bend) if self.bend else values

    def values(self, places: Floats) -> Floats:
        return np.sinh(places) * self.bend if self.bend else places


@dataclass(frozen=True, slots=True, eq=False)
class Side:
    """One data set in the bins, as shares of all its numbers.

    Attributes:
        shares: one a bin.
        below, above: the share outside the axis.
        lowest, highest: of all numbers, also those outside.
    """

    shares: Floats
    below: float
    above: float
    lowest: float
    highest: float


@dataclass(frozen=True, slots=True, eq=False)
class Histogram:
    """Two data sets in the same bins; either may be missing.

    Attributes:
        edges: places on the scale, one more than there are bins, equally far apart.
    """

    scale: Scale
    edges: Floats
    baseline: Side | None
    current: Side | None


def histogram(
    baseline: Points | None, current: Points | None, most_bins: int = MOST_BINS
) -> Histogram | None:
    """None if neither side has a number."""
    sides = [side for side in (baseline, current) if side is not None and len(side.values)]
    if not sides:
        return None
    scale = Scale() if _have_room(sides, most_bins) else _scale(sides)
    edges = _whole_edges(sides, most_bins) if scale.bend == 0 else None
    if edges is None:
        edges = _even_edges(sides, scale, most_bins)
    return Histogram(scale, edges, _side(baseline, scale, edges), _side(current, scale, edges))


def _scale(sides: Sequence[Points]) -> Scale:
    low, high = _central(sides)
    width = high / 2 - low / 2  # halves, as the difference of two large numbers may be no number
    spreads = [spread for side in sides if (spread := _spread(side)) > 0]
    if not spreads or SQUEEZED * width <= min(spreads) < HUGE:
        return Scale()
    sizes = [np.abs(side.values[side.values != 0]) for side in sides]
    smallest = min(float(np.quantile(size, 0.5, method="lower")) for size in sizes if len(size))
    largest = max(float(size.max()) for size in sizes if len(size))
    return Scale(max(smallest, largest / MAGNITUDES))


def _have_room(sides: Sequence[Points], most_bins: int) -> bool:
    """Whether all values are whole numbers that can have a bin each."""
    width = max(s.values[-1] / 2 for s in sides) - min(s.values[0] / 2 for s in sides)
    return bool(width < most_bins / 2) and _are_whole(sides)


def _are_whole(sides: Sequence[Points]) -> bool:
    return all(bool((side.values == np.rint(side.values)).all()) for side in sides)


def _spread(side: Points) -> float:
    """Half the width of the middle of the values; 0.0 if nearly all are the same."""
    middle = side.quantile(0.75) / 2 - side.quantile(0.25) / 2
    return middle or side.quantile(0.95) / 2 - side.quantile(0.05) / 2


def _central(sides: Sequence[Points]) -> tuple[float, float]:
    return min(s.quantile(CENTRAL[0]) for s in sides), max(s.quantile(CENTRAL[1]) for s in sides)


def _reach(sides: Sequence[Points], scale: Scale) -> tuple[float, float]:
    """The places that the axis spans: all of them, unless a few far values would take a third of it."""
    outer = scale.places(np.array([min(s.values[0] for s in sides), max(s.values[-1] for s in sides)]))
    inner = scale.places(np.array(_central(sides)))
    with np.errstate(over="ignore"):
        whole = outer[1] - outer[0] <= 1.5 * (inner[1] - inner[0])
    low, high = (outer if whole else inner).tolist()
    if low == high:
        margin = abs(low) / 100 or 0.5
        return max(low - margin, -float_info.max), min(high + margin, float_info.max)
    return low, high


def _whole_edges(sides: Sequence[Points], most_bins: int) -> Floats | None:
    """Edges between whole numbers, so that no bin holds more of them than the next; None for fractions."""
    low, high = _reach(sides, Scale())
    if not _are_whole(sides) or max(abs(low), abs(high)) > 2**52:
        return None
    low, high = np.ceil(low), np.floor(high)
    step = np.ceil((high - low + 1) / most_bins)
    n_bins = int(np.ceil((high - low + 1) / step))
    return np.asarray(low - 0.5 + step * np.arange(n_bins + 1))


def _even_edges(sides: Sequence[Points], scale: Scale, most_bins: int) -> Floats:
    low, high = _reach(sides, scale)
    n_smallest = min(side.total for side in sides)
    n_bins = int(np.clip(2 * np.cbrt(n_smallest), min(FEWEST_BINS, most_bins), most_bins))
    return np.linspace(low, high, n_bins + 1)


def _side(points: Points | None, scale: Scale, edges: Floats) -> Side | None:
    if points is None or not len(points.values):
        return None
    places, weights = scale.places(points.values), points.weights / points.total
    counts, _ = np.histogram(places, edges, weights=weights)
    below, above = weights[places < edges[0]].sum(), weights[places > edges[-1]].sum()
    return Side(counts, float(below), float(above), float(points.values[0]), float(points.values[-1]))
