"""leeboard's join of captured records with labels, with merged files and without."""

from __future__ import annotations

import polars as pl

from leeboard.tables.options import ReadOptions
from leeboard.tables.parts import LABEL, PROBABILITY, Parts
from leeboard.truth.merging import merge
from leeboard.truth.settings import MergeOptions
from leeboard.truth.table import MergedTable

MEMORY_BYTES = 1 << 30
"""For the labels; with what else is held, the process stays below the 2 GB that all may take."""


def merged(captures: str, labels: str, out: str) -> int:
    """The merged records as files; gives their number."""
    options = MergeOptions(memory_bytes=MEMORY_BYTES)
    return merge([captures], [labels], out, job="bench", options=options).n_matched


def bare(captures: str, labels: str) -> list[float]:
    """Number of pairs, of right answers and of positive labels, and the mean squared error."""
    read = ReadOptions(parts=Parts(probability="0", reads_features=False))
    table = MergedTable([captures], [labels], read, merging=MergeOptions(memory_bytes=MEMORY_BYTES))
    sums = pl.concat([_sums(table.block(chunk).frame) for chunk in table.chunks()]).sum()
    n, n_right, n_positive, squares = sums.row(0)
    return [n, n_right, n_positive, squares / n]


def memory(captures: str, labels: str, out: str) -> int:
    """As `merged`, with so little memory that the labels go through files."""
    options = MergeOptions(memory_bytes=64 << 20)
    return merge([captures], [labels], out, job="bench", options=options).n_matched


def scored(merged: str) -> list[float]:
    """The same sums of merged files."""
    from leeboard.tables.opening import open_table

    table = open_table(merged, parts=Parts(probability="0", reads_features=False))
    sums = pl.concat([_sums(table.block(chunk).frame) for chunk in table.chunks()]).sum()
    return list(sums.row(0))


def _sums(frame: pl.DataFrame) -> pl.DataFrame:
    score, label = pl.col(PROBABILITY).cast(pl.Float64), pl.col(LABEL).cast(pl.Float64)
    return frame.select(
        n=pl.len(),
        right=((score > 0.5) == (label > 0.5)).sum(),
        positive=label.sum(),
        squares=((score - label) ** 2).sum(),
    )
