"""What the nearest rows say, where few features place them and no tie is to be broken.

To load a library with a tree takes longer than to look at a sample in boxes.
"""

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

Bools = NDArray[np.bool_]
Floats = NDArray[np.float64]
Places = NDArray[np.int64]

MOST_FEATURES = 6
MOST_DISTANCES = 10_000_000
"""Beyond either, a tree is faster."""
ROWS_AT_ONCE = 48
FIRST_LOOK = 64
"""Points that give a first radius, within which all nearest ones are."""
SLACK = 1e-9
"""Relative; distances that differ by less count as equal."""


def majority(points: Floats, is_positive: Bools, asked: Floats, k: int) -> Bools | None:
    """Whether more than half of the k nearest points to each asked one are positive.

    None if it depends on which of equally near points are taken, if it would take long, or if a
    coordinate is not finite.
    """
    if points.shape[1] > MOST_FEATURES or not (np.isfinite(points).all() and np.isfinite(asked).all()):
        return None
    found, n_distances = np.empty(len(asked), np.bool_), 0
    for rows in _close(asked, np.arange(len(asked))):
        near = _around(points, asked[rows], k)
        n_distances += len(rows) * len(near)
        if n_distances > MOST_DISTANCES:
            return None
        said = _said(_distances(points[near], asked[rows]), is_positive[near], k)
        if said is None:
            return None
        found[rows] = said
    return found


def _close(asked: Floats, rows: Places) -> Iterator[Places]:
    """Rows that lie close together, some at a time."""
    if len(rows) <= ROWS_AT_ONCE:
        yield rows
        return
    some, half = asked[rows], len(rows) // 2
    order = np.argpartition(some[:, np.argmax(np.ptp(some, axis=0))], half)
    yield from _close(asked, rows[order[:half]])
    yield from _close(asked, rows[order[half:]])


def _around(points: Floats, asked: Floats, k: int) -> Places:
    """The points among which are the k nearest to each."""
    low, high = asked.min(axis=0), asked.max(axis=0)
    outside = points - np.clip(points, low, high)
    squares = np.einsum("ij,ij->i", outside, outside)
    n_first = max(k, FIRST_LOOK)
    if len(points) <= n_first:
        return np.arange(len(points))
    first = np.argpartition(squares, n_first)[:n_first]
    reach = np.partition(_distances(points[first], asked), k - 1, axis=1)[:, k - 1].max()
    return np.flatnonzero(squares <= reach * (1 + SLACK))


def _distances(points: Floats, asked: Floats) -> Floats:
    """Squared; a row for each asked one."""
    found = np.zeros((len(asked), len(points)))
    for coordinate, here in zip(points.T, asked.T, strict=True):
        apart = coordinate[None, :] - here[:, None]
        found += apart * apart
    return found


def _said(squares: Floats, is_positive: Bools, k: int) -> Bools | None:
    """None if it depends on a tie."""
    edge = np.partition(squares, k - 1, axis=1)[:, k - 1 : k]
    is_sure, is_near = squares < edge * (1 - SLACK), squares <= edge * (1 + SLACK)
    n_open = k - np.count_nonzero(is_sure, axis=1)
    n_sure = np.count_nonzero(is_sure & is_positive, axis=1)
    n_positive = np.count_nonzero(is_near & is_positive, axis=1) - n_sure
    n_negative = np.count_nonzero(is_near & ~is_positive, axis=1) - (k - n_open - n_sure)
    least = n_sure + np.maximum(0, n_open - n_negative)
    most = n_sure + np.minimum(n_open, n_positive)
    is_open = (2 * least > k) != (2 * most > k)
    return None if is_open.any() else 2 * least > k
