"""Blocks of labels and predictions to one state that adds up."""

from dataclasses import dataclass
from typing import Any, Self

import numpy as np
import polars as pl
from numpy.typing import NDArray

from leeboard.measures.quality.binary import Binary
from leeboard.measures.quality.cells import Parts, numbers, parts_of
from leeboard.measures.quality.multiclass import Multiclass
from leeboard.measures.quality.regression import Regression
from leeboard.measures.quality.task import QualityTask
from leeboard.tables import Block, Tally


@dataclass(frozen=True, slots=True)
class QualityState:
    """Everything that the measures need of all rows.

    Attributes:
        n_without_label, n_without_prediction: rows that are left out; who lacks both lacks a label.
        measured: of the rows that have both, by the type of problem.
    """

    n_rows: int
    columns: tuple[str, ...]
    tally: Tally
    n_without_label: int
    n_without_prediction: int
    measured: Any

    @property
    def n_used(self) -> int:
        return self.n_rows - self.n_without_label - self.n_without_prediction

    def __add__(self, other: Self) -> Self:
        return type(self)(
            self.n_rows + other.n_rows,
            tuple(dict.fromkeys(self.columns + other.columns)),
            self.tally + other.tally,
            self.n_without_label + other.n_without_label,
            self.n_without_prediction + other.n_without_prediction,
            self.measured + other.measured,
        )


@dataclass(frozen=True, slots=True)
class QualityRecipe:
    """What an engine folds to measure how well a model predicts.

    >>> frame = pl.DataFrame({"leeboard:label": [1.0, 2.0], "leeboard:prediction": [1.0, 3.0]})
    >>> QualityRecipe(QualityTask(problem_type="Regression")).of(Block(frame)).n_used
    2
    """

    task: QualityTask

    def zero(self) -> QualityState:
        return QualityState(0, (), Tally.zero(), 0, 0, self._kind()())

    def of(self, block: Block) -> QualityState:
        frame = block.frame
        label, prediction, probability = parts_of(frame)
        has_label = self._has_label(label)
        labelled = label.filter(has_label), prediction.filter(has_label), probability.filter(has_label)
        measured, is_used = self._measure(labelled)
        n_labelled = int(has_label.sum())
        return QualityState(
            frame.height,
            tuple(frame.columns),
            block.tally,
            frame.height - n_labelled,
            n_labelled - int(is_used.sum()),
            measured,
        )

    def _kind(self) -> type[Any]:
        kinds = {"Regression": Regression, "BinaryClassification": Binary}
        return kinds.get(self.task.problem_type, Multiclass)

    def _has_label(self, label: pl.Series) -> pl.Series:
        """A truth that is no number is none."""
        return (numbers(label) if self.task.problem_type == "Regression" else label).is_not_null()

    def _measure(self, parts: Parts) -> tuple[Any, NDArray[np.bool_]]:
        if self.task.problem_type == "Regression":
            return Regression.of(parts)
        if self.task.problem_type == "BinaryClassification":
            return Binary.of(parts, self.task)
        return Multiclass.of(parts, self.task)
