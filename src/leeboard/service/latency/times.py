"""Lengths of time that add up."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from math import inf
from typing import NamedTuple

from msgspec import msgpack

from leeboard.service.latency.sketch import bucket_of, middle_us, packed, pour, rising

SLACK = 1e-12
"""So that a share of 0.07 of 100 is the seventh in floating point, too."""


class Kept(NamedTuple):
    """Times as rows have them, in microseconds.

    Attributes:
        sketch: None where all are as long, or nobody knows more.
    """

    n: float
    total_us: float
    least_us: float
    most_us: float
    sketch: bytes | None

    def packed(self) -> bytes:
        """All of it; empty for none."""
        return msgpack.encode(self) if self.n else b""

    @classmethod
    def unpacked(cls, packed: bytes) -> "Kept | None":
        """From what `packed` gave."""
        return _DECODER.decode(packed) if packed else None


_DECODER = msgpack.Decoder(Kept)


@dataclass(slots=True)
class Times:
    """Lengths of time, in microseconds.

    Attributes:
        n: how many; some may count in part.
        buckets: a sketch of them.

    >>> times = Times()
    >>> for length_us in range(1, 1001):
    ...     times.add(length_us)
    >>> round(times.quantile_us(0.5)), times.quantile_us(1)
    (498, 1000)
    """

    n: float = 0
    total_us: float = 0.0
    least_us: float = inf
    most_us: float = 0.0
    buckets: dict[int, float] = field(default_factory=dict)

    def add(self, length_us: float, n: float = 1) -> None:
        self.n += n
        self.total_us += length_us * n
        if length_us < self.least_us:
            self.least_us = length_us
        if length_us > self.most_us:
            self.most_us = length_us
        bucket = bucket_of(length_us)
        self.buckets[bucket] = self.buckets.get(bucket, 0) + n

    def merge(self, other: "Times") -> None:
        self.n += other.n
        self.total_us += other.total_us
        self.least_us = min(self.least_us, other.least_us)
        self.most_us = max(self.most_us, other.most_us)
        mine = self.buckets
        for bucket, n in other.buckets.items():
            mine[bucket] = mine.get(bucket, 0) + n

    def quantile_us(self, share: float) -> float:
        """The smallest length that so large a share does not exceed, give or take `ERROR` of it.

        Args:
            share: 0 to 1, of which both are told without error.

        Raises:
            ValueError: there are none.
        """
        if not self.buckets:
            raise ValueError("there are no times, so no share of them can be told")
        wanted = (share - SLACK) * self.n
        if wanted <= 0:
            return self.least_us
        found = next((bucket for bucket, n in rising(self.buckets) if n >= wanted), None)
        if found is None or share == 1:
            return self.most_us
        return min(max(middle_us(found), self.least_us), self.most_us)

    def n_up_to(self, bounds_us: Iterable[float]) -> list[float]:
        """How many are no longer than each bound, the bounds being moved by `ERROR` of themselves at most.

        Args:
            bounds_us: the least first.
        """
        found, n, rest = [], 0.0, rising(self.buckets)
        upcoming = next(rest, None)
        for bound_us in bounds_us:
            while upcoming is not None and middle_us(upcoming[0]) <= bound_us:
                n, upcoming = upcoming[1], next(rest, None)
            found.append(n)
        return found

    def pour(self, kept: Kept) -> None:
        """Add some that are kept.

        Raises:
            ValueError: they differ, and nobody knows how.
        """
        if kept.sketch is not None:
            pour(kept.sketch, self.buckets)
            self.n += kept.n
            self.total_us += kept.total_us
            self.least_us = min(self.least_us, kept.least_us)
            self.most_us = max(self.most_us, kept.most_us)
        elif kept.least_us == kept.most_us:
            self.add(kept.least_us, kept.n)
        else:
            raise ValueError("times that differ have no sketch, so they cannot be added to others")

    def kept(self) -> Kept:
        """With a sketch if they differ."""
        sketch = packed(self.buckets) if self.least_us < self.most_us else None
        return Kept(self.n, self.total_us, self.least_us, self.most_us, sketch)
