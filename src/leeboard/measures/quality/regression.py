"""A problem of predicted numbers: how far they are from the truth."""

from dataclasses import dataclass, field
from math import sqrt
from typing import Self

import numpy as np
from numpy.typing import NDArray

from leeboard.measures.quality.cells import Parts, numbers
from leeboard.measures.quality.deviation import MIN_ROWS, SHARE, deviations, sampled_places
from leeboard.measures.quality.grid import Grid
from leeboard.measures.quality.powers import Powers, expected_deviations

MAX_ROWS = 1 << 20
"""Rows that are kept as they are; beyond, their sums alone."""

Floats = NDArray[np.float64]
Rows = tuple[tuple[Floats, Floats], ...]


@dataclass(frozen=True, slots=True, eq=False)
class Regression:
    """Truths and predictions.

    Attributes:
        rows: pieces of truths and predictions in row order; None if there are more than `MAX_ROWS`.
        errors: prediction - truth on a grid.
        pairs: truth and prediction on a grid.
    """

    n: int = 0
    rows: Rows | None = field(default=())
    powers: Powers = field(default_factory=Powers)
    errors: Grid = field(default_factory=Grid)
    pairs: Grid = field(default_factory=Grid)

    @classmethod
    def of(cls, parts: Parts) -> "tuple[Self, NDArray[np.bool_]]":
        """Of labels that are all there; says as well which rows had a prediction."""
        label, prediction, _ = parts
        truth = numbers(label).fill_null(np.nan).to_numpy()
        predicted = numbers(prediction).fill_null(np.nan).to_numpy()
        is_used = ~np.isnan(truth) & ~np.isnan(predicted)
        return cls.of_numbers(truth[is_used], predicted[is_used]), is_used

    @classmethod
    def of_numbers(cls, truth: Floats, prediction: Floats) -> Self:
        """Of numbers without NaN."""
        if not len(truth):
            return cls()
        with np.errstate(invalid="ignore"):
            errors = Grid.of(prediction - truth)
        rows = ((truth, prediction),) if len(truth) <= MAX_ROWS else None
        return cls(len(truth), rows, Powers.of(truth, prediction), errors, Grid.of(truth, prediction))

    def __add__(self, other: Self) -> Self:
        n = self.n + other.n
        rows = None
        if self.rows is not None and other.rows is not None and n <= MAX_ROWS:
            rows = self.rows + other.rows
        return type(self)(
            n, rows, self.powers + other.powers, self.errors + other.errors, self.pairs + other.pairs
        )


def measures(state: Regression) -> dict[str, float]:
    """`mae`, `mse` and `rmse`, not negative, and `r2`, at most 1; `r2` is NaN or -inf for equal truths."""
    if state.rows is not None:
        return _of_rows(*_whole(state.rows))
    powers = state.powers
    mse = powers.mean(1, 0)
    return _named(powers.absolute / powers.n, mse, mse, powers.mean(0, 2))


def standard_deviations(state: Regression) -> dict[str, float]:
    """Of each measure, not negative; NaN where there is none."""
    names = ("mae", "mse", "rmse", "r2")
    if state.n < MIN_ROWS:
        found = {}
    elif state.rows is None:
        found = expected_deviations(state.powers, SHARE)
    else:
        found = _of_samples(*_whole(state.rows))
    return {name: found.get(name, float("nan")) for name in names}


def _whole(rows: Rows) -> tuple[Floats, Floats]:
    truths, predictions = zip(*rows, strict=True)
    return np.concatenate(truths), np.concatenate(predictions)


def _of_rows(truth: Floats, prediction: Floats) -> dict[str, float]:
    """With sums that run from the first row to the last, which meets AWS's values to the last digit."""
    with np.errstate(over="ignore", invalid="ignore"):
        error = prediction - truth
        n, squared = len(truth), _running(error * error)
        away = truth - _running(truth) / n
        return _named(_running(np.abs(error)) / n, squared / n, squared, _running(away * away))


def _running(values: Floats) -> float:
    return float(np.cumsum(values)[-1])


def _named(mae: float, mse: float, squared: float, spread: float) -> dict[str, float]:
    """Division as doubles have it: r2 is -inf where equal truths are missed, NaN where they are met."""
    with np.errstate(divide="ignore", invalid="ignore"):
        r2 = 1 - np.float64(squared) / np.float64(spread)
    return {"mae": mae, "mse": mse, "rmse": sqrt(mse), "r2": float(r2)}


def _of_samples(truth: Floats, prediction: Floats) -> dict[str, float]:
    """The rows are sorted first, so that their order does not matter."""
    order = np.lexsort((prediction, truth))
    truth, prediction = truth[order], prediction[order]
    found = [_of_rows(truth[places], prediction[places]) for places in sampled_places(len(truth))]
    return deviations({name: np.array([each[name] for each in found]) for name in found[0]})
