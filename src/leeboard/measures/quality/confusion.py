"""How often each label was predicted as each label."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Self

import numpy as np
import polars as pl
from numpy.typing import NDArray

from leeboard.errors import InputError
from leeboard.measures.quality.cells import as_text

MAX_LABELS = 1000
"""More than so many different labels are no classes; the matrix would have a cell for each pair."""

Counts = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Confusion:
    """Rows by their actual and their predicted label.

    >>> actual, predicted = pl.Series(["a", "b", "b"]), pl.Series(["a", "a", "b"])
    >>> Confusion.of(actual, predicted).matrix(["a", "b"]).tolist()
    [[1, 0], [1, 1]]
    """

    counts: Mapping[tuple[str, str], int] = field(default_factory=dict)

    @classmethod
    def zero(cls) -> Self:
        return cls()

    @classmethod
    def of(cls, actual: pl.Series, predicted: pl.Series) -> Self:
        """Of two columns without nulls."""
        pairs = pl.DataFrame([actual.alias("a"), predicted.alias("p")]).group_by("a", "p").len()
        found: Counter[tuple[str, str]] = Counter()
        for a, p, n in pairs.rows():
            found[as_text(a), as_text(p)] += n
        return cls(found).checked()

    def __add__(self, other: Self) -> Self:
        return type(self)(Counter(self.counts) + Counter(other.counts)).checked()

    def renamed(self, names: Mapping[str, str]) -> Self:
        """With other names for some labels, which may make several the same."""
        found: Counter[tuple[str, str]] = Counter()
        for (a, p), n in self.counts.items():
            found[names.get(a, a), names.get(p, p)] += n
        return type(self)(found)

    def checked(self) -> Self:
        """Itself.

        Raises:
            InputError: there are too many labels.
        """
        labels = self.labels
        if len(labels) > MAX_LABELS:
            shown = ", ".join(map(repr, labels[:3]))
            raise InputError(
                f"more than {MAX_LABELS:,} different labels, such as {shown}: these are no classes; "
                "is it a regression, or are label and prediction other columns?"
            )
        return self

    @property
    def n(self) -> int:
        return sum(self.counts.values())

    @property
    def labels(self) -> list[str]:
        """Actual and predicted labels: numbers in their order, then texts in theirs."""
        return sorted({label for pair in self.counts for label in pair}, key=order_of)

    @property
    def actual_labels(self) -> set[str]:
        return {a for a, _ in self.counts}

    def matrix(self, labels: Sequence[str]) -> Counts:
        """Counts with a row an actual label and a column a predicted one."""
        place = {label: i for i, label in enumerate(labels)}
        made = np.zeros((len(labels), len(labels)), dtype=np.int64)
        for (a, p), n in self.counts.items():
            made[place[a], place[p]] += n
        return made


def order_of(label: str) -> tuple[bool, float, str]:
    """A key to sort labels by."""
    try:
        number = float(label)
    except ValueError:
        return (True, 0.0, label)
    return (number != number, 0.0 if number != number else number, label)


def whole_numbers(labels: Sequence[str]) -> dict[str, str]:
    """Labels such as 2.0 that also occur as 2, with that name: a model that answers 2.0 means class 2.

    >>> whole_numbers(["1", "1.0", "2.0", "a"])
    {'1.0': '1'}
    """
    known = set(labels)
    return {label: label[:-2] for label in labels if label.endswith(".0") and label[:-2] in known}
