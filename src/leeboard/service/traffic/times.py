"""Lengths of time that add up."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from math import inf
from typing import Self

from msgspec import msgpack

from leeboard.service.traffic.sketch import bucket_of, packed, rising, unpacked

_SLACK = 1e-12
"""So that a share of 0.07 of 100 is the seventh in floating point, too."""


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
        wanted = (share - _SLACK) * self.n
        if wanted <= 0:
            return self.least_us
        middle = next((middle for middle, n in rising(self.buckets) if n >= wanted), self.most_us)
        return self.most_us if share == 1 else min(max(middle, self.least_us), self.most_us)

    def n_up_to(self, bounds_us: Iterable[float]) -> list[float]:
        """How many are no longer than each bound, the bounds being moved by `ERROR` of themselves at most.

        Args:
            bounds_us: the least first.
        """
        found, n, rest = [], 0.0, rising(self.buckets)
        upcoming = next(rest, None)
        for bound_us in bounds_us:
            while upcoming is not None and upcoming[0] <= bound_us:
                n, upcoming = upcoming[1], next(rest, None)
            found.append(n)
        return found

    def packed(self) -> bytes:
        """All of it; empty for none."""
        if not self.buckets:
            return b""
        return msgpack.encode((self.total_us, self.least_us, self.most_us, packed(self.buckets)))

    @classmethod
    def of(cls, kept: bytes) -> Self:
        """From what `packed` gave."""
        if not kept:
            return cls()
        total_us, least_us, most_us, sketch = msgpack.decode(kept, type=tuple[float, float, float, bytes])
        buckets = unpacked(sketch)
        return cls(sum(buckets.values()), total_us, least_us, most_us, buckets)
