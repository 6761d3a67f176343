"""The model of the demo: will this flight arrive late?"""

from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import polars as pl

from leeboard.cli.demo.flights import CATEGORIES, FEATURES, LABEL
from leeboard.errors import MissingExtraError

N_TREES = 40


@dataclass(frozen=True, slots=True)
class LateModel:
    """A trained classifier behind the input handling of a serving function.

    Attributes:
        levels: the values of each string feature that the model knows.
        classifier: the scikit-learn model.
    """

    levels: dict[str, list[str]]
    classifier: Any

    def score(self, flights: pl.DataFrame) -> npt.NDArray[np.float64]:
        """Probability that each flight is late. What the model cannot read counts as missing."""
        with _one_thread():
            scores: npt.NDArray[np.float64] = self.classifier.predict_proba(encode(flights, self.levels))
        return scores[:, 1]


def train(training: pl.DataFrame, *, seed: int) -> LateModel:
    """Learns from flights that have arrived: the label and the features.

    Raises:
        MissingExtraError: scikit-learn is not installed.
    """
    levels = {name: training[name].unique().sort().to_list() for name in CATEGORIES}
    classifier = _untrained(seed)
    with _one_thread():
        classifier.fit(encode(training, levels), training[LABEL].to_numpy())
    return LateModel(levels, classifier)


def encode(flights: pl.DataFrame, levels: dict[str, list[str]]) -> npt.NDArray[np.float64]:
    """One row of numbers a flight; an unknown category, a text for a number and an empty cell are NaN."""
    codes = [pl.col(name).cast(pl.Enum(known), strict=False).to_physical() for name, known in levels.items()]
    numbers = flights.with_columns(codes).select(pl.col(FEATURES).cast(pl.Float64, strict=False))
    return numbers.to_numpy()


def _untrained(seed: int) -> Any:
    try:
        from sklearn.ensemble import HistGradientBoostingClassifier
    except ModuleNotFoundError:
        raise MissingExtraError("scikit-learn", "demo", "the demo") from None
    return HistGradientBoostingClassifier(
        max_iter=N_TREES,
        early_stopping=False,
        categorical_features=[name in CATEGORIES for name in FEATURES],
        random_state=seed,
    )


def _one_thread() -> AbstractContextManager[Any]:
    """Holds scikit-learn to one thread: on a busy machine its others spend seconds waiting for each other."""
    from threadpoolctl import threadpool_limits  # type: ignore[import-untyped]

    limits: AbstractContextManager[Any] = threadpool_limits(1, user_api="openmp")
    return limits
