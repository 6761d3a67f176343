"""Model quality over time."""

from collections.abc import Iterator, Sequence

from leeboard.dashboard.answers import Cell, Table, View
from leeboard.dashboard.over_time import over_time_view, to_window
from leeboard.dashboard.pages import Page, Pages
from leeboard.dashboard.quality_charts import label_chart, measure_charts, picture_charts, words_of
from leeboard.dashboard.time_charts import some
from leeboard.dashboard.visit import Visit
from leeboard.service.views.model_quality import QualityTold, quality_told
from leeboard.service.views.over_time import asked_range


def quality(visit: Visit) -> View:
    """A schedule of model quality."""
    limit = asked_range(visit.asked("last"))
    told = quality_told(visit.service, visit.names["name"], window=visit.asked("window"), limit=limit)
    link = to_window(visit)
    return over_time_view(
        "quality.html",
        "Model quality",
        told,
        limit=limit,
        tables={"measures": _measures(told), "windows": _windows(told)},
        charts=[*measure_charts(told, link), *some([label_chart(told, link)])],
        pictures=picture_charts(told.picture, told.baseline),
        words_of=words_of,
    )


def _measures(told: QualityTold) -> Table:
    columns = ("name", "value", "low", "high", "baseline", "limit", "operator", "is_broken")
    return Table(columns, lambda: ([getattr(one, name) for name in columns] for one in told.measures))


def _windows(told: QualityTold) -> Table:
    names = list(told.over.history.measures)
    columns = ("window_start", "window_end", "execution", "n_requests", "n_matched", *names)
    return Table(columns, lambda: _rows(told, names))


def _rows(told: QualityTold, names: Sequence[str]) -> Iterator[Sequence[Cell]]:
    history = told.over.history
    for i, window in enumerate(history.windows):
        yield (
            window.window_start_at.isoformat(), window.window_end_at.isoformat(), window.id,
            history.n_requests[i], history.n_matched[i],
            *(history.measures[name]["value"][i] for name in names),
        )  # fmt: skip


ENTRY = Pages("quality", (Page("GET", "/schedules/{name}/quality", quality),))
