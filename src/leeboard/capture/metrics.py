"""What a spool counts, for Prometheus."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily
from prometheus_client.registry import Collector

if TYPE_CHECKING:
    from prometheus_client.metrics_core import Metric

    from leeboard.capture.spool import Spool

LABELS = ("endpoint", "variant")
RESULTS = ("captured", "sampled_out", "skipped_disk", "skipped_size", "failed")


class CaptureCollector(Collector):
    """Register it: `REGISTRY.register(CaptureCollector(spool))`."""

    def __init__(self, spool: "Spool") -> None:
        self._spool = spool

    def describe(self) -> "Iterator[Metric]":
        """The names alone, which asks nothing of the spool."""
        yield from _families().values()

    def collect(self) -> "Iterator[Metric]":
        """The numbers as they are now."""
        families = _families()
        for counts in self._spool.counts():
            labels = (counts.endpoint, counts.variant)
            for result in RESULTS:
                families["records"].add_metric((*labels, result), getattr(counts, result))
            for name, value in (
                ("shipped", counts.shipped),
                ("bytes", counts.bytes),
                ("cut", counts.cut),
                ("upload_failures", counts.upload_failures),
                ("lag", counts.lag_s),
                ("pending", counts.pending_files),
            ):
                families[name].add_metric(labels, value)
        yield from families.values()


def _families() -> dict[str, CounterMetricFamily | GaugeMetricFamily]:
    def counter(name: str, text: str, *more: str) -> CounterMetricFamily:
        return CounterMetricFamily(f"leeboard_capture_{name}", text, labels=(*LABELS, *more))

    def gauge(name: str, text: str) -> GaugeMetricFamily:
        return GaugeMetricFamily(f"leeboard_capture_{name}", text, labels=LABELS)

    return {
        "records": counter("records", "Requests by what became of their capture.", "result"),
        "shipped": counter("shipped", "Records that arrived at their destination."),
        "bytes": counter("bytes", "Length of the captured records."),
        "cut": counter("cut_records", "Half-written records of killed processes."),
        "upload_failures": counter("upload_failures", "Uploads that failed and are tried again."),
        "lag": gauge("lag_seconds", "Age of the oldest capture file that has not arrived."),
        "pending": gauge("pending_files", "Capture files that have not arrived."),
    }
