"""What a drift test reads: how the values of one column are distributed."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import ClassVar, Self

import numpy as np
from numpy.typing import ArrayLike, NDArray

Doubles = NDArray[np.float64]

SIGMAS_IN_RANK_ERROR = 3.0
"""A stated rank error is read as this many standard deviations of the error of one rank."""
_CELL_SHARE = 0.1
"""Share of a typical cell (one of ten bins), where a sketch's error is weighed against sampling."""


@dataclass(frozen=True, slots=True, eq=False)
class Numeric:
    """Numbers with weights, exact or as a sketch kept them.

    Attributes:
        values: distinct and ascending.
        weights: how many numbers each value stands for.
        n: how many numbers there are.
        rank_error: share by which the rank of a point may be off; 0 if all numbers are counted.
        levels: the numbers as a KLL sketch holds them, level i standing for 2**i each.

    >>> column = Numeric.of_levels([[3.0, 1.0, 3.0], [2.0]])
    >>> column.values.tolist(), column.weights.tolist(), column.n
    ([1.0, 2.0, 3.0], [1.0, 2.0, 2.0], 5.0)
    """

    kind: ClassVar[str] = "numeric"
    values: Doubles
    weights: Doubles
    rank_error: float = 0.0
    levels: tuple[Doubles, ...] = field(default=())
    n: float = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "n", float(self.weights.sum()))

    @classmethod
    def of_levels(cls, levels: Sequence[ArrayLike], rank_error: float = 0.0) -> Self:
        kept = tuple(np.asarray(level, dtype=np.float64) for level in levels)
        numbers = np.concatenate(kept) if kept else np.empty(0)
        weights = np.repeat(2.0 ** np.arange(len(kept)), [len(level) for level in kept])
        return cls(*_merged(numbers, weights), rank_error, kept)

    @classmethod
    def of_counts(cls, values: ArrayLike, counts: ArrayLike, levels: tuple[Doubles, ...] = ()) -> Self:
        numbers = np.asarray(values, dtype=np.float64)
        return cls(*_merged(numbers, np.asarray(counts, dtype=np.float64)), 0.0, levels)

    @property
    def effective_n(self) -> float:
        """Size of an exact sample whose cells would be as uncertain as those of this one; at most `n`.

        A share between two ranks, each off by sigma, has the variance 2 sigma^2 on top of that
        of sampling, which is about share / n.
        """
        sigma = self.rank_error / SIGMAS_IN_RANK_ERROR
        return self.n / (1.0 + self.n * 2.0 * sigma**2 / _CELL_SHARE)

    def n_up_to(self, points: Doubles) -> Doubles:
        """For each point, how many numbers are not above it."""
        up_to = np.concatenate([[0.0], np.cumsum(self.weights)])
        return np.asarray(up_to[np.searchsorted(self.values, points, side="right")])

    def quantile(self, share: float) -> float:
        """The least value up to which at least that share of the numbers lies; NaN if there are none."""
        if not len(self.values):
            return float("nan")
        at = np.searchsorted(np.cumsum(self.weights), share * self.n * (1.0 - 1e-12))
        return float(self.values[min(int(at), len(self.values) - 1)])


@dataclass(frozen=True, slots=True, eq=False)
class Categorical:
    """How often each text occurs, possibly with some texts left out of the list.

    Attributes:
        n: how many cells there are.
        counts: listed values.
        other: cells whose value is not listed.
        count_error: a listed count may be too low by at most this.
        unlisted_most: a value that is not listed occurs at most this often.

    >>> Categorical({"a": 3}, other=2, unlisted_most=1).n
    5.0
    """

    kind: ClassVar[str] = "categorical"
    counts: Mapping[str, int]
    other: int = 0
    count_error: int = 0
    unlisted_most: int = 0
    n: float = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "n", float(sum(self.counts.values()) + self.other))


Distribution = Numeric | Categorical


def _merged(numbers: Doubles, weights: Doubles) -> tuple[Doubles, Doubles]:
    """Distinct finite numbers in ascending order, and the sums of their weights."""
    kept = np.isfinite(numbers)
    if not kept.all():
        numbers, weights = numbers[kept], weights[kept]
    if not len(numbers):
        return np.empty(0), np.empty(0)
    order = np.argsort(numbers, kind="stable")
    ordered = numbers[order]
    starts = np.flatnonzero(np.concatenate([[True], ordered[1:] != ordered[:-1]]))
    return ordered[starts], np.add.reduceat(weights[order].astype(np.float64), starts)
