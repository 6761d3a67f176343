"""Bias over time."""

from collections.abc import Iterator, Sequence

from leeboard.dashboard.answers import Cell, Table, View
from leeboard.dashboard.bias_charts import bias_charts
from leeboard.dashboard.over_time import over_time_view, to_window
from leeboard.dashboard.pages import Page, Pages
from leeboard.dashboard.quality_charts import label_chart
from leeboard.dashboard.time_charts import some
from leeboard.dashboard.visit import Visit
from leeboard.service.views.bias import BiasTold, bias_told
from leeboard.service.views.over_time import asked_range

COLUMNS = (
    "facet", "group", "metric", "stage", "value", "low", "high", "baseline", "baseline_low", "baseline_high",
    "neutral", "is_broken", "remark",
)  # fmt: skip


def bias(visit: Visit) -> View:
    """A schedule of bias."""
    limit = asked_range(visit.asked("last"))
    told = bias_told(
        visit.service, visit.names["name"], window=visit.asked("window"), facet=visit.asked("facet"),
        group=visit.asked("group"), limit=limit,
    )  # fmt: skip
    link = to_window(visit)
    return over_time_view(
        "bias.html",
        "Bias",
        told,
        limit=limit,
        tables={"measures": _measures(told), "windows": _windows(told)},
        charts=[*bias_charts(told, link), *some([label_chart(told, link)])],
        silent=[one for one in told.measures if one.value is None],
    )


def _measures(told: BiasTold) -> Table:
    """Of all groups of the window."""
    found = told.over.summary.bias if told.over.summary else []
    return Table(COLUMNS, lambda: ([getattr(one, name) for name in COLUMNS] for one in found))


def _windows(told: BiasTold) -> Table:
    columns = ("window_start", "execution", "facet", "group", "metric", "value", "low", "high")
    return Table(columns, lambda: _rows(told))


def _rows(told: BiasTold) -> Iterator[Sequence[Cell]]:
    history = told.over.history
    for key, series in history.bias.items():
        for i, window in enumerate(history.windows):
            numbers = (series[name][i] for name in ("value", "low", "high"))
            yield (window.window_start_at.isoformat(), window.id, *key, *numbers)


ENTRY = Pages("bias", (Page("GET", "/schedules/{name}/bias", bias),))
