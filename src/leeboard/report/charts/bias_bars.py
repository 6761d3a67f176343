"""What groups get, side by side: shares as bars."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from markupsafe import Markup

from leeboard.report.words import clipped, named, percent

WIDTH, LEFT, RIGHT, TOP, STEP, GAP, HEAD, BOTTOM = 620, 150, 64, 4, 16, 10, 18, 34
LONGEST_NAME = 20
TICKS = (0.0, 0.25, 0.5, 0.75, 1.0)


@dataclass(frozen=True, slots=True)
class BarGroup:
    """Some people and their shares by name of the rate.

    Attributes:
        is_rest: they are everybody else.
    """

    name: str
    shares: Mapping[str, float | None]
    is_rest: bool = False


def facet_bars(rates: Sequence[str], groups: Sequence[BarGroup], title: str) -> Markup:
    """One block a rate, one bar a group; rates that nobody has are left out."""
    shown = [rate for rate in rates if any(group.shares.get(rate) is not None for group in groups)]
    if not shown or not groups:
        return Markup("")
    block = HEAD + STEP * len(groups) + GAP
    height = TOP + block * len(shown)
    blocks = Markup("").join(_block(rate, groups, TOP + block * i) for i, rate in enumerate(shown))
    return Markup(
        '<svg class="shares" viewBox="0 0 {} {}" role="img" aria-label="{}">{}{}'
        '<text x="{}" y="{}">share of the group</text></svg>'
    ).format(
        WIDTH,
        height + BOTTOM,
        f"{title}: {_summary(shown, groups)}.",
        _grid(height),
        blocks,
        (LEFT + WIDTH - RIGHT) // 2,
        height + 30,
    )


def _summary(rates: Sequence[str], groups: Sequence[BarGroup]) -> str:
    return "; ".join(
        f"{rate} {', '.join(f'{named(group.name)} {percent(group.shares.get(rate))}' for group in groups)}"
        for rate in rates
    )


def _x(share: float) -> float:
    return LEFT + (WIDTH - LEFT - RIGHT) * share


def _grid(height: int) -> Markup:
    return Markup("").join(
        Markup('<path class="grid" d="M{0:.1f} {1}V{2}"/><text x="{0:.1f}" y="{3}">{4}</text>').format(
            _x(share), TOP, height, height + 14, percent(share)
        )
        for share in TICKS
    )


def _block(rate: str, groups: Sequence[BarGroup], top: int) -> Markup:
    head = Markup('<text class="rate" x="{}" y="{}">{}</text>').format(LEFT, top + 13, rate)
    bars = Markup("").join(
        _bar(group, group.shares.get(rate), top + HEAD + STEP * i) for i, group in enumerate(groups)
    )
    return head + bars


def _bar(group: BarGroup, share: float | None, top: int) -> Markup:
    name = Markup('<text class="end" x="{}" y="{}">{}</text>').format(
        LEFT - 8, top + 11, clipped(named(group.name), LONGEST_NAME)
    )
    width = 0.0 if share is None else _x(share) - LEFT
    return name + Markup(
        '<path class="{}" d="M{} {}h{:.1f}v{}h-{:.1f}z"/><text class="start" x="{:.1f}" y="{}">{}</text>'
    ).format(
        "rest" if group.is_rest else "share",
        LEFT,
        top + 2,
        width,
        STEP - 4,
        width,
        LEFT + width + 6,
        top + 12,
        percent(share),
    )
