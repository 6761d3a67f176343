"""Writes the Grafana dashboards that leeboard ships, into src/leeboard/cli/metrics_files/grafana."""

import json
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

FOLDER = Path(__file__).parents[1] / "src/leeboard/cli/metrics_files/grafana"
SOURCE = {"type": "prometheus", "uid": "${datasource}"}
WIDTH = 24
ABOUT = 'endpoint=~"$endpoint",schedule=~"$schedule"'
Json = dict[str, Any]


def query(expression: str, legend: str = "", *, is_now: bool = False, number: int = 0) -> Json:
    """One query; `is_now` asks for the last value alone."""
    told: Json = {"refId": chr(ord("A") + number), "datasource": SOURCE, "expr": expression}
    told |= {"legendFormat": legend or "__auto", "editorMode": "code", "range": not is_now, "instant": is_now}
    return told | ({"format": "table"} if is_now and legend == "table" else {})


def panel(
    kind: str, title: str, text: str, *queries: tuple[str, str], unit: str = "short", **more: Any
) -> Json:
    """One panel of queries and their legends; its place is given later."""
    is_now = kind in ("stat", "table")
    targets = [
        query(expression, legend, is_now=is_now, number=number)
        for number, (expression, legend) in enumerate(queries)
    ]
    defaults: Json = {"unit": unit, "min": more.pop("least", None), "noValue": "-"}
    defaults["thresholds"] = {"mode": "absolute", "steps": _steps(more.pop("bad_from", None))}
    if kind == "timeseries":
        defaults["custom"] = {"lineWidth": 1, "fillOpacity": 0, "showPoints": "auto", "spanNulls": True}
    return {
        "type": kind,
        "title": title,
        "description": text,
        "datasource": SOURCE,
        "targets": targets,
        "fieldConfig": {"defaults": {k: v for k, v in defaults.items() if v is not None}, "overrides": []},
        "options": more.pop("options", _OPTIONS[kind]),
        **more,
    }


_OPTIONS: dict[str, Json] = {
    "stat": {"colorMode": "value", "graphMode": "none", "reduceOptions": {"calcs": ["lastNotNull"]}},
    "table": {"showHeader": True},
    "timeseries": {
        "legend": {"displayMode": "list", "placement": "bottom", "showLegend": True},
        "tooltip": {"mode": "multi", "sort": "desc"},
    },
}


def _steps(bad_from: float | None) -> list[Json]:
    calm: Json = {"color": "green", "value": None}
    return [calm] if bad_from is None else [calm, {"color": "red", "value": bad_from}]


def table(title: str, text: str, expression: str, *hidden: str, unit: str = "short") -> Json:
    """A table of the series of one query by their labels."""
    away = {name: True for name in ("Time", "__name__", "instance", "job", *hidden)}
    changes = [{"id": "organize", "options": {"excludeByName": away, "indexByName": {}, "renameByName": {}}}]
    return panel("table", title, text, (expression, "table"), unit=unit, transformations=changes)


def row(title: str) -> Json:
    return {"type": "row", "title": title, "collapsed": False, "panels": []}


def placed(*rows: Sequence[Json], height: int = 8) -> Iterator[Json]:
    """Panels in rows of equal parts, one row below another, with their numbers."""
    y, number = 0, 0
    for each in rows:
        is_title = each[0]["type"] == "row"
        tall = 1 if is_title else 4 if all(one["type"] == "stat" for one in each) else height
        for column, one in enumerate(each):
            number += 1
            wide = WIDTH // len(each)
            place = {"x": column * wide, "y": y, "w": WIDTH if is_title else wide, "h": tall}
            yield one | {"id": number, "gridPos": place}
        y += tall


def variable(name: str, label: str, expression: str) -> Json:
    return {
        "type": "query",
        "name": name,
        "label": label,
        "datasource": SOURCE,
        "query": {"query": expression, "refId": name},
        "definition": expression,
        "refresh": 2,
        "sort": 1,
        "multi": True,
        "includeAll": True,
        "allValue": ".*",
        "current": {"text": "All", "value": "$__all"},
        "options": [],
    }


