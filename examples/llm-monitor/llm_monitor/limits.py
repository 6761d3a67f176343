"""Limits from a baseline, and what of a window is beyond them for more than chance."""

import math
from collections.abc import Iterator, Mapping
from typing import Any

Z = 3.29
"""Of a normal distribution: chance goes beyond it once in a thousand times."""
_LEAST_SHIFT = 0.25
"""Of the mean length, in standard deviations of the baseline."""


def suggest(statistics: Mapping[str, Any]) -> dict[str, Any]:
    """Limits that the baseline itself keeps.

    The share of a sign may be as high as it may well be in the baseline: the upper end of Wilson's interval
    (1927). What leaks is limited to the share that was seen, so that after a clean baseline one is too many.
    """
    n, signs = statistics["dataset"]["item_count"], statistics["signs"]
    return {
        "shares": {sign: k / n if sign.startswith("leak:") else wilson(k, n)[1] for sign, k in signs.items()},
        "other_signs": wilson(0, n)[1],
        "log_length": statistics["log_length"],
    }


def broken(limits: Mapping[str, Any], statistics: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """What is checked, and how it is beyond its limit."""
    n = statistics["dataset"]["item_count"]
    for sign, k in sorted(statistics["signs"].items()):
        is_leak = sign.startswith("leak:")
        limit = limits["shares"].get(sign, 0.0 if is_leak else limits["other_signs"])
        surely = k / n if is_leak and limit == 0 else wilson(k, n)[0]
        if surely > limit:
            yield sign, f"{k} of {n} answers ({k / n:.1%}) show {sign}; the limit is {limit:.1%}"
    yield from _length(limits["log_length"], statistics["log_length"], n)


def _length(known: Mapping[str, float], found: Mapping[str, float], n: int) -> Iterator[tuple[str, str]]:
    """Of the logarithm, as lengths of texts are skewed."""
    spread = max(known["std_dev"], 0.01)
    shift = (found["mean"] - known["mean"]) / spread
    if abs(shift) - Z / math.sqrt(n) > _LEAST_SHIFT:
        usual, now = math.exp(known["mean"]), math.exp(found["mean"])
        yield "length", f"answers have about {now:.0f} letters; those of the baseline have {usual:.0f}"


def wilson(k: int, n: int) -> tuple[float, float]:
    """The interval of a share of which k of n were seen."""
    middle = (k + Z * Z / 2) / (n + Z * Z)
    half = Z / (n + Z * Z) * math.sqrt(k * (n - k) / n + Z * Z / 4)
    return max(0.0, middle - half), min(1.0, middle + half)
