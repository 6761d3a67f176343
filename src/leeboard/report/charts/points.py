"""The distribution of a column as its statistics file tells it: weighted numbers, or counted values."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Self

import numpy as np
import numpy.typing as npt

from leeboard.formats.statistics import FeatureStatistics, NumericalStatistics

Floats = npt.NDArray[np.float64]

PER_BUCKET = 20
"""Points that stand for a bucket where a file has no sketch."""


@dataclass(frozen=True, slots=True, eq=False)
class Points:
    """Sorted numbers, each with the number of cells that it stands for."""

    values: Floats
    weights: Floats

    @classmethod
    def of(cls, values: Floats, weights: Floats) -> Self:
        """Numbers in any order; those that are not finite or weigh nothing are left out."""
        kept = np.isfinite(values) & (weights > 0)
        order = np.argsort(values[kept], kind="stable")
        return cls(values[kept][order], weights[kept][order])

    def __len__(self) -> int:
        return len(self.values)

    @property
    def total(self) -> float:
        """Cells that the points stand for; 0.0 for no points."""
        return float(self.weights.sum())

    def quantile(self, share: float) -> float:
        """The smallest value with at least `share` of the weight at or below it; needs a point."""
        reached = np.cumsum(self.weights)
        place = int(np.searchsorted(reached, share * reached[-1] * (1 - 1e-12)))
        return float(self.values[min(place, len(self) - 1)])


@dataclass(frozen=True, slots=True)
class Counted:
    """How often each value occurs.

    Attributes:
        counts: cells of each listed value.
        other: cells whose value is not listed.
    """

    counts: Mapping[str, float]
    other: float = 0.0

    @property
    def total(self) -> float:
        return sum(self.counts.values()) + self.other

    def share(self, value: str) -> float:
        """In [0, 1]; 0.0 for a value that is not listed."""
        return self.counts.get(value, 0.0) / self.total if self.total else 0.0


def points_of(feature: FeatureStatistics | None) -> Points | None:
    """The numbers of a numeric column; None for another column and for one without numbers."""
    numeric = feature.numerical_statistics if feature else None
    if numeric is None:
        return None
    points = _of_sketch(numeric)
    if not len(points):
        points = _of_buckets(numeric)
    return points if len(points) else None


def _of_sketch(numeric: NumericalStatistics) -> Points:
    """A value on level i of the sketch stands for 2 ** i cells."""
    levels = numeric.distribution.kll.sketch.data
    weights = [np.full(len(level), 2.0**i) for i, level in enumerate(levels)]
    return Points.of(_joined([np.asarray(level, dtype=np.float64) for level in levels]), _joined(weights))


def _of_buckets(numeric: NumericalStatistics) -> Points:
    """The cells of a bucket evenly over its width."""
    buckets = numeric.distribution.kll.buckets
    middles = (np.arange(PER_BUCKET) + 0.5) / PER_BUCKET
    values = [b.lower_bound + (b.upper_bound - b.lower_bound) * middles for b in buckets]
    weights = [np.full(PER_BUCKET, b.count / PER_BUCKET) for b in buckets]
    return Points.of(_joined(values), _joined(weights))


def _joined(parts: list[Floats]) -> Floats:
    return np.concatenate([np.empty(0), *parts])


def counts_of(feature: FeatureStatistics | None) -> Counted | None:
    """The values of a text column, or of a numeric one that lists all of its values; else None."""
    if feature is None:
        return None
    text, ours = feature.string_statistics, feature.leeboard
    if text is not None:
        counts = {entry.value: float(entry.count) for entry in text.distribution.categorical.buckets}
        return Counted(counts, max(0.0, text.common.num_present - sum(counts.values())))
    if feature.numerical_statistics is None or ours is None or not ours.values or ours.other_count:
        return None
    return _same_spelling(Counted({entry.value: float(entry.count) for entry in ours.values}))


def _same_spelling(counted: Counted) -> Counted:
    """Numbers that are equal under one spelling, such as 1 and 1.0."""
    merged: dict[str, float] = {}
    for value, count in counted.counts.items():
        for number in _as_number(value):
            spelling = str(number).removesuffix(".0")
            merged[spelling] = merged.get(spelling, 0.0) + count
    return Counted(merged, counted.other)


def numbers_in(counted: Counted) -> Points | None:
    """The listed values that are numbers; None if they are not even half of the cells."""
    pairs = [(number, n) for value, n in counted.counts.items() for number in _as_number(value)]
    if 2 * sum(n for _, n in pairs) <= counted.total:
        return None
    return Points.of(np.array([number for number, _ in pairs]), np.array([n for _, n in pairs]))


def _as_number(text: str) -> list[float]:
    try:
        return [float(text)]
    except ValueError:
        return []
