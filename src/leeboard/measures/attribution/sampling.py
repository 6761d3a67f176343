"""Which rows of a data set are explained: all, or a sample that does not depend on how they were read."""

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
import polars as pl
from numpy.typing import NDArray

from leeboard.measures.attribution.mixing import hashes_of
from leeboard.tables import Block, Tally
from leeboard.tables.parts import LABEL, PREDICTION, PROBABILITY

Hashes = NDArray[np.uint64]

NOTHING = np.zeros(0, np.uint64)


@dataclass(frozen=True, slots=True, eq=False)
class RowSample:
    """Rows in their order: all of them up to a bound, else those with the smallest hashes (bottom-k).

    A row's hash is that of its cells and of how often they came before in its block, so that repeated
    rows are drawn as often as they deserve. Sums do not depend on how they are grouped.

    Attributes:
        n_most: the bound; None for none, and memory grows with the rows then.
        n_rows: how many there were.
    """

    n_most: int | None
    n_rows: int = 0
    rows: pl.DataFrame = field(default_factory=pl.DataFrame)
    hashes: Hashes = field(default_factory=lambda: NOTHING)
    tally: Tally = field(default_factory=Tally)

    @classmethod
    def of(cls, block: Block, n_most: int | None, seed: int) -> "RowSample":
        rows = block.frame.drop(LABEL, PREDICTION, PROBABILITY, strict=False)
        return cls(n_most, rows.height, rows, _hashes(rows, seed), block.tally)._bounded()

    @property
    def columns(self) -> Sequence[str]:
        return self.rows.columns

    @property
    def is_sample(self) -> bool:
        return self.n_rows > self.rows.height

    def __add__(self, other: "RowSample") -> "RowSample":
        with_columns = [part.rows for part in (self, other) if part.rows.width]
        return RowSample(
            self.n_most,
            self.n_rows + other.n_rows,
            pl.concat(with_columns, how="diagonal_relaxed") if with_columns else self.rows,
            np.concatenate([self.hashes, other.hashes]),
            self.tally + other.tally,
        )._bounded()

    def _bounded(self) -> "RowSample":
        if self.n_most is None or len(self.hashes) <= self.n_most:
            return self
        kept = np.sort(np.argsort(self.hashes, kind="stable")[: self.n_most])
        return RowSample(self.n_most, self.n_rows, self.rows[kept], self.hashes[kept], self.tally)


def _hashes(rows: pl.DataFrame, seed: int) -> Hashes:
    if not rows.height:
        return NOTHING
    whole = rows.hash_rows(seed=seed)
    before = whole.to_frame("whole").select(pl.int_range(pl.len()).over("whole")).to_series()
    return hashes_of(whole, seed) ^ hashes_of(before, seed + 1)
