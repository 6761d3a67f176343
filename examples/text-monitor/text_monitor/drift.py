"""The maximum mean discrepancy of two sets of vectors (Gretton et al., JMLR 13, 2012), and its p-value."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

N_PERMUTATIONS = 999


@dataclass(frozen=True, slots=True)
class Drift:
    """How far a window is from its baseline.

    Attributes:
        distance: the discrepancy, from 0 to about 1.4; that of chance is taken off.
        p_value: how often two halves of the same texts are that far apart.
        strangest: positions of the texts of the window that are the least like the baseline.
    """

    distance: float
    p_value: float
    strangest: list[int]


def measure(baseline: NDArray[np.float32], window: NDArray[np.float32], seed: int) -> Drift:
    """Compares two sets with a Gaussian kernel whose width is the median distance in the baseline."""
    pooled, n = np.vstack([baseline, window]), len(baseline)
    squared = np.maximum(0, 2 - 2 * pooled @ pooled.T)
    width = float(np.median(squared[:n, :n][~np.eye(n, dtype=bool)])) or 1.0
    kernel = np.exp(-squared / width)
    sides = np.r_[np.full(n, 1 / n), np.full(len(window), -1 / len(window))].astype(np.float32)
    random = np.random.default_rng(seed)
    shuffled = random.permuted(np.tile(sides, (N_PERMUTATIONS, 1)), axis=1)
    by_chance = np.einsum("ij,ij->i", shuffled @ kernel, shuffled)
    found = float(sides @ kernel @ sides)
    p_value = (1 + int((by_chance >= found).sum())) / (1 + N_PERMUTATIONS)
    likeness = kernel[n:, :n].mean(axis=1)
    return Drift(
        distance=float(np.sqrt(max(0.0, found - float(by_chance.mean())))),
        p_value=p_value,
        strangest=[int(at) for at in np.argsort(likeness)[:3]],
    )
