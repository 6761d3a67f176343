"""The counts of one facet as arrays, once it is known what is positive."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray

from leeboard.measures.bias.counting import Counts
from leeboard.measures.bias.keys import OTHER

Floats = NDArray[np.float64]
Codes = NDArray[np.int64]
Bools = NDArray[np.bool_]
IsPositive = Callable[[str | None], bool]

MISSING = -1


@dataclass(frozen=True, slots=True, eq=False)
class FacetTable:
    """One entry a combination of cells; -1 stands for a missing cell.

    Attributes:
        n: rows of each.
        facet_keys: of the facet, to which `facet` points.
        observed, predicted: 1 for the good outcome, 0 for another.
        label: which class of the label, of `n_labels`.
        group: which value of the group variable, of `n_groups`.
        are_labels_whole, are_groups_whole: False where there were too many to keep them apart.
    """

    n: Floats
    facet_keys: tuple[str, ...]
    facet: Codes
    observed: Codes
    predicted: Codes
    label: Codes
    n_labels: int
    group: Codes
    n_groups: int
    are_labels_whole: bool
    are_groups_whole: bool

    @classmethod
    def of(cls, counts: Counts, is_positive: IsPositive, *, is_continuous: bool) -> Self:
        """The rows whose facet is known.

        Args:
            is_positive: by the key of a label.
            is_continuous: the classes of the label are positive and not.
        """
        known = ((cell, n) for cell, n in counts.items() if cell[0] is not None)
        cells = sorted(known, key=lambda entry: [key or "" for key in entry[0]])
        return cls._of(cells, is_positive, is_continuous)

    @classmethod
    def _of(cls, cells: Sequence[Any], is_positive: IsPositive, is_continuous: bool) -> Self:
        columns = [[cell[place] for cell, _ in cells] for place in range(4)]
        facet_keys, facet = _coded(columns[0])
        observed, predicted = (_signs(column, is_positive) for column in columns[1:3])
        labels, label = _coded(columns[1])
        groups, group = _coded(columns[3])
        return cls(
            n=np.array([n for _, n in cells], dtype=np.float64),
            facet_keys=facet_keys,
            facet=facet,
            observed=observed,
            predicted=predicted,
            label=observed if is_continuous else label,
            n_labels=2 if is_continuous else len(labels),
            group=group,
            n_groups=len(groups),
            are_labels_whole=is_continuous or all(key.startswith("=") for key in labels),
            are_groups_whole=OTHER not in groups,
        )

    def without_groups(self) -> Self:
        """The same rows with fewer combinations, as the group variable is left out."""
        places = [self.facet, self.observed, self.predicted, self.label]
        shape = [int(codes.max(initial=0)) + 2 for codes in places]
        at = np.ravel_multi_index([codes + 1 for codes in places], shape)
        _, first, where = np.unique(at, return_index=True, return_inverse=True)
        kept = (codes[first] for codes in places)
        facet, observed, predicted, label = kept
        return type(self)(
            n=np.bincount(where, self.n).astype(np.float64),
            facet_keys=self.facet_keys,
            facet=facet,
            observed=observed,
            predicted=predicted,
            label=label,
            n_labels=self.n_labels,
            group=np.full(len(first), MISSING),
            n_groups=0,
            are_labels_whole=self.are_labels_whole,
            are_groups_whole=False,
        )

    @property
    def has_labels(self) -> bool:
        return bool((self.observed != MISSING).any())

    @property
    def has_predictions(self) -> bool:
        return bool((self.predicted != MISSING).any())


def _coded(keys: Sequence[str | None]) -> tuple[tuple[str, ...], Codes]:
    known = sorted({key for key in keys if key is not None})
    places = {key: i for i, key in enumerate(known)}
    return tuple(known), np.array([MISSING if k is None else places[k] for k in keys], dtype=np.int64)


def _signs(keys: Sequence[str | None], is_positive: IsPositive) -> Codes:
    known = {key: MISSING if key is None else int(is_positive(key)) for key in set(keys)}
    return np.array([known[key] for key in keys], dtype=np.int64)
