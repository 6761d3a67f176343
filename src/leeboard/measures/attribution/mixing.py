"""Rows that a model is asked about: some features of a row, all others of the background."""

from dataclasses import dataclass
from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray

from leeboard.measures.attribution.coalitions import Floats, Masks

Indexes = NDArray[np.int64]
Hashes = NDArray[np.uint64]
Sources = NDArray[np.uint32]
Numbers = NDArray[Any]

WORTH = 0.05
"""Share of repeated rows from which on looking for them costs less than asking."""


@dataclass(frozen=True, slots=True, eq=False)
class Piece:
    """Rows to ask about.

    Attributes:
        rows: each once.
        places: which of them each wanted row is; None if they are the wanted rows as they are.
    """

    rows: pl.DataFrame
    places: Indexes | None = None

    def spread(self, answers: Floats) -> Floats:
        """The answers to all wanted rows from those to the distinct ones."""
        return answers if self.places is None else answers[self.places]


class TabularGame:
    """The players are the features of a row that differ from the background; others cannot matter.

    Args:
        rows, background: the same columns with the same types; cells are never converted.
    """

    def __init__(self, rows: pl.DataFrame, background: pl.DataFrame) -> None:
        self._pool = pl.concat([rows, background])
        self.n_rows, self.n_background = rows.height, background.height
        self._numbers = [_numbers(column) for column in self._pool]
        self._hashes = [hashes_of(column, i) for i, column in enumerate(self._pool)]
        ours, theirs = slice(self.n_rows), slice(self.n_rows, None)
        self.varies: Masks = np.column_stack(
            [(hashes[ours] != hashes[self.n_rows]) | _is_mixed(hashes[theirs]) for hashes in self._hashes]
        )
        self.n_players: Indexes = self.varies.sum(axis=1)
        # where a player stands among those of its row; the last place is the one that is always there
        self._slots = np.where(self.varies, self.varies.cumsum(axis=1) - 1, self.n_players[:, None])
        self._repeats: dict[int, bool] = {}

    def distinct(self) -> tuple[Indexes, Indexes]:
        """One row of each kind in order, and which of them each row is."""
        whole = np.sum([hashes[: self.n_rows] for hashes in self._hashes], axis=0, dtype=np.uint64)
        _, first, kind = np.unique(whole, return_index=True, return_inverse=True)
        order = np.argsort(first)
        rank = np.empty_like(order)
        rank[order] = np.arange(len(order))
        return first[order], rank[kind]

    def piece(self, which: Indexes, masks: Masks) -> Piece:
        """For each of these rows, for each coalition, for each row of the background: their mixture.

        Args:
            which: rows with the same number of players.
            masks: shape (n_coalitions, n_players).
        """
        present = self._present(which, masks)
        size = masks.shape[1]
        if not self._repeats.get(size, True):
            return Piece(self._mixed(which, present))
        sources = [self._sources(which, mine) for mine in present]
        total = np.zeros(len(which) * len(masks) * self.n_background, np.uint64)
        for hashes, source in zip(self._hashes, sources, strict=True):
            total += hashes[source]
        _, first, places = np.unique(total, return_index=True, return_inverse=True)
        self._repeats[size] = len(first) < (1 - WORTH) * len(total)
        if not self._repeats[size]:
            return Piece(self._mixed(which, present))
        columns = zip(self._pool, sources, strict=True)
        return Piece(pl.DataFrame([_taken(column, source[first]) for column, source in columns]), places)

    def _present(self, which: Indexes, masks: Masks) -> list[Masks]:
        """A column: whether its cell is the row's own, shape (n_rows, n_coalitions)."""
        members = np.concatenate([masks.T, np.ones((1, len(masks)), bool)])
        return [members[self._slots[which, column]] for column in range(self._pool.width)]

    def _sources(self, which: Indexes, present: Masks) -> Sources:
        """The rows of the pool that the cells of a column are taken from."""
        own = which.astype(np.uint32)[:, None, None]
        others = np.arange(self.n_rows, self.n_rows + self.n_background, dtype=np.uint32)
        return np.where(present[:, :, None], own, others).ravel()

    def _mixed(self, which: Indexes, present: list[Masks]) -> pl.DataFrame:
        columns = zip(self._pool, self._numbers, present, strict=True)
        return pl.DataFrame(
            [
                _taken(column, self._sources(which, mine))
                if numbers is None
                else pl.Series(column.name, self._chosen(numbers, which, mine))
                for column, numbers, mine in columns
            ]
        )

    def _chosen(self, numbers: Numbers, which: Indexes, present: Masks) -> Numbers:
        """The short way for numbers: no detour over places in the pool."""
        own, others = numbers[which], numbers[self.n_rows :]
        if len(others) == 1:  # numpy is slow where the last axis is short
            return np.where(present, own[:, None], others[0]).ravel()
        return np.where(present[:, :, None], own[:, None, None], others).ravel()


def _numbers(column: pl.Series) -> Numbers | None:
    """None for a column that numpy would have to convert."""
    is_plain = column.dtype.is_integer() or column.dtype.is_float()
    return column.to_numpy() if is_plain and not column.null_count() else None


def _taken(column: pl.Series, places: Sources) -> pl.Series:
    return column.gather(pl.Series(places))


def _is_mixed(hashes: Hashes) -> bool:
    return bool((hashes != hashes[0]).any())


def hashes_of(column: pl.Series, seed: int) -> Hashes:
    """Equal for equal cells; sums over columns tell rows apart, as nothing linear is left (splitmix64)."""
    mixed = column.hash(seed).to_numpy().astype(np.uint64)
    mixed = mixed + np.uint64((seed + 1) * 0x9E3779B97F4A7C15 & 2**64 - 1)
    mixed = (mixed ^ mixed >> np.uint64(30)) * np.uint64(0xBF58476D1CE4E5B9)
    mixed = (mixed ^ mixed >> np.uint64(27)) * np.uint64(0x94D049BB133111EB)
    return np.asarray(mixed ^ mixed >> np.uint64(31))
