"""OpenTelemetry by OTLP over HTTP: gauges with the time of their window."""

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from leeboard.emit import Emitter, NotSentError, Point, Send
from leeboard.emit.naming import named
from leeboard.errors import MissingExtraError

if TYPE_CHECKING:
    from opentelemetry.sdk.metrics.export import MetricsData, NumberDataPoint

TIMEOUT_S = 10
PATH = "/v1/metrics"
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def open_otel(url: str | None) -> Send:
    """The way to a collector, by its URL or by OpenTelemetry's own variables.

    Raises:
        MissingExtraError: OpenTelemetry's SDK is not installed.
    """
    try:
        from opentelemetry.exporter.otlp.proto.http.metric_exporter import OTLPMetricExporter
        from opentelemetry.sdk.metrics.export import MetricExportResult
    except ModuleNotFoundError as error:
        raise MissingExtraError("opentelemetry-sdk", "otel", "the emitter otel") from error
    place: dict[str, Any] = {} if url is None else {"endpoint": _endpoint(url)}
    exporter = OTLPMetricExporter(timeout=TIMEOUT_S, **place)

    def send(points: Sequence[Point]) -> None:
        result = exporter.export(_data(points), timeout_millis=TIMEOUT_S * 1000)
        if result is not MetricExportResult.SUCCESS:
            raise NotSentError(f"the collector at {url or 'its variables'} did not take the points")

    return send


def _endpoint(url: str) -> str:
    """A URL without a path is that of a collector."""
    from urllib.parse import urlsplit

    return url if urlsplit(url).path.strip("/") else url.rstrip("/") + PATH


def _data(points: Sequence[Point]) -> "MetricsData":
    from opentelemetry.sdk.metrics.export import (
        Gauge,
        Metric,
        MetricsData,
        ResourceMetrics,
        ScopeMetrics,
    )
    from opentelemetry.sdk.resources import Resource
    from opentelemetry.sdk.util.instrumentation import InstrumentationScope

    gauges: dict[str, list[NumberDataPoint]] = {}
    for point in points:
        name, labels = named(point)
        for suffix, value in _values(point):
            gauges.setdefault(name + suffix, []).append(_number(point, labels, value))
    metrics = [Metric(name, None, "", Gauge(numbers)) for name, numbers in gauges.items()]
    resource = Resource.create({"service.name": "leeboard"})
    scope = ScopeMetrics(InstrumentationScope("leeboard"), metrics, "")
    return MetricsData([ResourceMetrics(resource, [scope], "")])


def _values(point: Point) -> list[tuple[str, float]]:
    """A value, or the average of several with their bounds and count."""
    if not point.is_set:
        return [("", point.sum)]
    bounds = [(".minimum", point.minimum), (".maximum", point.maximum), (".count", point.sample_count)]
    return [("", point.average), *bounds]


def _number(point: Point, labels: dict[str, str], value: float) -> "NumberDataPoint":
    from opentelemetry.sdk.metrics.export import NumberDataPoint

    ns = int((point.at - EPOCH).total_seconds()) * 1_000_000_000
    return NumberDataPoint(labels, ns, ns, float(value))


ENTRY = Emitter("otel", open_otel)
