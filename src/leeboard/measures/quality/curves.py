"""ROC and precision-recall curves of counted scores."""

from dataclasses import dataclass
from typing import Self

import numpy as np
from numpy.typing import NDArray

from leeboard.measures.quality.counted import CountedNumbers, Keys, numbers_of, united

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True, eq=False)
class Ladder:
    """Positive and negative rows at each different score, the highest score first.

    Attributes:
        scores: falling.
        positives, negatives: rows at each score.
        bits: by which the scores were rounded; 0 if they are exact.
    """

    scores: Floats
    positives: Keys
    negatives: Keys
    bits: int = 0

    @classmethod
    def of(cls, positives: CountedNumbers, negatives: CountedNumbers) -> Self:
        """Of scores counted by class, on the coarser of their two roundings."""
        positives, negatives = positives.compacted(), negatives.compacted()
        bits = max(positives.bits, negatives.bits)
        positives, negatives = positives.rounded(bits), negatives.rounded(bits)
        keys = united(positives.keys, negatives.keys)
        up, down = (_laid_out(side, keys) for side in (positives, negatives))
        return cls(numbers_of(keys, bits)[::-1], up[::-1], down[::-1], bits)

    @property
    def n_positives(self) -> int:
        return int(self.positives.sum())

    @property
    def n_negatives(self) -> int:
        return int(self.negatives.sum())


def _laid_out(side: CountedNumbers, keys: Keys) -> Keys:
    counts = np.zeros(len(keys), dtype=np.int64)
    counts[np.searchsorted(keys, side.keys)] = side.counts
    return counts


def roc_curve(ladder: Ladder) -> tuple[Floats, Floats]:
    """False and true positive rates in [0, 1], one point a score.

    (0, 0) stands in front; (1, 1) is put behind even if it is there already, as in AWS's files.
    """
    rates = [_shares(side) for side in (ladder.negatives, ladder.positives)]
    false, true = (np.concatenate([[0.0], rate, [1.0]]) for rate in rates)
    return false, true


def _shares(counts: Keys) -> Floats:
    """Of all rows, those at a score or above it; 0 if there is no row."""
    total = int(counts.sum())
    return np.cumsum(counts) / total if total else np.zeros(len(counts))


def precision_recall_curve(ladder: Ladder) -> tuple[Floats, Floats]:
    """Precisions and recalls in [0, 1], one point a score, and in front recall 0 with the first precision."""
    found = np.cumsum(ladder.positives)
    precisions = found / np.cumsum(ladder.positives + ladder.negatives)
    return np.concatenate([precisions[:1], precisions]), np.concatenate([[0.0], _shares(ladder.positives)])


def auc(ladder: Ladder) -> float:
    """Area under the ROC curve, in [0, 1]; NaN if there is one class only.

    Trapezoids are added from left to right, one after the other: AWS's values are met to the last digit.
    """
    if not ladder.n_positives or not ladder.n_negatives:
        return float("nan")
    false, true = roc_curve(ladder)
    areas = (false[1:] - false[:-1]) * (true[:-1] + true[1:]) / 2
    return float(np.cumsum(areas)[-1])


def auc_error(ladder: Ladder) -> float:
    """How far rounded scores can have moved the area, at least 0: half the pairs that became equal."""
    if not ladder.bits or not ladder.n_positives or not ladder.n_negatives:
        return 0.0
    equal = np.dot(ladder.positives.astype(np.float64), ladder.negatives)
    return float(equal / 2 / ladder.n_positives / ladder.n_negatives)


def aucs(positives: Keys, negatives: Keys) -> Floats:
    """The areas of several samples, one a row, scores falling (Mann and Whitney, 1947)."""
    up, down = positives.astype(np.float64), negatives.astype(np.float64)
    above = np.cumsum(up, axis=1) - up / 2
    with np.errstate(invalid="ignore"):
        return np.asarray((above * down).sum(axis=1) / up.sum(axis=1) / down.sum(axis=1))


def thinned(false: Floats, true: Floats, most: int) -> Keys:
    """Which points of a ROC curve to draw: at most so many, evenly along the curve, with both ends."""
    if len(false) <= most:
        return np.arange(len(false))
    walked = (false + true) * ((most - 2) / 2)  # of 2, as both rates go from 0 to 1
    first = np.unique(np.floor(walked), return_index=True)[1]
    return np.union1d(first, [len(false) - 1])
