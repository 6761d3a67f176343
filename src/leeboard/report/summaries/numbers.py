"""Numbers as a summary may have them."""

from collections.abc import Sequence
from math import isfinite

DIGITS = 7
"""Significant digits: nobody sees more in a chart, and most bytes of a summary would be noise."""


def finite(value: float | None) -> float | None:
    """The number in short; None for one that JSON has no word for.

    >>> finite(1 / 3), finite(float("nan")), finite(None)
    (0.3333333, None, None)
    """
    if value is None or not isfinite(value):
        return None
    return float(f"{value:.{DIGITS}g}")


def thinned(values: Sequence[float], most: int) -> list[float]:
    """At most so many of them, evenly chosen, with the first and the last.

    >>> thinned([0.0, 0.25, 0.5, 0.75, 1.0], 3)
    [0.0, 0.5, 1.0]
    """
    n = len(values)
    places = range(n) if n <= most else [round(i * (n - 1) / (most - 1)) for i in range(most)]
    return [float(f"{values[i]:.4g}") for i in places]
