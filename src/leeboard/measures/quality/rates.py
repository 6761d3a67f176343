"""Measures of a confusion matrix; 0/0 is 0, as a classifier without any positive has precision 0.

Counts may be arrays, one entry a sample, so that all samples are measured at once.
"""

from typing import Any

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
BETAS = {"f0_5": 0.5, "f1": 1.0, "f2": 2.0}


def share(part: Any, whole: Any) -> Floats:
    """Part over whole; 0 where the whole is 0."""
    part, whole = np.asarray(part, dtype=np.float64), np.asarray(whole, dtype=np.float64)
    shares: Floats = np.divide(part, whole, out=np.zeros_like(part), where=whole != 0)
    return shares


def f_beta(precision: Floats, recall: Floats, beta: float) -> Floats:
    """Weighted harmonic mean in [0, 1]; beta weighs recall (van Rijsbergen, 1979)."""
    squared = beta * beta
    return share((1 + squared) * precision * recall, squared * precision + recall)


def binary_rates(tp: Any, fp: Any, fn: Any, tn: Any) -> dict[str, Floats]:
    """All in [0, 1], of true and false positives and negatives."""
    recall, precision = share(tp, tp + fn), share(tp, tp + fp)
    return {
        "recall": recall,
        "precision": precision,
        "accuracy": share(tp + tn, tp + fp + fn + tn),
        "true_positive_rate": recall,
        "true_negative_rate": share(tn, tn + fp),
        "false_positive_rate": share(fp, fp + tn),
        "false_negative_rate": share(fn, fn + tp),
        **{name: f_beta(precision, recall, beta) for name, beta in BETAS.items()},
    }


def weighted_rates(matrix: NDArray[np.int64]) -> dict[str, Floats]:
    """All in [0, 1]: each class against all others, weighted by its actual count.

    Args:
        matrix: of shape (..., actual, predicted).
    """
    right = np.diagonal(matrix, axis1=-2, axis2=-1)
    actual, predicted = matrix.sum(axis=-1), matrix.sum(axis=-2)
    n = actual.sum(axis=-1, keepdims=True)
    recall, precision = share(right, actual), share(right, predicted)
    parts = {
        "recall": recall,
        "precision": precision,
        **{name: f_beta(precision, recall, beta) for name, beta in BETAS.items()},
    }
    weighted = {f"weighted_{name}": _total(part * actual / n) for name, part in parts.items()}
    return {"accuracy": share(right.sum(axis=-1), n[..., 0]), **weighted}


def _total(values: Floats) -> Floats:
    """Over the classes, added one after the other."""
    return np.asarray(np.cumsum(values, axis=-1)[..., -1])


def constant(matrix: NDArray[np.int64], predicted: int) -> NDArray[np.int64]:
    """The matrix of a classifier that always gives the same class."""
    made = np.zeros_like(matrix)
    made[..., predicted] = matrix.sum(axis=-1)
    return made
