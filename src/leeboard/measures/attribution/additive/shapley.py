"""Exact Shapley values of trees against a background, leaf by leaf and without recursion over rows.

A leaf is reached by a mixture of a row and a background row exactly if the mixture has all features
that only the row fits (there are a of them), and none that only the background row fits (c of them).
The Shapley values of such a game are (a-1)! c! / (a+c)! for the former, -a! (c-1)! / (a+c)! for the latter:
the interventional TreeSHAP of Lundberg et al. (2020), in the form of Laberge and Pequignot (2022).
Rows count only by the pattern of features that they fit, so a background of many rows costs no more.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from math import factorial

import numpy as np

from leeboard.errors import InputError
from leeboard.measures.attribution.additive.tree import LEAF, Ints, Tree
from leeboard.measures.attribution.coalitions import Floats, Masks

MOST_TABLED = 7
"""Features on one path up to which the values of all pairs of patterns are looked up."""
MOST_ON_A_PATH = 62


@dataclass(frozen=True, slots=True, eq=False)
class _Path:
    """A leaf with the features that decide over it, and which rows fit each: shape (n_features, n_rows)."""

    leaf: int
    features: tuple[int, ...]
    fits: Masks


def add_shapley_values(tree: Tree, rows: Floats, background: Floats, total: Floats) -> None:
    """Add a tree's Shapley values.

    Args:
        rows, background: shape (n_features, n_rows).
        total: shape (n_features, n_outputs, n_rows).
    """
    n_rows = rows.shape[1]
    for path in _paths(tree, np.concatenate([rows, background], axis=1)):
        patterns = _patterns(path.fits)
        ours, theirs = patterns[:n_rows], patterns[n_rows:]
        values = _values(ours, theirs, len(path.features))
        for feature, value in zip(path.features, values, strict=True):
            for output, weight in zip(tree.outputs, tree.value[path.leaf], strict=True):
                total[feature, output] += weight * value


def _paths(tree: Tree, columns: Floats) -> Iterator[_Path]:
    everyone: dict[int, Masks] = {}
    waiting = [(0, everyone)]
    while waiting:
        node, fits = waiting.pop()
        feature = int(tree.feature[node])
        if feature == LEAF:
            if fits and tree.value[node].any():
                yield _Path(node, tuple(fits), np.array(list(fits.values())))
            continue
        left = tree.goes_left(node, columns[feature])
        for child, fit in ((tree.left[node], left), (tree.right[node], ~left)):
            both = fits[feature] & fit if feature in fits else fit
            waiting.append((int(child), {**fits, feature: both}))


def _patterns(fits: Masks) -> Ints:
    """Each row's fits as the bits of a number."""
    n_features = len(fits)
    if n_features > MOST_ON_A_PATH:
        raise InputError(
            f"{n_features} features decide over one leaf of a tree; exact attributions are possible up to "
            f"{MOST_ON_A_PATH}"
        )
    found = np.zeros(fits.shape[1], np.int64)
    for bit, fit in enumerate(fits):
        found |= fit.astype(np.int64) << bit
    return found


def _values(ours: Ints, theirs: Ints, n_features: int) -> Floats:
    """Of each feature for each row, shape (n_features, n_rows): the mean over the background."""
    if n_features <= MOST_TABLED:
        share = np.bincount(theirs, minlength=1 << n_features) / len(theirs)
        return np.asarray((_table(n_features) @ share)[:, ours])
    mine, place = np.unique(ours, return_inverse=True)
    other, counts = np.unique(theirs, return_counts=True)
    share = counts / len(theirs)
    return np.asarray((_pairs(mine, other, n_features) @ share)[:, place])


@cache
def _table(n_features: int) -> Floats:
    every = np.arange(1 << n_features)
    return _pairs(every, every, n_features)


def _pairs(mine: Ints, other: Ints, n_features: int) -> Floats:
    """Shapley values of an indicator of one leaf, shape (n_features, n_mine, n_other)."""
    whole = (1 << n_features) - 1
    only_mine, only_other = mine[:, None] & ~other, other & ~mine[:, None]
    reached = (mine[:, None] | other) == whole
    a, c = np.bitwise_count(only_mine), np.bitwise_count(only_other)
    adds, takes = (weights[a, c] * reached for weights in _weights(n_features))
    bits = np.arange(n_features)[:, None, None]
    return np.asarray((only_mine >> bits & 1) * adds - (only_other >> bits & 1) * takes)


@cache
def _weights(n_features: int) -> tuple[Floats, Floats]:
    """(a-1)! c! / (a+c)! and a! (c-1)! / (a+c)! by a and c; 0 where a or c is 0."""
    adds = np.zeros((n_features + 1, n_features + 1))
    for a in range(1, n_features + 1):
        for c in range(n_features + 1 - a):
            adds[a, c] = factorial(a - 1) * factorial(c) / factorial(a + c)
    return adds, adds.T.copy()
