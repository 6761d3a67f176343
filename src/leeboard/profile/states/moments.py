"""Count, sum, mean, variance and extremes of the numeric cells."""

from dataclasses import dataclass
from math import inf, sqrt
from typing import Self

import numpy as np
from numpy.typing import NDArray

from leeboard.profile.cells import Cells
from leeboard.profile.states import StateEntry


@dataclass(frozen=True, slots=True)
class Moments:
    """Moments about the mean, merged as in Chan, Golub and LeVeque (1979).

    `m2` is the sum of squared deviations from the mean.

    >>> m = Moments.of_numbers(np.array([1.0, 2.0, 6.0]))
    >>> m.mean, m.variance
    (3.0, 4.666666666666667)
    """

    n: int = 0
    sum: float = 0.0
    mean: float = 0.0
    m2: float = 0.0
    min: float = inf
    max: float = -inf

    @classmethod
    def zero(cls) -> Self:
        return cls()

    @classmethod
    def of(cls, cells: Cells) -> Self:
        return cls.of_numbers(cells.numbers)

    @classmethod
    def of_numbers(cls, numbers: NDArray[np.float64]) -> Self:
        n = len(numbers)
        if not n:
            return cls()
        with np.errstate(over="ignore", invalid="ignore"):
            total = float(numbers.sum())
            mean = total / n
            deviations = numbers - mean
            # einsum and not a dot product: BLAS would start threads of its own
            m2 = float(np.einsum("i,i->", deviations, deviations))
        return cls(n, total, mean, m2, float(numbers.min()), float(numbers.max()))

    def __add__(self, other: Self) -> Self:
        if not other.n:
            return self
        if not self.n:
            return other
        n = self.n + other.n
        delta = other.mean - self.mean
        return type(self)(
            n,
            self.sum + other.sum,
            self.mean + delta * other.n / n,
            self.m2 + other.m2 + delta * delta * self.n * other.n / n,
            min(self.min, other.min),
            max(self.max, other.max),
        )

    @property
    def variance(self) -> float:
        """Population form (divided by n), at least 0; 0.0 for no numbers."""
        return self.m2 / self.n if self.n else 0.0

    @property
    def std_dev(self) -> float:
        """Square root of the variance, at least 0."""
        return sqrt(self.variance)


ENTRY = StateEntry("moments", Moments)
