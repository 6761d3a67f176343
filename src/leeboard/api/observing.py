"""What the server counts of itself, for Prometheus."""

from collections.abc import Callable, Sequence

from prometheus_client import CollectorRegistry, Counter, Histogram, generate_latest
from prometheus_client.exposition import CONTENT_TYPE_LATEST
from prometheus_client.registry import Collector

SERVICES = frozenset({"sagemaker", "s3", "sts", "iam", "logs", "monitoring"})
"""Names in a credential scope that get a series of their own: a caller may write anything there."""


class Observed:
    """Counts requests, and shows what others count.

    Args:
        collectors: of `prometheus_client`.
        texts: what gives further families as they are written.
    """

    content_type = CONTENT_TYPE_LATEST

    def __init__(self, *collectors: Collector, texts: Sequence[Callable[[], bytes]] = ()) -> None:
        self._registry, self._texts = CollectorRegistry(), texts
        for collector in collectors:
            self._registry.register(collector)
        self._requests = Counter(
            "leeboard_requests",
            "Requests by service and status.",
            ["service", "status"],
            registry=self._registry,
        )
        self._series: dict[tuple[str, int], tuple[Counter, Histogram]] = {}
        self._seconds = Histogram(
            "leeboard_request_seconds", "Time to answer requests.", ["service"], registry=self._registry
        )

    def count(self, service: str, status: int, seconds: float) -> None:
        """One request that was answered."""
        key = (service if service in SERVICES else "other", status)
        series = self._series.get(key)
        if series is None:
            name, text = key[0], str(status)
            series = self._series[key] = self._requests.labels(name, text), self._seconds.labels(name)
        series[0].inc()
        series[1].observe(seconds)

    def text(self) -> bytes:
        """Everything in Prometheus's form; it may ask the database."""
        return b"".join([generate_latest(self._registry), *(text() for text in self._texts)])
