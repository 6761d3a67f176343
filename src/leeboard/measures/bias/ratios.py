"""Division and subtraction where zeros and infinities are expected."""

from typing import Any

import numpy as np

from leeboard.measures.bias.table import Floats


def ratio(x: Any, y: Any) -> Floats:
    """x / y; of x / 0, 0 if x is 0, else an infinity of its sign.

    >>> ratio([1.0, 1.0, 0.0, -2.0], [2.0, 0.0, 0.0, 0.0]).tolist()
    [0.5, inf, 0.0, -inf]
    """
    x, y = np.broadcast_arrays(np.asarray(x, dtype=np.float64), np.asarray(y, dtype=np.float64))
    with np.errstate(divide="ignore", invalid="ignore"):
        found = np.where(y == 0, np.sign(x) * np.inf, x / np.where(y == 0, 1.0, y))
    return np.where(x == 0, 0.0, found)


def difference(x: Floats, y: Floats) -> Floats:
    """x - y; of two equal infinities, 0."""
    with np.errstate(invalid="ignore"):
        return np.where(x == y, 0.0, x - y)


def total(x: Floats) -> Floats:
    """The sum over the last axis, kept in it as one."""
    return np.asarray(x.sum(axis=-1, keepdims=True))
