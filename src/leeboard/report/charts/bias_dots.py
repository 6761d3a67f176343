"""Differences between a group and the others as dots with whiskers, before the band of the baseline."""

from collections.abc import Sequence
from dataclasses import dataclass
from math import isfinite

from markupsafe import Markup

from leeboard.report.charts.drawing import round_numbers
from leeboard.report.words import number

WIDTH, LEFT, RIGHT, TOP, STEP, BOTTOM = 620, 64, 16, 8, 20, 40
TICKS = 8
MARGIN = 1.08


@dataclass(frozen=True, slots=True)
class Dot:
    """One measure whose neutral value is 0.

    Attributes:
        kind: its verdict, for the colour.
        limit: distance from 0 that the baseline has; None if it has none.
    """

    name: str
    value: float
    low: float | None
    high: float | None
    limit: float | None
    kind: str

    @property
    def reach(self) -> float:
        """What the axis must show of it."""
        told = (self.value, self.low, self.high, self.limit)
        return max((abs(x) for x in told if x is not None and isfinite(x)), default=0.0)

    @property
    def summary(self) -> str:
        ends = (
            "" if self.low is None or self.high is None else f" ({number(self.low)} to {number(self.high)})"
        )
        was = "" if self.limit is None else f", baseline ±{number(self.limit)}"
        return f"{self.name} {number(self.value)}{ends}{was}"


def dots(shown: Sequence[Dot], title: str) -> Markup:
    """The chart; empty for no dots.

    Args:
        title: what it shows, for those who cannot see it.
    """
    drawn = [dot for dot in shown if isfinite(dot.value)]
    if not drawn:
        return Markup("")
    reach = MARGIN * max(dot.reach for dot in drawn) or 1.0
    height = TOP + STEP * len(drawn)
    rows = Markup("").join(_row(dot, TOP + STEP * i, reach) for i, dot in enumerate(drawn))
    return Markup(
        '<svg class="dots" viewBox="0 0 {} {}" role="img" aria-label="{}">{}{}'
        '<path class="zero" d="M{:.1f} {}V{}"/>'
        '<text x="{:.0f}" y="{}">difference between the others and the group</text></svg>'
    ).format(
        WIDTH,
        height + BOTTOM,
        f"{title}: {'; '.join(dot.summary for dot in drawn)}.",
        _grid(reach, height),
        rows,
        _x(0.0, reach),
        TOP,
        height,
        _x(0.0, reach),
        height + 32,
    )


def _x(value: float, reach: float) -> float:
    return LEFT + (WIDTH - LEFT - RIGHT) * (max(-reach, min(reach, value)) + reach) / (2 * reach)


def _grid(reach: float, height: int) -> Markup:
    return Markup("").join(
        Markup('<path class="grid" d="M{0:.1f} {1}V{2}"/><text x="{0:.1f}" y="{3}">{4}</text>').format(
            _x(value, reach), TOP, height, height + 15, number(value)
        )
        for value in round_numbers(-reach, reach, TICKS)
    )


def _row(dot: Dot, top: int, reach: float) -> Markup:
    middle = top + STEP / 2
    return Markup(
        '<g class="{}"><title>{}</title>{}{}<text class="end" x="{}" y="{:.0f}">{}</text>{}</g>'
    ).format(
        dot.kind,
        dot.summary,
        _band(dot, top, reach),
        _whisker(dot, middle, reach),
        LEFT - 8,
        middle + 4,
        dot.name,
        Markup('<circle cx="{:.1f}" cy="{:.0f}" r="4"/>').format(_x(dot.value, reach), middle),
    )


def _band(dot: Dot, top: int, reach: float) -> Markup:
    if dot.limit is None:
        return Markup("")
    left, right = _x(-dot.limit, reach), _x(dot.limit, reach)
    return Markup('<path class="band" d="M{:.1f} {}h{:.1f}v{}h-{:.1f}z"/>').format(
        left, top + 3, right - left, STEP - 6, right - left
    )


def _whisker(dot: Dot, middle: float, reach: float) -> Markup:
    if dot.low is None or dot.high is None:
        return Markup("")
    return Markup('<path class="whisker" d="M{:.1f} {:.0f}H{:.1f}"/>').format(
        _x(dot.low, reach), middle, _x(dot.high, reach)
    )
