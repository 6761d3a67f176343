"""Sums of products of powers, from which errors of prediction and their deviations follow."""

from dataclasses import dataclass
from math import comb, isfinite, sqrt
from typing import Self

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
_U, _Y = 3, 5
"""Powers of the squared error from 0 to 2, and of the truth from 0 to 4."""


@dataclass(frozen=True, slots=True, eq=False)
class Powers:
    """Sums of u**j * (y - centre)**k over all rows, 2 j + k <= 4; u is the squared error, y the truth.

    The centre is the mean of the truth, so that nothing cancels; sums of two parts are moved to their
    common centre by the binomial theorem and added.

    Attributes:
        absolute, signed: sums of the absolute error and of the error.
    """

    n: int = 0
    centre: float = 0.0
    sums: Floats | None = None
    absolute: float = 0.0
    signed: float = 0.0

    @classmethod
    def of(cls, truth: Floats, prediction: Floats) -> Self:
        if not len(truth):
            return cls()
        with np.errstate(over="ignore", invalid="ignore"):
            error = prediction - truth
            centre = float(truth.mean())
            y, u = truth - centre, error * error
            squared = y * y
            sums = np.zeros((_U, _Y))
            sums[0] = len(truth), y.sum(), squared.sum(), _dot(squared, y), _dot(squared, squared)
            sums[1, :3] = u.sum(), _dot(u, y), _dot(u, squared)
            sums[2, 0] = _dot(u, u)
        return cls(len(truth), centre, sums, float(np.abs(error).sum()), float(error.sum()))

    def __add__(self, other: Self) -> Self:
        if self.sums is None:
            return other
        if other.sums is None:
            return self
        n = self.n + other.n
        centre = (self.n * self.centre + other.n * other.centre) / n
        sums = self._moved(centre) + other._moved(centre)
        return type(self)(n, centre, sums, self.absolute + other.absolute, self.signed + other.signed)

    def _moved(self, centre: float) -> Floats:
        """The sums about another centre."""
        assert self.sums is not None  # noqa: S101 - asked by __add__ only
        delta, made = self.centre - centre, np.zeros_like(self.sums)
        for k in range(_Y):
            for i in range(k + 1):
                made[:, k] += comb(k, i) * delta ** (k - i) * self.sums[:, i]
        return made

    def mean(self, u: int, y: int) -> float:
        """The mean of u**u * (y - centre)**y; not negative where the powers are even, NaN for no rows."""
        return float(self.sums[u, y]) / self.n if self.sums is not None else float("nan")


def _dot(one: Floats, two: Floats) -> float:
    """By einsum, as BLAS would start threads of its own."""
    return float(np.einsum("i,i->", one, two))


def expected_deviations(powers: Powers, share: float) -> dict[str, float]:
    """The deviations of `mae`, `mse`, `rmse` and `r2` between samples of a share of the rows.

    What deviations of drawn samples scatter around: the variance of a mean of m of n rows without
    replacement is s**2 / m * (1 - m / n) (Cochran, 1977); `rmse` and `r2` by the delta method.
    """
    mse, spread = powers.mean(1, 0), powers.mean(0, 2)
    of_u = powers.mean(2, 0) - mse**2
    variances = {"mae": mse - (powers.absolute / powers.n) ** 2, "mse": of_u}
    if mse > 0:
        variances["rmse"] = of_u / (4 * mse)
    if spread > 0:
        of_y = powers.mean(0, 4) - spread**2
        both = powers.mean(1, 2) - mse * spread
        ratio = mse / spread
        variances["r2"] = (of_u - 2 * ratio * both + ratio**2 * of_y) / spread**2
    factor = (1 - share) / (share * powers.n)
    return {
        name: sqrt(max(variance, 0.0) * factor) if isfinite(variance) else float("nan")
        for name, variance in variances.items()
    }
