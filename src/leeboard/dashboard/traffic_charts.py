"""Requests of an endpoint over time: how many, how many failed, and how long its models took."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from leeboard.dashboard.answers import Cell, Table
from leeboard.dashboard.charting import Chart
from leeboard.dashboard.rendering import iso
from leeboard.dashboard.time_charts import Unit, deployed, line
from leeboard.service.traffic.tallies import Tally
from leeboard.service.views.deployed import Deployment
from leeboard.service.views.strips import Spans

COLUMNS = (
    "start_at", "invocations", "invocation_4xx", "invocation_5xx",
    "model_latency_p50_ms", "model_latency_p95_ms",
)  # fmt: skip


def traffic_charts(spans: Spans, counted: Sequence[Tally], deployments: Sequence[Deployment]) -> list[Chart]:
    """None where nobody asked."""
    if not any(each.n for each in counted):
        return []
    requests = [line("requests", [each.n for each in counted])]
    if any(each.n_4xx for each in counted):
        requests.append(line("4XX", [each.n_4xx for each in counted], colour="c2"))
    if any(each.n_5xx for each in counted):
        requests.append(line("5XX", [each.n_5xx for each in counted], colour="bad"))
    latencies = [
        line("p50", [_ms(each, 0.5) for each in counted]),
        line("p95", [_ms(each, 0.95) for each in counted], colour="c2"),
    ]
    marks = deployed(each for each in deployments if each.at >= spans.start_at)
    return [
        _chart("Requests and errors", spans, requests, marks, name="requests", unit="count"),
        _chart(
            "Latency of the model in milliseconds", spans, latencies, marks, name="latency", unit="number"
        ),
    ]


def traffic_table(spans: Spans, counted: Sequence[Tally]) -> Mapping[str, Table]:
    """The same to take away."""
    return {"traffic": Table(COLUMNS, lambda: _cells(spans, counted))} if counted else {}


def _cells(spans: Spans, counted: Sequence[Tally]) -> Iterator[tuple[Cell, ...]]:
    for start_at, each in zip(_times(spans), counted, strict=True):
        yield start_at, each.n, each.n_4xx, each.n_5xx, _ms(each, 0.5), _ms(each, 0.95)


def _ms(counted: Tally, share: float) -> float | None:
    """None where no model answered."""
    return round(counted.model.quantile_us(share) / 1000, 3) if counted.model.n else None


def _times(spans: Spans) -> list[str]:
    return [iso(at) for at in spans.starts]


def _chart(
    title: str,
    spans: Spans,
    series: Sequence[Mapping[str, Any]],
    marks: Sequence[Mapping[str, str]],
    *,
    name: str,
    unit: Unit,
) -> Chart:
    data = {"times": _times(spans), "series": series, "marks": marks, "unit": unit, "y_min": 0}
    return Chart("lines", title, data, name, height=200)
