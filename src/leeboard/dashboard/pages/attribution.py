"""Attribution over time."""

from collections.abc import Callable, Iterator, Sequence

from leeboard.dashboard.answers import Cell, Table, View
from leeboard.dashboard.attribution_charts import attribution_chart, both_chart, rank_chart, score_chart
from leeboard.dashboard.over_time import over_time_view, to_window
from leeboard.dashboard.pages import Page, Pages
from leeboard.dashboard.rendering import url
from leeboard.dashboard.time_charts import some
from leeboard.dashboard.visit import Visit
from leeboard.service.views.attribution import AttributionTold, Joined, attribution_told
from leeboard.service.views.over_time import asked_range

QUADRANTS = ("drifts and matters", "drifts, matters little", "matters, is stable")


def attribution(visit: Visit) -> View:
    """A schedule of attribution."""
    limit = asked_range(visit.asked("last"))
    label = visit.asked("label") if "label" in visit.query else None
    told = attribution_told(
        visit.service, visit.names["name"], window=visit.asked("window"), label=label, limit=limit
    )
    link = to_window(visit)
    return over_time_view(
        "attribution.html",
        "Attribution",
        told,
        limit=limit,
        tables=_tables(told),
        charts=some([score_chart(told, link), attribution_chart(told, link)]),
        ranks=rank_chart(told),
        both=both_chart(told.joined, _link(told.joined)) if told.joined else None,
        quadrants=QUADRANTS,
    )


def _link(joined: Joined) -> Callable[[str], str]:
    path, window = f"/schedules/{joined.schedule.name}/features", str(joined.window.id)
    return lambda feature: url(path, feature=feature, window=window)


def _tables(told: AttributionTold) -> dict[str, Table]:
    columns = ("label", "feature", "value", "rank", "baseline", "baseline_rank")
    rows = [[getattr(one, name) for name in columns] for one in told.attributions]
    found = {"attributions": Table(columns, lambda: rows)}
    over_time = ("window_start", "execution", "label", "feature", "value", "rank")
    found["windows"] = Table(over_time, lambda: _rows(told))
    if joined := told.joined:
        both = [(one.feature, one.drift, one.share, one.quadrant) for one in joined.features]
        found["drift"] = Table(("feature", "drift_of_limit", "attribution_share", "quadrant"), lambda: both)
    return found


def _rows(told: AttributionTold) -> Iterator[Sequence[Cell]]:
    history = told.over.history
    for (label, feature), series in history.attributions.items():
        for i, window in enumerate(history.windows):
            at = window.window_start_at.isoformat()
            yield (at, window.id, label, feature, series["value"][i], series["rank"][i])


ENTRY = Pages("attribution", (Page("GET", "/schedules/{name}/attribution", attribution),))
