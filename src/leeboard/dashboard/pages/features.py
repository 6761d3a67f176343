"""One feature: a window against the baseline or another window, and how it went over time."""

from collections.abc import Iterator, Sequence
from typing import Any

from leeboard.dashboard.answers import Cell, Table, View
from leeboard.dashboard.feature_charts import history_charts, spread_chart
from leeboard.dashboard.feature_statistics import statistics_of
from leeboard.dashboard.over_time import over_time_view, to_window
from leeboard.dashboard.pages import Page, Pages
from leeboard.dashboard.visit import Visit
from leeboard.dashboard.windows import window_name
from leeboard.report.words import clipped, named, number, percent
from leeboard.service.views.feature import FeatureTold, feature_told
from leeboard.service.views.over_time import asked_range

TESTS = {
    "ks": "Kolmogorov-Smirnov: the largest gap between the two summed-up curves",
    "ks_collapsed": "AWS's numeric distance: the largest gap between the curves, each value counted once",
    "total_variation": "total variation: the share of cells that hold another value than before",
    "l_infinity": "the largest difference between the shares of one value",
    "chi_squared": "chi-squared: whether counts fit the baseline's; the number is a p-value, small is bad",
    "psi": "population stability index",
    "wasserstein": "Wasserstein: how far values moved, in units of the baseline's spread",
    "hellinger": "Hellinger distance of the shares",
    "jensen_shannon": "Jensen-Shannon distance of the shares",
}
MOST_NEXT = 10


def feature(visit: Visit) -> View:
    """One feature of a schedule."""
    limit = asked_range(visit.asked("last"))
    told = feature_told(
        visit.service, visit.names["name"], visit.asked("feature"),
        window=visit.asked("window"), against=visit.asked("against"), limit=limit,
    )  # fmt: skip
    sides = window_name(told.against), window_name(told.over.window, "window")
    title = clipped(named(told.name), 80) if told.name else "Features"
    spread = told.distribution
    return over_time_view(
        "feature.html",
        title,
        told,
        limit=limit,
        tables=_tables(told),
        sides=sides,
        spread=spread_chart(spread, *sides, f"Values of {title}") if spread else None,
        rows=statistics_of(spread.baseline, spread.window) if spread else [],
        charts=history_charts(told, to_window(visit)),
        drift=drift_words(told.numbers),
        test=TESTS.get(told.numbers.get("test") or "", told.numbers.get("test") or ""),
        next=[one for one in told.features if one.name != told.name][:MOST_NEXT],
    )


def drift_words(numbers: dict[str, Any]) -> str:
    """Why it counts as drift, or why not; "" where nothing was measured."""
    distance, limit = numbers.get("distance"), numbers.get("limit")
    if distance is None or limit is None:
        return ""
    use, p = numbers.get("use"), numbers.get("p_value")
    measured = f"The distance is {number(distance, 3)}, {_share_of_limit(use)} {number(limit, 3)}"
    if p is None:
        end = ": that is drift" if numbers.get("is_drifted") else ""
        return f"{measured}. The limit alone decides{end}."
    if numbers.get("is_drifted"):
        return f"{measured}, and chance alone would give that in {_how_often(p)}: that is drift."
    if use is not None and use > 1:
        return f"{measured}, but chance alone gives as much in {_how_often(p)}: that is no evidence of drift."
    return f"{measured}: too little to matter, whatever chance does."


def _share_of_limit(use: float | None) -> str:
    if use is None:
        return "the limit"
    return f"{number(use, 2)} times the limit of" if use > 1 else f"{use:.0%} of the limit of"


def _how_often(p: float) -> str:
    """A p-value over all features of a window, as a share of windows in which nothing has changed."""
    return "fewer than 1 of 1,000 windows" if p < 0.001 else f"{percent(p)} of all windows"


def _tables(told: FeatureTold) -> dict[str, Table]:
    columns = ("window_start", "window_end", "status", "execution")
    measured = told.history.numbers if told.history else {}
    found = {"history": Table((*columns, *measured), lambda: _history_rows(told))}
    spread = told.distribution
    if spread and spread.values:
        rows = [(one.value, one.baseline, one.window, one.mark) for one in spread.values]
        found["values"] = Table(("value", "before_share", "now_share", "mark"), lambda: rows)
    if spread and spread.bins:
        found["bins"] = Table(("from", "to", "before_share", "now_share"), lambda: _bin_rows(told))
    return found


def _history_rows(told: FeatureTold) -> Iterator[Sequence[Cell]]:
    measured = told.history.numbers if told.history else {}
    for i, window in enumerate(told.over.history.windows):
        numbers = (values[i] for values in measured.values())
        yield (
            window.window_start_at.isoformat(), window.window_end_at.isoformat(), window.status, window.id,
            *numbers,
        )  # fmt: skip


def _bin_rows(told: FeatureTold) -> Iterator[Sequence[Cell]]:
    bins = told.distribution.bins if told.distribution else None
    for i in range(len(bins.edges) - 1 if bins else 0):
        assert bins is not None  # noqa: S101 - there is none to come here
        sides = (side.shares[i] if side else None for side in (bins.baseline, bins.window))
        yield (bins.edges[i], bins.edges[i + 1], *sides)


ENTRY = Pages("features", (Page("GET", "/schedules/{name}/features", feature),))
