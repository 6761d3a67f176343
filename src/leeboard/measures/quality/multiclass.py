"""A problem of many classes: labels against predictions."""

from dataclasses import dataclass, field
from typing import Self

import numpy as np
import polars as pl
from numpy.typing import NDArray

from leeboard.measures.quality.cells import Parts, best_classes, has_lists, lists
from leeboard.measures.quality.confusion import Confusion
from leeboard.measures.quality.task import QualityTask


@dataclass(frozen=True, slots=True)
class Multiclass:
    """Labels against predictions, as text."""

    confusion: Confusion = field(default_factory=Confusion)

    @classmethod
    def of(cls, parts: Parts, task: QualityTask) -> "tuple[Self, NDArray[np.bool_]]":
        """Of labels that are all there; says as well which rows had a prediction."""
        label, prediction, probability = parts
        if has_lists(probability) and prediction.null_count():
            best = best_classes(lists(probability), task.label_headers)
            prediction = prediction.cast(pl.String).fill_null(best)
        is_used = prediction.is_not_null()
        return cls(Confusion.of(label.filter(is_used), prediction.filter(is_used))), is_used.to_numpy()

    def __add__(self, other: Self) -> Self:
        return type(self)(self.confusion + other.confusion)
