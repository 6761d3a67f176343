"""One decision tree as arrays, and what each of its nodes says of rows."""

from collections.abc import Iterator
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from leeboard.measures.attribution.coalitions import Floats, Masks

Ints = NDArray[np.int64]

LEAF = -1
NO_MISSING, ZERO_MISSING, NAN_MISSING = 0, 1, 2
NEARLY_ZERO = 1e-35


@dataclass(frozen=True, slots=True, eq=False)
class Tree:
    """Node 0 is the root; a node without a feature is a leaf.

    Attributes:
        feature: index of the column that decides; LEAF for a leaf.
        threshold: numbers on this side of it go left.
        left, right: the children.
        missing_goes_left: where a missing number goes.
        value: shape (n_nodes, n_values); only those of leaves count.
        outputs: which outputs of the model the values are added to.
        includes_equal: whether a number equal to the threshold goes left.
        in_single_precision: whether numbers and thresholds are rounded to it before they are compared.
        rounds_numbers: whether only the numbers are.
        missing: a node: whether NaN is a number 0 there, is missing, or 0 is missing too.
        categories: a node that asks for a category: the codes that it lists.
        listed_go_left: whether listed categories go left; the others go the other way.
    """

    feature: Ints
    threshold: Floats
    left: Ints
    right: Ints
    missing_goes_left: Masks
    value: Floats
    outputs: Ints
    includes_equal: bool = True
    in_single_precision: bool = False
    rounds_numbers: bool = False
    missing: Ints | None = None
    categories: dict[int, frozenset[int]] = field(default_factory=dict)
    listed_go_left: bool = True

    def __post_init__(self) -> None:
        """A file from a stranger may hold a tree that has no end."""
        inner = self.feature != LEAF
        n_nodes = len(self.feature)
        for children in (self.left[inner], self.right[inner]):
            if len(children) and not 0 < children.min() <= children.max() < n_nodes:
                raise ValueError("a node of a tree has a child that is not there")
        if sum(map(len, self.by_level())) > n_nodes:
            raise ValueError("a node of a tree is its own descendant")

    def by_level(self) -> Iterator[Ints]:
        """The nodes at each distance from the root, until there are more than the tree can have."""
        level, n_seen = np.array([0]), 0
        while len(level) and n_seen <= len(self.feature):
            yield level
            n_seen += len(level)
            inner = level[self.feature[level] != LEAF]
            level = np.concatenate([self.left[inner], self.right[inner]])

    def goes_left(self, node: int, numbers: Floats) -> Masks:
        """Of a column of numbers in which NaN stands for missing."""
        if node in self.categories:
            return self._is_listed(node, numbers)
        threshold = self.threshold[node]
        if self.in_single_precision or self.rounds_numbers:
            numbers = numbers.astype(np.float32).astype(np.float64)
        if self.in_single_precision:
            threshold = np.float64(np.float32(threshold))
        kind = NAN_MISSING if self.missing is None else self.missing[node]
        if kind == NO_MISSING:
            numbers = np.nan_to_num(numbers, nan=0.0, posinf=np.inf, neginf=-np.inf)
        left = numbers <= threshold if self.includes_equal else numbers < threshold
        unknown = np.isnan(numbers)
        if kind == ZERO_MISSING:
            unknown |= np.abs(numbers) <= NEARLY_ZERO
        if self.missing_goes_left[node]:
            return np.asarray(left | unknown)
        return np.asarray(left & ~unknown)

    def _is_listed(self, node: int, numbers: Floats) -> Masks:
        known = np.isfinite(numbers) & (numbers >= 0)
        codes = np.where(known, numbers, -1).astype(np.int64)
        listed = np.isin(codes, np.fromiter(self.categories[node], np.int64)) == self.listed_go_left
        if self.missing_goes_left[node]:
            return np.asarray(listed | ~known)
        return np.asarray(listed & known)

    def add_to(self, total: Floats, columns: Floats) -> None:
        """Add what the tree says; columns: shape (n_features, n_rows), total: (n_outputs, n_rows)."""
        waiting = [(0, np.arange(columns.shape[1]))]
        while waiting:
            node, rows = waiting.pop()
            feature = self.feature[node]
            if feature == LEAF:
                total[self.outputs[:, None], rows] += self.value[node][:, None]
            elif len(rows):
                left = self.goes_left(node, columns[feature, rows])
                waiting.append((int(self.left[node]), rows[left]))
                waiting.append((int(self.right[node]), rows[~left]))