def dashboard(uid: str, title: str, text: str, panels: Iterator[Json], *variables: Json) -> Json:
    source = {
        "type": "datasource", "name": "datasource", "label": "Data source", "query": "prometheus",
        "refresh": 1, "multi": False, "includeAll": False, "options": [], "current": {},
    }  # fmt: skip
    links = [
        {
            "type": "dashboards", "title": "leeboard", "tags": ["leeboard"], "asDropdown": True,
            "includeVars": True, "keepTime": True, "icon": "external link", "targetBlank": False,
            "tooltip": "", "url": "",
        }
    ]  # fmt: skip
    return {
        "uid": uid,
        "title": title,
        "description": text,
        "tags": ["leeboard"],
        "schemaVersion": 39,
        "version": 1,
        "editable": True,
        "graphTooltip": 1,
        "timezone": "utc",
        "refresh": "1m",
        "time": {"from": "now-24h", "to": "now"},
        "templating": {"list": [source, *variables]},
        "annotations": {"list": []},
        "links": links,
        "panels": list(panels),
    }


def stat(
    title: str, text: str, expression: str, *, bad_from: float | None = None, unit: str = "short"
) -> Json:
    return panel("stat", title, text, (expression, ""), bad_from=bad_from, unit=unit)


def lines(title: str, text: str, *queries: tuple[str, str], unit: str = "short", **more: Any) -> Json:
    return panel("timeseries", title, text, *queries, unit=unit, **more)


def fleet() -> Json:
    """All endpoints at a glance."""
    status = "leeboard_schedule_last_status"
    return dashboard(
        "leeboard-fleet",
        "leeboard: fleet",
        "All monitors of all endpoints.",
        placed(
            [
                stat("Schedules", "Monitoring schedules that are there.", "sum(leeboard_schedules)"),
                stat(
                    "In violation",
                    "Schedules whose last execution found violations.",
                    f'count({status}{{status="CompletedWithViolations"}}) or vector(0)',
                    bad_from=1,
                ),
                stat(
                    "Failed",
                    "Schedules whose last execution failed.",
                    f'count({status}{{status="Failed"}}) or vector(0)',
                    bad_from=1,
                ),
                stat(
                    "Overdue",
                    "Schedules that should have run.",
                    "sum(leeboard_schedule_overdue) or vector(0)",
                    bad_from=1,
                ),
                stat(
                    "Alerts in force",
                    "Schedules whose alert is in force.",
                    "sum(leeboard_schedule_alert) or vector(0)",
                    bad_from=1,
                ),
                stat(
                    "Open incidents",
                    "Incidents of alert rules that are not over.",
                    "sum(leeboard_incidents_open) or vector(0)",
                    bad_from=1,
                ),
            ],
            [
                table(
                    "In violation",
                    "Violations of the last execution, most first.",
                    "sort_desc(leeboard_schedule_violations > 0)",
                ),
                table(
                    "Failed or overdue",
                    "What has no result to judge.",
                    f'{status}{{status="Failed"}} or (leeboard_schedule_overdue == 1)',
                ),
            ],
            [
                lines(
                    "Drift over its limit",
                    "The features that are farthest beyond their limit: 1 is the limit.",
                    (
                        "topk(20, leeboard_feature_baseline_drift / "
                        "(leeboard_feature_baseline_drift_limit > 0))",
                        "{{endpoint}} {{feature}}",
                    ),
                    least=0,
                ),
                lines(
                    "Violations",
                    "Of the last execution of each schedule, the 20 with the most.",
                    ("topk(20, leeboard_schedule_violations)", "{{endpoint}} {{schedule}}"),
                    least=0,
                ),
            ],
            [
                lines(
                    "Executions",
                    "That ended, by status, an hour.",
                    ("sum by (status) (rate(leeboard_executions_total[1h])) * 3600", "{{status}}"),
                    least=0,
                ),
                lines(
                    "Captured",
                    "Requests that were captured, a second.",
                    (
                        'sum by (endpoint) (rate(leeboard_capture_records_total{result="captured"}[5m]))',
                        "{{endpoint}}",
                    ),
                    unit="reqps",
                    least=0,
                ),
            ],
            [
                lines(
                    "Capture lag",
                    "Age of the oldest capture file that has not arrived.",
                    ("max by (endpoint) (leeboard_capture_lag_seconds)", "{{endpoint}}"),
                    unit="s",
                    least=0,
                ),
                lines("Endpoints", "By status.", ("leeboard_endpoints", "{{status}}"), least=0),
            ],
        ),
    )


MODEL_TIMES = 'sum by (le) (rate(leeboard_model_latency_seconds_bucket{endpoint=~"$endpoint"}[5m]))'
PERCENTILES = ((0.5, "p50"), (0.95, "p95"))


