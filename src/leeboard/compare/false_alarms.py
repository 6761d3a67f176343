"""Limits that hold over all columns of a window together."""

from collections.abc import Sequence

import numpy as np


def adjusted(p_values: Sequence[float]) -> list[float]:
    """p-values by Benjamini and Hochberg (1995), in [0, 1], in the order given.

    If all columns whose adjusted p-value is at most q are called drifted, at most a share q
    of those calls is expected to be false; if nothing drifted, the chance of any call is at
    most q.

    >>> adjusted([0.01, 0.5, 0.02])
    [0.03, 0.5, 0.03]
    """
    if not p_values:
        return []
    p = np.asarray(p_values, dtype=np.float64)
    order = np.argsort(p, kind="stable")
    stepped = p[order] * len(p) / np.arange(1, len(p) + 1)
    monotone = np.minimum.accumulate(stepped[::-1])[::-1]
    result = np.empty(len(p))
    result[order] = np.minimum(monotone, 1.0)
    return [float(value) for value in result]
