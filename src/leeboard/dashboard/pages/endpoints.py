"""One endpoint, one place of batch data, one model."""

from collections.abc import Callable, Mapping, Sequence
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
from leeboard.dashboard.rendering import url
from leeboard.dashboard.runs import strip
from leeboard.dashboard.visit import Visit
from leeboard.service.alerting.reading import in_force
from leeboard.service.monitor_types import DATA_QUALITY, MONITOR_TYPES, TITLES, TYPES
from leeboard.service.summaries import History
from leeboard.service.views.drift import MOST_SUMMARIES, FeatureRow, drift_of, measured
from leeboard.service.views.endpoint import Monitored, Seen, batch_seen, endpoint_seen
from leeboard.service.views.strips import Spans

MORE = {each.aws: each.page for each in MONITOR_TYPES.values() if each is not DATA_QUALITY}
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
    drift = _chosen(by_type["DataQuality"], visit.asked("schedule"))
    others = {kind: _chosen(by_type[kind], "") for kind in MORE}
    since = seen.spans.start_at
    found, rows = drift_of(connection, drift.line.id, since) if drift else (None, [])
    histories = {kind: measured(connection, one.line.id, since) for kind, one in others.items() if one}
    is_endpoint = seen.row.kind == "endpoint"
    incidents = in_force(connection, endpoint=seen.row.name, limit=N_INCIDENTS) if is_endpoint else []
    wanted = _wanted(visit, rows)
    paging = Paging.asked(visit.asked("page"), len(wanted))
    context = {
        "seen": seen,
        "row": seen.row,
        "incidents": incidents,
        "range": _range(visit),
        "ranges": RANGES,
        "monitored": [(one, _drawn(one, seen.spans)) for one in seen.monitored],
        "monitors": TITLES,
        "more": MORE,
        "missing": [TITLES[kind] for kind in TYPES if not by_type[kind]],
        "unwatched": not all(by_type.values()),
        "watch_url": _watch_url(seen, [kind for kind in TYPES if not by_type[kind]]),
        "n_runs": sum(one.n_runs for one in seen.monitored),
        "n_bad": sum(one.n_bad for one in seen.monitored),
        "drift": drift,
        "drifts": by_type["DataQuality"],
        "found": found,
        "n_windows": len(found.windows) if found else 0,
        "most": MOST_SUMMARIES,
        "charts": _charts(seen, found, rows, drift),
        "others": _others(seen, others, histories),
        "features": wanted[paging.offset : paging.last],
        "n_features": len(rows),
        "paging": paging,
        "sort": visit.asked("sort"),
        "thinned": thinned,
    }
    return View(
        "endpoint.html", title, context, (("Overview", "/"),), tables_of(seen, found, wanted), has_charts=True
    )


def _watch_url(seen: Seen, kinds: Sequence[str]) -> str:
    """The form of a new schedule for the monitors that are missing."""
    source = {"endpoint" if seen.row.kind == "endpoint" else "batch": seen.row.name}
    return url("/schedules/new", **source, monitors=list(kinds))


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
    seen: Seen, chosen: Mapping[str, Monitored | None], histories: Mapping[str, History]
) -> list[tuple[Monitored, str, Any, list[str]]]:
    """For each other monitor: its schedule, the page with more, its chart, and what is broken now."""
    found = []
    for kind, one in chosen.items():
        if one is None:
            continue
        held = histories[kind]
        chart = None
        if kind == "ModelQuality":
            chart = charts.quality_chart(held, seen.deployments)
        elif kind == "ModelBias":
            chart = charts.bias_chart(held, seen.deployments)
        elif kind == "ModelExplainability":
            chart = charts.attribution_chart(held, seen.deployments)
        found.append((one, MORE[kind], chart, _broken(held)))
    return found


def _broken(held: History) -> list[str]:
    """What the newest window that says so calls broken."""
    measures = [name.replace("_", " ") for name, series in held.measures.items() if series.latest.is_broken]
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
