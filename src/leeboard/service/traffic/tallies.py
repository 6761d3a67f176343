"""What is counted of invocations."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import NamedTuple

from leeboard.service.latency.names import COUNTS, MICROSECONDS, MODEL_LATENCY, NO_UNIT, OVERHEAD_LATENCY
from leeboard.service.latency.times import Times


class Variant(NamedTuple):
    """Whose invocations: names as their endpoint has them."""

    endpoint: str
    name: str


class Sums(NamedTuple):
    """One metric of some invocations, as a point has it.

    Attributes:
        sketch: of times that differ.
    """

    name: str
    unit: str
    n: float
    total: float
    least: float
    most: float
    sketch: bytes | None = None


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
        """As CloudWatch has them: an invocation sends 1 as itself, 0 or 1 as an error, and times if any."""
        for name, n in zip(COUNTS, (self.n, self.n_4xx, self.n_5xx), strict=True):
            yield Sums(name, NO_UNIT, self.n, n, float(n == self.n), float(n > 0))
        for name, times in ((MODEL_LATENCY, self.model), (OVERHEAD_LATENCY, self.overhead)):
            if times.n:
                yield Sums(name, MICROSECONDS, *times.kept())
