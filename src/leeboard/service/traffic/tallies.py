"""What is counted of invocations."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from math import inf
from typing import NamedTuple

INVOCATIONS, ERRORS_4XX, ERRORS_5XX = "Invocations", "Invocation4XXErrors", "Invocation5XXErrors"
MODEL_LATENCY, OVERHEAD_LATENCY = "ModelLatency", "OverheadLatency"
COUNTS = (INVOCATIONS, ERRORS_4XX, ERRORS_5XX)
NO_UNIT, MICROSECONDS = "None", "Microseconds"


class Variant(NamedTuple):
    """Whose invocations: names as their endpoint has them."""

    endpoint: str
    name: str


class Sums(NamedTuple):
    """One metric of some invocations, as a point has it."""

    name: str
    unit: str
    n: float
    total: float
    least: float
    most: float


@dataclass(slots=True)
class Times:
    """Lengths of time that add up, in microseconds."""

    n: int = 0
    total_us: float = 0.0
    least_us: float = inf
    most_us: float = 0.0

    def add(self, length_us: float) -> None:
        self.n += 1
        self.total_us += length_us
        if length_us < self.least_us:
            self.least_us = length_us
        if length_us > self.most_us:
            self.most_us = length_us

    def merge(self, other: "Times") -> None:
        self.n += other.n
        self.total_us += other.total_us
        self.least_us = min(self.least_us, other.least_us)
        self.most_us = max(self.most_us, other.most_us)

    def sums(self, name: str) -> Iterator[Sums]:
        """None of a metric that nothing has."""
        if self.n:
            yield Sums(name, MICROSECONDS, self.n, self.total_us, self.least_us, self.most_us)


@dataclass(slots=True)
class Tally:
    """Some invocations of one variant; times are of those that the model answered."""

    n: int = 0
    n_4xx: int = 0
    n_5xx: int = 0
    model: Times = field(default_factory=Times)
    overhead: Times = field(default_factory=Times)

    def add(self, status: int, model_us: float | None, whole_us: float) -> None:
        self.n += 1
        if status >= 500:
            self.n_5xx += 1
        elif status >= 400:
            self.n_4xx += 1
        if model_us is not None:
            self.model.add(model_us)
            self.overhead.add(max(whole_us - model_us, 0.0))

    def merge(self, other: "Tally") -> None:
        self.n += other.n
        self.n_4xx += other.n_4xx
        self.n_5xx += other.n_5xx
        self.model.merge(other.model)
        self.overhead.merge(other.overhead)

    def sums(self) -> Iterator[Sums]:
        """As CloudWatch has them: an invocation sends 1 as itself, and 0 or 1 as an error."""
        for name, n in zip(COUNTS, (self.n, self.n_4xx, self.n_5xx), strict=True):
            yield Sums(name, NO_UNIT, self.n, n, float(n == self.n), float(n > 0))
        yield from self.model.sums(MODEL_LATENCY)
        yield from self.overhead.sums(OVERHEAD_LATENCY)
