"""Two windows side by side."""

from collections.abc import Iterator, Sequence
from typing import Any

from leeboard.dashboard.answers import Cell, Table, View
from leeboard.dashboard.feature_charts import spread_chart
from leeboard.dashboard.feature_statistics import statistics_of
from leeboard.dashboard.pages import Page, Pages
from leeboard.dashboard.paging import Paging
from leeboard.dashboard.quality_charts import words_of
from leeboard.dashboard.visit import Visit
from leeboard.dashboard.windows import window_name
from leeboard.report.words import clipped, named, number, percent
from leeboard.service.monitor_types import MONITOR_TYPES
from leeboard.service.views.compare import CompareTold, Side, compare_told
from leeboard.service.views.comparing import Compared

ASKED = ("left", "right", "left_window", "right_window", "left_variant", "right_variant", "feature")
LABELS = {
    "completeness": "completeness",
    "mean": "mean",
    "std_dev": "deviation",
    "n_distinct": "distinct values",
    "distance": "distance from its baseline",
}


def compare(visit: Visit) -> View:
    """Two windows of a schedule, or of two schedules of one type."""
    told = compare_told(visit.service, {name: visit.asked(name) for name in ASKED})
    names = (_side_name(told.left, told.right), _side_name(told.right, told.left))
    paging = Paging.asked(visit.asked("page"), len(told.rows))
    spread = told.distribution
    title = f"Values of {clipped(named(told.feature), 60)}"
    kind = told.left.schedule.monitoring_type if told.left else ""
    context = {
        "told": told,
        "names": names,
        "page": paging,
        "rows": told.rows[paging.offset : paging.last],
        "type": kind,
        "measured": MONITOR_TYPES[kind].measured if kind else "",
        "spread": spread_chart(spread, *names, title) if spread else None,
        "statistics": statistics_of(spread.baseline, spread.window) if spread else [],
        "words_of": words_of,
        "window_name": window_name,
        "difference": difference,
        "both": both,
        "percent": percent,
    }
    tables = {"comparison": Table(_columns(told), lambda: _rows(told))} if told.rows else {}
    return View("compare.html", "Compare", context, tables=tables, has_charts=True)


def difference(row: Compared) -> str:
    """What differs most, in words."""
    if row.is_alone:
        return row.words
    a, b = row.left.get(row.words), row.right.get(row.words)
    if row.words == "mean" and row.effect:
        return f"mean by {number(row.effect, 2)} deviations"
    if row.words == "type":
        return f"type {a} → {b}"
    if isinstance(a, int | float) and isinstance(b, int | float):
        change = _signed(b - a, is_share=row.words == "completeness")
        return change if row.words == "value" else f"{LABELS[row.words]} by {change}"
    return "nothing"


def _signed(change: float, *, is_share: bool = False) -> str:
    size = percent(abs(change)) if is_share else number(abs(change), 3)
    return f"{'+' if change > 0 else '−' if change < 0 else ''}{size}"


def both(row: Compared, name: str) -> str:
    """A number on both sides; once where it is the same."""
    words = percent if name == "completeness" else _words
    a, b = words(row.left.get(name)), words(row.right.get(name))
    return a if a == b else f"{a} → {b}"


def _words(value: Any) -> str:
    return value if isinstance(value, str) else number(value)


def _side_name(side: Side | None, other: Side | None) -> str:
    """What tells it from the other side."""
    if side is None or other is None:
        return ""
    parts = [side.variant or "all variants"] if side.variant != other.variant else []
    if side.schedule.id != other.schedule.id:
        parts.append(side.schedule.name)
    is_other = side.window is None or other.window is None or side.window.id != other.window.id
    return ", ".join([*parts, *([window_name(side.window, "no window")] if is_other or not parts else [])])


def _columns(told: CompareTold) -> tuple[str, ...]:
    names = _names(told)
    sides = (f"{side}_{name}" for name in names for side in ("left", "right"))
    return ("name", "effect", "differs_most", *sides)


def _names(told: CompareTold) -> list[str]:
    return list(dict.fromkeys(name for row in told.rows for side in (row.left, row.right) for name in side))


def _rows(told: CompareTold) -> Iterator[Sequence[Cell]]:
    names = _names(told)
    for row in told.rows:
        sides = (side.get(name) for name in names for side in (row.left, row.right))
        yield (row.name, row.effect, row.words, *sides)


ENTRY = Pages("compare", (Page("GET", "/compare", compare),), tab=("Compare", "/compare"), order=50)
