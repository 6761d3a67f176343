"""One endpoint, one place of batch data, one model."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import timedelta
from typing import Any

from markupsafe import Markup
from sqlalchemy import Connection

from leeboard.dashboard import endpoint_charts as charts
from leeboard.dashboard.answers import View
from leeboard.dashboard.charting import Chart
from leeboard.dashboard.endpoint_tables import tables_of
from leeboard.dashboard.pages import Page, Pages
from leeboard.dashboard.paging import Paging
from leeboard.dashboard.quality_charts import words_of
from leeboard.dashboard.rendering import url
from leeboard.dashboard.runs import strip
from leeboard.dashboard.traffic_charts import traffic_charts, traffic_table
from leeboard.dashboard.visit import Visit
from leeboard.service.alerting.reading import in_force
from leeboard.service.monitor_types import (
    DATA_QUALITY,
    MODEL_BIAS,
    MODEL_EXPLAINABILITY,
    MODEL_QUALITY,
    MONITOR_TYPES,
    TITLES,
    TYPES,
)
from leeboard.service.summaries import History
from leeboard.service.traffic.hours import last_day, stretches
from leeboard.service.traffic.tallies import Tally
from leeboard.service.views.deployed import Deployment
from leeboard.service.views.drift import MOST_SUMMARIES, FeatureRow, drift_of, measured
from leeboard.service.views.endpoint import Monitored, Seen, batch_seen, endpoint_seen
from leeboard.service.views.strips import Spans

MORE = {each.aws: each.page for each in MONITOR_TYPES.values() if each is not DATA_QUALITY}
OTHERS: Mapping[str, Callable[[History, Sequence[Deployment]], Chart | None]] = {
    MODEL_QUALITY.aws: charts.quality_chart,
    MODEL_BIAS.aws: charts.bias_chart,
    MODEL_EXPLAINABILITY.aws: charts.attribution_chart,
}
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
RANGES: Mapping[str, tuple[str, timedelta, int]] = {
    "24h": ("24 hours", HOUR, 24),
    "7d": ("7 days", 4 * HOUR, 42),
    "30d": ("30 days", 12 * HOUR, 60),
}
"""Words, length of a span of the strips, and how many spans."""
USUAL = "24h"
SORTS: Mapping[str, Callable[[FeatureRow], Any]] = {
    "name": lambda row: row.name.lower(),
    "completeness": lambda row: row.completeness if row.completeness is not None else 2.0,
    "distance": lambda row: row.distance if row.distance is not None else -1.0,
    "use": lambda row: row.use if row.use is not None else -1.0,
    "violations": lambda row: row.n_violations,
}
N_INCIDENTS = 5
MOST_POINTS = 60
"""Of a sparkline."""


def endpoint(visit: Visit) -> View:
    """One endpoint: what answers, what is captured, and how its monitors went."""
    with visit.service.database.read() as connection:
        seen = endpoint_seen(visit.service, connection, visit.names["name"], _spans(visit), visit.now)
        return _page(visit, connection, seen, seen.row.name)


def batch(visit: Visit) -> View:
    """One place of batch data, and how its monitors went."""
    with visit.service.database.read() as connection:
        seen = batch_seen(visit.service, connection, visit.asked("data"), _spans(visit), visit.now)
        return _page(visit, connection, seen, "Batch data")


def _range(visit: Visit) -> str:
    return visit.asked("range") if visit.asked("range") in RANGES else USUAL


def _spans(visit: Visit) -> Spans:
    _, length, n = RANGES[_range(visit)]
    return Spans.until(visit.now, length, n)


def _page(visit: Visit, connection: Connection, seen: Seen, title: str) -> View:
    by_type = {kind: [one for one in seen.monitored if one.line.monitoring_type == kind] for kind in TYPES}
    drift = _chosen(by_type[DATA_QUALITY.aws], visit.asked("schedule"))
    found, rows = drift_of(connection, drift.line.id, seen.spans.start_at) if drift else (None, [])
    wanted = _wanted(visit, rows)
    counted = _counted(connection, seen)
    context = {
        **_head(visit, connection, seen),
        **_unwatched(seen, [kind for kind in TYPES if not by_type[kind]]),
        **_features(visit, wanted),
        "drift": drift,
        "drifts": by_type[DATA_QUALITY.aws],
        "found": found,
        "n_windows": len(found.windows) if found else 0,
        "n_features": len(rows),
        "traffic": traffic_charts(seen.spans, counted, seen.deployments),
        "charts": _charts(seen, found, rows, drift),
        "others": list(_others(connection, seen, by_type)),
    }
    tables = {**tables_of(seen, found, wanted), **traffic_table(seen.spans, counted)}
    return View("endpoint.html", title, context, (("Overview", "/"),), tables, has_charts=True)


def _counted(connection: Connection, seen: Seen) -> list[Tally]:
    """What was asked in each span; nothing of batch data."""
    spans = seen.spans
    if seen.row.kind != "endpoint":
        return []
    return stretches(connection, seen.row.name, spans.start_at, spans.length, spans.n)


def _head(visit: Visit, connection: Connection, seen: Seen) -> dict[str, Any]:
    """What is watched, how its schedules went, and what is in alert."""
    is_endpoint = seen.row.kind == "endpoint"
    return {
        "seen": seen,
        "row": seen.row,
        "asked": last_day(connection, visit.now, seen.row.name).get(seen.row.name.lower())
        if is_endpoint
        else None,
        "incidents": in_force(connection, endpoint=seen.row.name, limit=N_INCIDENTS) if is_endpoint else [],
        "range": _range(visit),
        "ranges": RANGES,
        "monitored": [(one, _drawn(one, seen.spans)) for one in seen.monitored],
        "monitors": TITLES,
        "more": MORE,
        "n_runs": sum(one.n_runs for one in seen.monitored),
        "n_bad": sum(one.n_bad for one in seen.monitored),
        "most": MOST_SUMMARIES,
    }


def _unwatched(seen: Seen, kinds: Sequence[str]) -> dict[str, Any]:
    """Monitors that are missing, and the form of a schedule for them."""
    source = {"endpoint" if seen.row.kind == "endpoint" else "batch": seen.row.name}
    return {
        "missing": [TITLES[kind] for kind in kinds],
        "unwatched": bool(kinds),
        "watch_url": url("/schedules/new", **source, monitors=list(kinds)),
    }


def _features(visit: Visit, wanted: Sequence[FeatureRow]) -> dict[str, Any]:
    """The page of the table of features that was asked for."""
    paging = Paging.asked(visit.asked("page"), len(wanted))
    return {
        "features": wanted[paging.offset : paging.last],
        "paging": paging,
        "sort": visit.asked("sort"),
        "thinned": thinned,
    }


def _drawn(one: Monitored, spans: Spans) -> Markup:
    return strip(one.strip, spans, f"Runs of {one.line.name}", is_tall=True)


def _chosen(of: Sequence[Monitored], name: str) -> Monitored | None:
    """The schedule that was asked for, else the worst one."""
    return next((one for one in of if one.line.name == name), of[0] if of else None)


def _wanted(visit: Visit, rows: Sequence[FeatureRow]) -> list[FeatureRow]:
    text, sort = visit.asked("q").strip().lower(), visit.asked("sort")
    kept = [row for row in rows if text in row.name.lower()]
    key = SORTS.get(sort.removeprefix("-"))
    return sorted(kept, key=key, reverse=sort.startswith("-")) if key else kept


def _charts(
    seen: Seen, found: History | None, rows: Sequence[FeatureRow], drift: Monitored | None
) -> list[Chart]:
    if found is None or drift is None or not any(found.has_summary):
        return []

    def link(name: str) -> str:
        return url(f"/schedules/{drift.line.name}/features", feature=name)

    return [
        charts.distance_chart(found, rows, seen.deployments),
        charts.heat_chart(found, rows, link),
        charts.completeness_chart(found, rows, seen.deployments),
        charts.volume_chart(found, seen.deployments),
    ]


def _others(
    connection: Connection, seen: Seen, by_type: Mapping[str, Sequence[Monitored]]
) -> Iterator[tuple[Monitored, str, Chart | None, list[str]]]:
    """For each other monitor: its worst schedule, the page with more, its chart, and what is broken now."""
    for kind, draw in OTHERS.items():
        one = _chosen(by_type[kind], "")
        if one is not None:
            found = measured(connection, one.line.id, seen.spans.start_at)
            yield one, MORE[kind], draw(found, seen.deployments), _broken(found)


def _broken(held: History) -> list[str]:
    """What the newest window that says so calls broken."""
    measures = [words_of(name) for name, series in held.measures.items() if series.latest.is_broken]
    groups = [series.latest for series in held.bias.values() if series.latest.is_broken]
    bias = [f"{one.metric} of {one.facet} {one.group}" for one in groups]
    scores = [f"NDCG of {label}" for label, series in held.scores.items() if series.latest.is_broken]
    return [*measures, *bias, *scores]


def thinned(values: Sequence[float | None]) -> Sequence[float | None]:
    """The last of each few, so that a small line stays small."""
    step = -(-len(values) // MOST_POINTS) or 1
    return values[(len(values) - 1) % step :: step] if step > 1 else values


ENTRY = Pages(
    "endpoints",
    (
        Page("GET", "/endpoints/{name}", endpoint),
        Page("GET", "/batch", batch),
    ),
)
