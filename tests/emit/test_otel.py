"""What arrives at a collector, decoded from its protobuf."""

import gzip
import zlib
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from threading import Thread

import pytest

from leeboard.emit import NotSentError
from leeboard.emit.otel import open_otel

pytest.importorskip("opentelemetry.sdk", reason="the extra otel is not installed")


class Collector(BaseHTTPRequestHandler):
    """Takes OTLP, or refuses it."""

    got: list[tuple[str, bytes]]
    status = 200

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["content-length"]))
        how = self.headers.get("content-encoding")
        self.got.append((self.path, gzip.decompress(body) if how == "gzip" else
                         zlib.decompress(body) if how == "deflate" else body))  # fmt: skip
        self.send_response(self.status)
        self.send_header("content-length", "0")
        self.end_headers()

    def log_message(self, *_: object) -> None:
        """Says nothing."""


@pytest.fixture
def collector() -> Iterator[tuple[str, type[Collector]]]:
    handler = type("Handler", (Collector,), {"got": []})
    with HTTPServer(("127.0.0.1", 0), handler) as server:
        thread = Thread(target=server.serve_forever, daemon=True)
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}", handler
        server.shutdown()
        thread.join()


def decoded(body: bytes):
    from opentelemetry.proto.collector.metrics.v1.metrics_service_pb2 import ExportMetricsServiceRequest

    [resource] = ExportMetricsServiceRequest.FromString(body).resource_metrics
    [scope] = resource.scope_metrics
    return {metric.name: metric.gauge.data_points for metric in scope.metrics}


def test_gauges_arrive_with_labels_and_the_time_of_the_window(collector, point) -> None:
    url, handler = collector
    one, other = point("feature_baseline_drift_age"), point("feature_baseline_drift_job", 0.5)
    open_otel(url)([one, other])
    [(path, body)] = handler.got
    assert path == "/v1/metrics"
    points = decoded(body)["leeboard.feature_baseline_drift"]
    labels = {each.key: each.value.string_value for each in points[0].attributes}
    assert labels == {"endpoint": "churn", "schedule": "hourly", "feature": "age"}
    assert [each.as_double for each in points] == [0.25, 0.5]
    assert points[0].time_unix_nano == int(one.at.timestamp()) * 10**9


def test_several_values_in_one_are_an_average_with_bounds(collector, point) -> None:
    url, handler = collector
    open_otel(url)([point("feature_data_age", 40.0, n=4)])
    found = {name: points[0].as_double for name, points in decoded(handler.got[0][1]).items()}
    assert found == {
        "leeboard.feature_data": 40.0,
        "leeboard.feature_data.minimum": 37.0,
        "leeboard.feature_data.maximum": 43.0,
        "leeboard.feature_data.count": 4.0,
    }


def test_a_collector_that_refuses_is_told_of(collector, point) -> None:
    url, handler = collector
    handler.status = 400
    with pytest.raises(NotSentError, match="did not take"):
        open_otel(url)([point("f1")])
