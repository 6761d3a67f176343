"""A binary problem: which rows are positive, and how well that was predicted."""

from collections import Counter
from dataclasses import dataclass, field
from typing import Self

import numpy as np
import polars as pl
from numpy.typing import NDArray

from leeboard.errors import InputError
from leeboard.measures.quality.cells import Parts, as_text, scores_of
from leeboard.measures.quality.confusion import Confusion
from leeboard.measures.quality.counted import CountedNumbers
from leeboard.measures.quality.task import ABOVE, BELOW, FALSE, TRUE, QualityTask, binary_key


@dataclass(frozen=True, slots=True)
class Binary:
    """Labels against predictions, and the scores of either class.

    Attributes:
        confusion: rows by labels, in which what counts as 1 is 1; a class that only a score says is
            `ABOVE` or `BELOW`.
        positives, negatives: scores of the rows by their actual class.
        n_without_score: rows that have label and prediction and no score.
        n_predicted: rows whose class was predicted, not made of a score.
    """

    confusion: Confusion = field(default_factory=Confusion)
    positives: CountedNumbers = field(default_factory=CountedNumbers)
    negatives: CountedNumbers = field(default_factory=CountedNumbers)
    n_without_score: int = 0
    n_predicted: int = 0

    @classmethod
    def of(cls, parts: Parts, task: QualityTask) -> "tuple[Self, NDArray[np.bool_]]":
        """Of labels that are all there; says as well which rows had a prediction."""
        label, prediction, probability = parts
        scores = scores_of(probability, place_of_positive(task))
        has_score, has_class = ~np.isnan(scores), prediction.is_not_null().to_numpy()
        is_used = has_score | has_class
        above = pl.Series(scores > task.probability_threshold)
        rows = pl.DataFrame({"label": label, "prediction": prediction, "above": above})
        is_positive = _is_positive(label, task)
        made = cls(
            _confusion(rows.filter(is_used)),
            CountedNumbers.of(scores[has_score & is_positive]),
            CountedNumbers.of(scores[has_score & ~is_positive]),
            int((is_used & ~has_score).sum()),
            int(has_class.sum()),
        )
        return made, is_used

    def __add__(self, other: Self) -> Self:
        return type(self)(
            self.confusion + other.confusion,
            self.positives + other.positives,
            self.negatives + other.negatives,
            self.n_without_score + other.n_without_score,
            self.n_predicted + other.n_predicted,
        )

    @property
    def has_scores(self) -> bool:
        return bool(self.positives.n or self.negatives.n)


def _confusion(rows: pl.DataFrame) -> Confusion:
    """Each different row is looked at once; a score counts only where no class was predicted."""
    classes = rows.with_columns(above=pl.when(pl.col("prediction").is_null()).then("above"))
    found: Counter[tuple[str, str]] = Counter()
    for label, prediction, above, n in classes.group_by(pl.all()).len().rows():
        predicted = (ABOVE if above else BELOW) if prediction is None else binary_key(as_text(prediction))
        found[binary_key(as_text(label)), predicted] += n
    return Confusion(found).checked()


def _is_positive(label: pl.Series, task: QualityTask) -> NDArray[np.bool_]:
    different = label.unique().to_list()
    positive = [value for value in different if binary_key(as_text(value)) == task.positive_key]
    return label.is_in(pl.Series(positive, dtype=label.dtype).implode()).to_numpy()


def place_of_positive(task: QualityTask) -> int | None:
    """Where the positive class stands in a list of scores; None if nobody says so."""
    headers = [binary_key(header) for header in task.label_headers]
    return headers.index(task.positive_key) if task.positive_key in headers else None


def classes_of(state: Binary, task: QualityTask) -> tuple[str, str]:
    """The negative and the positive label.

    Raises:
        InputError: there are more than two classes, or nobody said which of two is positive.
    """
    labels = [label for label in state.confusion.labels if label not in (ABOVE, BELOW)]
    positive = task.positive_key
    others = [label for label in labels if label != positive]
    if len(others) > 1 or (others and task.positive_label is None and others != [FALSE]):
        raise InputError(_complaint(labels, task))
    return (others[0] if others else _unseen(task)), positive


def _unseen(task: QualityTask) -> str:
    """A name for the negative class if no row has it."""
    headers = [binary_key(header) for header in task.label_headers]
    known = [header for header in headers if header != task.positive_key]
    if len(known) == 1:
        return known[0]
    return TRUE if task.positive_key == FALSE else FALSE


def _complaint(labels: list[str], task: QualityTask) -> str:
    shown = ", ".join(map(repr, labels[:5])) + (", ..." if len(labels) > 5 else "")
    if len(labels) > 2:
        advice = "use MulticlassClassification, or look at the columns that are compared"
    elif task.positive_label is None:
        advice = f"say which one is positive, for example with positive_label {labels[-1]!r}"
    else:
        advice = f"positive_label is {task.positive_label!r}, which is none of them"
    return f"a binary problem has the labels 1 and 0, but the data have {shown}: {advice}"
