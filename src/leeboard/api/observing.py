"""What the server counts of itself, for Prometheus."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from time import perf_counter

from prometheus_client import CollectorRegistry, Counter, Histogram, generate_latest
from prometheus_client.exposition import CONTENT_TYPE_LATEST
from prometheus_client.registry import Collector

SERVICES = frozenset({"sagemaker", "s3", "sts", "iam", "logs", "monitoring"})
"""Names in a credential scope that get a series of their own: a caller may write anything there."""


@dataclass(slots=True)
class Seen:
    """One request while it is answered."""

    status: int = 500


class Observed:
    """Counts requests, and shows what others count."""

    content_type = CONTENT_TYPE_LATEST

    def __init__(self, *collectors: Collector) -> None:
        self._registry = CollectorRegistry()
        for collector in collectors:
            self._registry.register(collector)
        self._requests = Counter(
            "leeboard_requests",
            "Requests by service and status.",
            ["service", "status"],
            registry=self._registry,
        )
        self._seconds = Histogram(
            "leeboard_request_seconds", "Time to answer requests.", ["service"], registry=self._registry
        )

    @contextmanager
    def request(self, service: str) -> Iterator[Seen]:
        """Count one request; its status is filled in by the caller."""
        seen, start = Seen(), perf_counter()
        name = service if service in SERVICES else "other"
        try:
            yield seen
        finally:
            self._requests.labels(name, str(seen.status)).inc()
            self._seconds.labels(name).observe(perf_counter() - start)

    def text(self) -> bytes:
        """Everything in Prometheus's form."""
        return generate_latest(self._registry)