def endpoint() -> Json:
    """One endpoint in all that is measured of it."""
    feature = f'{ABOUT},feature=~"$feature"'
    return dashboard(
        "leeboard-endpoint",
        "leeboard: endpoint",
        "What monitors found of an endpoint, over time.",
        placed(
            [
                stat(
                    "Violations",
                    "Of the last executions.",
                    f"sum(leeboard_schedule_violations{{{ABOUT}}})",
                    bad_from=1,
                ),
                stat(
                    "Drifted features",
                    "In the last windows.",
                    f"sum(leeboard_window_drifted_features{{{ABOUT}}})",
                    bad_from=1,
                ),
                stat("Rows", "In the last windows.", f"sum(leeboard_window_rows{{{ABOUT}}})"),
                stat(
                    "Malformed records",
                    "In the last windows.",
                    f"sum(leeboard_window_malformed_records{{{ABOUT}}})",
                    bad_from=1,
                ),
                stat(
                    "Age of the last window",
                    "Since its scheduled time.",
                    f"time() - max(leeboard_window_timestamp_seconds{{{ABOUT}}})",
                    unit="s",
                ),
                stat(
                    "Next execution",
                    "Until it is due.",
                    f"min(leeboard_schedule_next_due_timestamp_seconds{{{ABOUT}}}) - time()",
                    unit="s",
                ),
            ],
            [row("Data quality")],
            [
                lines(
                    "Distance from the baseline",
                    "By feature, with the limit above which it has drifted.",
                    (f"leeboard_feature_baseline_drift{{{feature}}}", "{{feature}}"),
                    (f"max(leeboard_feature_baseline_drift_limit{{{feature}}})", "limit"),
                    least=0,
                ),
                lines(
                    "Completeness",
                    "Share of values that are there.",
                    (f"leeboard_feature_completeness{{{feature}}}", "{{feature}}"),
                    unit="percentunit",
                ),
            ],
            [
                lines(
                    "Mean",
                    "By feature.",
                    (f'leeboard_feature_data{{{feature},statistic="mean"}}', "{{feature}}"),
                ),
                lines(
                    "Standard deviation",
                    "By feature.",
                    (f'leeboard_feature_data{{{feature},statistic="std_dev"}}', "{{feature}}"),
                    least=0,
                ),
            ],
            [row("Model")],
            [
                lines(
                    "Model quality",
                    "Measures of each window with their bounds.",
                    (f"leeboard_model_quality{{{ABOUT}}}", "{{measure}}"),
                    (f"leeboard_model_quality_limit{{{ABOUT}}}", "{{measure}} bound"),
                ),
                lines(
                    "Bias",
                    "Measures of each group.",
                    (f"leeboard_bias{{{ABOUT}}}", "{{measure}} {{facet}}={{group}} {{stage}}"),
                ),
            ],
            [
                lines(
                    "Order of attributions",
                    "NDCG: 1 if it is that of the baseline.",
                    (f"leeboard_feature_attribution_ndcg{{{ABOUT}}}", "{{label}}"),
                    (f"leeboard_feature_attribution_ndcg_limit{{{ABOUT}}}", "{{label}} limit"),
                ),
                lines(
                    "Attributions",
                    "Mean attribution of each feature.",
                    (f"leeboard_feature_attribution{{{ABOUT}}}", "{{feature}} {{label}}"),
                ),
            ],
            [
                lines(
                    "Metrics of own containers",
                    "What a monitor of your own image wrote for its last window: the mean of each metric.",
                    (f"leeboard_emitted{{{ABOUT}}}", "{{schedule}} {{metric}}"),
                ),
            ],
            [row("Traffic and runs")],
            [
                lines(
                    "Requests",
                    "By what became of their capture, a second.",
                    (
                        'sum by (result) (rate(leeboard_capture_records_total{endpoint=~"$endpoint"}[5m]))',
                        "{{result}}",
                    ),
                    unit="reqps",
                    least=0,
                ),
                lines(
                    "Capture lag",
                    "Age of the oldest capture file that has not arrived.",
                    ('leeboard_capture_lag_seconds{endpoint=~"$endpoint"}', "{{endpoint}} {{variant}}"),
                    unit="s",
                    least=0,
                ),
                lines(
                    "Violations",
                    "Of the last execution of each schedule.",
                    (f"leeboard_schedule_violations{{{ABOUT}}}", "{{schedule}}"),
                    least=0,
                ),
            ],
            [
                lines(
                    "Invocations",
                    "By what came of them, a second.",
                    (
                        'sum by (result) (rate(leeboard_invocations_total{endpoint=~"$endpoint"}[5m]))',
                        "{{result}}",
                    ),
                    unit="reqps",
                    least=0,
                ),
                lines(
                    "Time of models",
                    "50 and 95 of 100 invocations take less.",
                    *((f"histogram_quantile({share}, {MODEL_TIMES})", name) for share, name in PERCENTILES),
                    unit="s",
                    least=0,
                ),
            ],
        ),
        variable("endpoint", "Endpoint", "label_values(leeboard_schedule_active, endpoint)"),
        variable(
            "schedule", "Schedule", 'label_values(leeboard_schedule_active{endpoint=~"$endpoint"}, schedule)'
        ),
        variable("feature", "Feature", f"label_values(leeboard_feature_completeness{{{ABOUT}}}, feature)"),
    )


