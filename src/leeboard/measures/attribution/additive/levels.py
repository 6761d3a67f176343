"""Trees evaluated level by level for many rows at once, where all nodes decide in the same plain way."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray

from leeboard.measures.attribution.additive.tree import LEAF, NAN_MISSING, NO_MISSING, ZERO_MISSING, Tree
from leeboard.measures.attribution.coalitions import Floats, Masks

Nodes = NDArray[np.int32]
ROWS_AT_ONCE = 1 << 15


@dataclass(frozen=True, slots=True, eq=False)
class Levels:
    """The nodes of one tree; a leaf is its own child.

    Attributes:
        children: left and right of each node in turn.
        needs_all_cells: some node takes what is missing for 0, which is not done here.
    """

    feature: Nodes
    threshold: NDArray[Any]
    children: Nodes
    missing_goes_right: Masks
    value: Floats
    outputs: NDArray[np.int64]
    depth: int
    includes_equal: bool
    needs_all_cells: bool

    @classmethod
    def of(cls, tree: Tree) -> Self | None:
        """None for a tree that asks for categories, or takes 0 for missing."""
        kinds = np.array([NAN_MISSING]) if tree.missing is None else tree.missing
        if tree.categories or (kinds == ZERO_MISSING).any():
            return None
        nodes = np.arange(len(tree.feature))
        is_leaf = tree.feature == LEAF
        children = np.stack(
            [np.where(is_leaf, nodes, tree.left), np.where(is_leaf, nodes, tree.right)], axis=1
        )
        return cls(
            np.where(is_leaf, 0, tree.feature).astype(np.int32),
            tree.threshold.astype(np.float32 if tree.in_single_precision else np.float64),
            children.ravel().astype(np.int32),
            ~_padded(tree.missing_goes_left, len(nodes)),
            tree.value,
            tree.outputs,
            sum(1 for _ in tree.by_level()) - 1,
            tree.includes_equal,
            bool((kinds == NO_MISSING).any()),
        )

    def add_to(self, total: Floats, cells: NDArray[Any], unknown: Masks | None) -> None:
        """Add what the tree says.

        Args:
            total: shape (n_outputs, n_rows).
            cells: shape (n_rows, n_features), in one piece.
            unknown: which cells are missing; None if none is.
        """
        first = np.arange(len(cells), dtype=np.int64) * cells.shape[1]
        node = np.zeros(len(cells), np.int32)
        flat = cells.ravel()
        for _ in range(self.depth):
            place = first + self.feature.take(node)
            number, threshold = flat.take(place), self.threshold.take(node)
            goes_right = number > threshold if self.includes_equal else ~(number < threshold)
            if unknown is not None:
                goes_right = np.where(unknown.take(place), self.missing_goes_right.take(node), goes_right)
            node = self.children.take(2 * node + goes_right)
        total[self.outputs] += self.value[node].T


def _padded(flags: Masks, n_nodes: int) -> Masks:
    """Files may tell of the inner nodes alone."""
    return np.concatenate([flags, np.zeros(n_nodes - len(flags), bool)])


def add_all(trees: Sequence[Tree], levels: Sequence[Levels | None], total: Floats, columns: Floats) -> None:
    """Add what all trees say; columns: shape (n_features, n_rows), total: (n_outputs, n_rows)."""
    for start in range(0, columns.shape[1], ROWS_AT_ONCE):
        some = slice(start, start + ROWS_AT_ONCE)
        forms: dict[bool, tuple[NDArray[Any], Masks | None]] = {}
        for tree, fast in zip(trees, levels, strict=True):
            rounded = tree.in_single_precision or tree.rounds_numbers
            if rounded not in forms:
                forms[rounded] = _cells(columns[:, some], rounded)
            cells, unknown = forms[rounded]
            if fast is None or (fast.needs_all_cells and unknown is not None):
                tree.add_to(total[:, some], columns[:, some])
            else:
                fast.add_to(total[:, some], cells, unknown)


def _cells(columns: Floats, rounded: bool) -> tuple[NDArray[Any], Masks | None]:
    cells = np.ascontiguousarray(columns.T, dtype=np.float32 if rounded else np.float64)
    unknown = np.isnan(cells)
    return cells, unknown if unknown.any() else None
