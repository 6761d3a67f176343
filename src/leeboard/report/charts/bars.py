"""The values of two text columns side by side: the most frequent, the new, and all others."""

from dataclasses import dataclass

from leeboard.report.charts.points import Counted

MOST_BARS = 10
FOR_NEW = 3
"""Bars that new values get even if they are rare."""


@dataclass(frozen=True, slots=True)
class Bar:
    """One value, with its share of the present cells on either side; None: no such side.

    Attributes:
        mark: "new" if the baseline lists all of its values and this is none of them, "gone" if
            it does not occur any more, "rest" for all the values that have no bar, else "".
    """

    value: str
    baseline: float | None
    current: float | None
    mark: str = ""


def bars(baseline: Counted | None, current: Counted | None, *, by_number: bool = False) -> list[Bar]:
    """At most `MOST_BARS` values, the most frequent first, then the rest; [] if there is no value.

    Args:
        by_number: the values are numbers and shall stand in their order.
    """
    chosen = _chosen(baseline, current)
    if by_number:
        chosen.sort(key=float)
    found = [
        Bar(value, *_shares(value, baseline, current), _mark(value, baseline, current)) for value in chosen
    ]
    rest = _rest(found, baseline, current)
    return [*found, rest] if rest else found


def _chosen(baseline: Counted | None, current: Counted | None) -> list[str]:
    weight: dict[str, float] = {}
    for side in (baseline, current):
        for value in side.counts if side else ():
            weight[value] = max(weight.get(value, 0.0), side.share(value) if side else 0.0)
    ranked = sorted(weight, key=lambda value: (-weight[value], value))
    if len(ranked) <= MOST_BARS:
        return ranked
    new = [value for value in ranked if _mark(value, baseline, current) == "new"]
    kept = {*ranked[: MOST_BARS - FOR_NEW], *new[:FOR_NEW]}
    kept.update([value for value in ranked if value not in kept][: MOST_BARS - len(kept)])
    return [value for value in ranked if value in kept]


def _shares(
    value: str, baseline: Counted | None, current: Counted | None
) -> tuple[float | None, float | None]:
    return baseline.share(value) if baseline else None, current.share(value) if current else None


def _mark(value: str, baseline: Counted | None, current: Counted | None) -> str:
    if baseline is None or current is None:
        return ""
    if value not in baseline.counts:
        return "" if baseline.other else "new"
    return "gone" if value not in current.counts and not current.other else ""


def _rest(found: list[Bar], baseline: Counted | None, current: Counted | None) -> Bar | None:
    """What the bars leave out of either side, if that is any cell."""
    shown = {bar.value for bar in found}
    listed = {v for side in (baseline, current) if side for v in side.counts if v not in shown}
    left = [_left(side, shown) if side else None for side in (baseline, current)]
    if not listed and not any(left):
        return None
    unlisted = any(side is not None and side.other for side in (baseline, current))
    label = f"{len(listed):,} or more others" if unlisted else f"{len(listed):,} others"
    return Bar("all others" if not listed else label, left[0], left[1], "rest")


def _left(side: Counted, shown: set[str]) -> float:
    cells = side.other + sum(n for value, n in side.counts.items() if value not in shown)
    return cells / side.total if side.total else 0.0
