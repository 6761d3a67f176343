"""A model that can be asked, wherever it runs."""

from dataclasses import dataclass
from typing import Protocol

import numpy as np
import numpy.typing as npt
import polars as pl

Scores = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True, kw_only=True)
class Predictions:
    """What a model said of some rows, in their order.

    Attributes:
        labels: the predicted class of each row, as text; None if the model gives none.
        scores: shape (n_rows, n_outputs); None if the model gives none.
    """

    labels: list[str] | None = None
    scores: Scores | None = None


class Model(Protocol):
    """Answers for rows; may be asked from several threads at once."""

    def predict(self, rows: pl.DataFrame) -> Predictions:
        """The answers to rows whose columns are the model's features in its order.

        Raises:
            UnreachableError: the model cannot be asked.
            InputError: it answers with something else than was expected.
        """
