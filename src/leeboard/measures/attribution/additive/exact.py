"""Models whose attributions follow from their insides."""

from typing import Protocol, runtime_checkable

import polars as pl

from leeboard.measures.attribution.explanation import Explanation
from leeboard.measures.model import Predictions


@runtime_checkable
class ExactModel(Protocol):
    """A model that can be asked, and that knows its exact attributions on some scale."""

    def predict(self, rows: pl.DataFrame) -> Predictions: ...

    def explained(
        self, rows: pl.DataFrame, background: pl.DataFrame, *, use_logit: bool
    ) -> Explanation | None:
        """None where the wanted scale is none on which its parts add up."""