def operations() -> Json:
    """The server itself."""
    seconds = "sum by (le, {0}) (rate({1}_bucket[5m]))"
    return dashboard(
        "leeboard-operations",
        "leeboard: operations",
        "How the server does.",
        placed(
            [
                stat("Database", "1 if it answered.", "min(leeboard_state_up)"),
                stat("Waiting", "Pieces of work.", "sum(leeboard_queue_waiting)"),
                stat("Running", "Pieces of work.", "sum(leeboard_queue_running)"),
                stat(
                    "Oldest work",
                    "That is due and waits.",
                    "max(leeboard_queue_oldest_seconds)",
                    bad_from=900,
                    unit="s",
                ),
                stat(
                    "Abandoned", "Work whose worker is silent.", "sum(leeboard_queue_abandoned)", bad_from=1
                ),
                stat(
                    "Series left out",
                    "As there are too many of a family.",
                    "sum(leeboard_series_dropped) or vector(0)",
                    bad_from=1,
                ),
            ],
            [
                lines("Waiting work", "By kind.", ("leeboard_queue_waiting", "{{kind}}"), least=0),
                lines(
                    "Age of the oldest work",
                    "By kind.",
                    ("leeboard_queue_oldest_seconds", "{{kind}}"),
                    unit="s",
                    least=0,
                ),
                lines(
                    "Attempts",
                    "The most of one piece of work.",
                    ("leeboard_queue_attempts", "{{kind}}"),
                    least=0,
                ),
            ],
            [
                lines(
                    "Jobs",
                    "That ended, by status, an hour.",
                    ("sum by (kind, status) (rate(leeboard_jobs_total[1h])) * 3600", "{{kind}} {{status}}"),
                    least=0,
                ),
                lines(
                    "Time of jobs",
                    "95 of 100 take less.",
                    (
                        f"histogram_quantile(0.95, {seconds.format('kind', 'leeboard_job_seconds')})",
                        "{{kind}}",
                    ),
                    unit="s",
                    least=0,
                ),
            ],
            [
                lines(
                    "Requests",
                    "By service and status, a second.",
                    (
                        "sum by (service, status) (rate(leeboard_requests_total[5m]))",
                        "{{service}} {{status}}",
                    ),
                    unit="reqps",
                    least=0,
                ),
                lines(
                    "Time of requests",
                    "95 of 100 take less.",
                    (
                        f"histogram_quantile(0.95, {seconds.format('service', 'leeboard_request_seconds')})",
                        "{{service}}",
                    ),
                    unit="s",
                    least=0,
                ),
            ],
            [
                lines(
                    "Capture",
                    "Records that were written and that arrived, a second.",
                    ('sum(rate(leeboard_capture_records_total{result="captured"}[5m]))', "captured"),
                    ("sum(rate(leeboard_capture_shipped_total[5m]))", "arrived"),
                    unit="reqps",
                    least=0,
                ),
                lines(
                    "Capture files that wait",
                    "To be uploaded.",
                    ("sum by (endpoint) (leeboard_capture_pending_files)", "{{endpoint}}"),
                    least=0,
                ),
                lines(
                    "Uploads that failed",
                    "Within 15 minutes; they are tried again.",
                    (
                        "sum by (endpoint) (increase(leeboard_capture_upload_failures_total[15m]))",
                        "{{endpoint}}",
                    ),
                    least=0,
                ),
            ],
            [
                lines(
                    "Time to gather metrics",
                    "For one answer on /metrics.",
                    ("leeboard_observing_seconds", "{{instance}}"),
                    unit="s",
                    least=0,
                ),
                table("Versions", "Of the servers.", "leeboard_build_info"),
            ],
        ),
    )


def documents() -> dict[str, Json]:
    """The dashboards by the names of their files."""
    return {"fleet.json": fleet(), "endpoint.json": endpoint(), "operations.json": operations()}


def text_of(document: Json) -> str:
    return json.dumps(document, indent=1) + "\n"


def main() -> None:
    FOLDER.mkdir(parents=True, exist_ok=True)
    for name, document in documents().items():
        (FOLDER / name).write_text(text_of(document))


if __name__ == "__main__":
    main()
