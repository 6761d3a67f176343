"""Models that are functions and keep count, and rows for them."""

from collections.abc import Callable
from threading import Lock

import numpy as np
import polars as pl
import pytest

from leeboard.measures.model import Predictions


class FunctionModel:
    """Answers with a function of a matrix or of the frame; counts what it is asked."""

    def __init__(self, of_numbers: Callable | None = None, *, of_rows: Callable | None = None) -> None:
        self._of_rows = of_rows or (lambda rows: of_numbers(rows.to_numpy()))
        self._lock = Lock()
        self.sizes: list[int] = []

    def predict(self, rows: pl.DataFrame) -> Predictions:
        with self._lock:
            self.sizes.append(rows.height)
        return Predictions(scores=np.asarray(self._of_rows(rows), float).reshape(rows.height, -1))

    @property
    def n_rows(self) -> int:
        return sum(self.sizes)


def wavy(numbers: np.ndarray) -> np.ndarray:
    """Neither linear nor additive, and one feature does not matter."""
    first = np.tanh(numbers[:, 0] * numbers[:, 1]) + numbers[:, 2] ** 2
    return first + numbers[:, 3] * (numbers[:, 4] > 0) if numbers.shape[1] > 4 else first


@pytest.fixture
def model_of() -> type[FunctionModel]:
    return FunctionModel


@pytest.fixture
def wavy_model() -> FunctionModel:
    return FunctionModel(wavy)


@pytest.fixture
def numbers() -> Callable[..., pl.DataFrame]:
    """Makes a frame of normal numbers with columns f0, f1 and so on."""

    def numbers_(n_rows: int, n_columns: int = 6, seed: int = 0) -> pl.DataFrame:
        drawn = np.random.default_rng(seed).normal(size=(n_rows, n_columns))
        return pl.DataFrame(drawn, schema=[f"f{i}" for i in range(n_columns)])

    return numbers_
