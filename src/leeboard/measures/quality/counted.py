"""Numbers with their counts, in bounded memory."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Self

import numpy as np
from numpy.typing import NDArray

MAX_VALUES = 1 << 20
"""Different numbers that are kept exactly."""

Floats = NDArray[np.float64]
Keys = NDArray[np.int64]
_MAGNITUDE = np.int64(2**63 - 1)
_MOST_BITS = 52


@dataclass(frozen=True, slots=True, eq=False)
class CountedNumbers:
    """How often each number occurs, exactly for up to `MAX_VALUES` different ones.

    Beyond, numbers are rounded by their last bits, as few as bring them down to so many. That number of
    bits depends on the numbers alone, not on the order in which they came: any cut gives the same result.

    Attributes:
        parts: keys and their counts, yet to be added up; a key is a double as an integer of the same order.

    >>> CountedNumbers.of(np.array([0.5, 0.25, 0.5])).settled()[0].tolist()
    [0.25, 0.5]
    """

    parts: tuple[tuple[Keys, Keys], ...] = field(default=())
    n: int = 0
    bits: int = 0

    @classmethod
    def zero(cls) -> Self:
        return cls()

    @classmethod
    def of(cls, numbers: Floats) -> Self:
        """Of numbers without NaN."""
        if not len(numbers):
            return cls()
        keys = np.sort(keys_of(numbers))
        return cls((_added([(keys, np.ones(len(keys), dtype=np.int64))]),), len(numbers))._bounded()

    def __add__(self, other: Self) -> Self:
        return type(self)(self.parts + other.parts, self.n + other.n, max(self.bits, other.bits))._bounded()

    @property
    def n_held(self) -> int:
        """Keys in memory, at most twice `MAX_VALUES`."""
        return sum(len(keys) for keys, _ in self.parts)

    def _bounded(self) -> Self:
        return self if self.n_held <= 2 * MAX_VALUES else self.compacted()

    def compacted(self, most: int | None = None) -> Self:
        """In one part of at most so many numbers, `MAX_VALUES` if not said, ascending."""
        if not self.parts:
            return self
        part = _added(_cut(self.parts, self.bits))
        bits = _fewest_bits(part[0], self.bits, most or MAX_VALUES)
        return type(self)((_added(_cut((part,), bits)),), self.n, bits)

    def rounded(self, bits: int) -> Self:
        """In one part, by so many bits at least."""
        bits = max(bits, self.bits)
        return type(self)((_added(_cut(self.parts, bits)),), self.n, bits) if self.parts else self

    @property
    def keys(self) -> Keys:
        """Of a compacted value, ascending."""
        return self.parts[0][0] if self.parts else np.empty(0, dtype=np.int64)

    @property
    def counts(self) -> Keys:
        """Of a compacted value, by its keys."""
        return self.parts[0][1] if self.parts else np.empty(0, dtype=np.int64)

    def settled(self) -> tuple[Floats, Keys]:
        """The numbers, ascending, and their counts."""
        made = self.compacted()
        return numbers_of(made.keys, made.bits), made.counts


def keys_of(numbers: Floats) -> Keys:
    """Doubles as integers in the same order; -0.0 is 0.0."""
    bits = (numbers + 0.0).view(np.int64)
    return np.asarray(bits ^ ((bits >> 63) & _MAGNITUDE))


def numbers_of(keys: Keys, bits: int) -> Floats:
    """The doubles again: the middle of those that have the same key if so many bits were lost."""
    middle = keys + (1 << bits - 1) if bits else keys
    numbers = (middle ^ ((middle >> 63) & _MAGNITUDE)).view(np.float64)
    return np.where(np.isnan(numbers), np.where(keys < 0, -np.inf, np.inf), numbers)


def united(one: Keys, two: Keys) -> Keys:
    """Keys that are in either, ascending; numpy's `union1d` hashes, which takes ten times as long."""
    keys = np.sort(np.concatenate([one, two]))
    return keys[np.concatenate([[True], keys[1:] != keys[:-1]])] if len(keys) else keys


def _fewest_bits(keys: Keys, least: int, most: int) -> int:
    """So many bits as must go for at most `most` different keys, by bisection."""
    if len(keys) <= most:
        return least
    low, high = least, _MOST_BITS
    while high - low > 1:
        bits = (low + high) // 2
        cut = keys >> bits
        low, high = (bits, high) if np.count_nonzero(cut[1:] != cut[:-1]) >= most else (low, bits)
    return high


def _cut(parts: Sequence[tuple[Keys, Keys]], bits: int) -> list[tuple[Keys, Keys]]:
    return [((keys >> bits) << bits, counts) for keys, counts in parts]


def _added(parts: Sequence[tuple[Keys, Keys]]) -> tuple[Keys, Keys]:
    """One key a number, ascending."""
    keys = np.concatenate([keys for keys, _ in parts])
    counts = np.concatenate([counts for _, counts in parts])
    if len(parts) > 1:
        order = np.argsort(keys, kind="stable")  # which profits from parts that are sorted
        keys, counts = keys[order], counts[order]
    first = np.flatnonzero(np.concatenate([[True], keys[1:] != keys[:-1]]))
    return keys[first], np.add.reduceat(counts, first)
