"""Writes made data as one Parquet file, block by block."""

from collections.abc import Callable
from pathlib import Path

import polars as pl

ROWS_A_BLOCK = 100_000


def write_blocks(target: Path, n_rows: int, make: Callable[[int, int], pl.DataFrame]) -> None:
    """The file is there whole or not at all; one that is there stays.

    Args:
        make: (first row, number of rows) -> these rows.
    """
    if target.exists():
        return
    target.parent.mkdir(parents=True, exist_ok=True)
    blocks = [make(start, min(ROWS_A_BLOCK, n_rows - start)) for start in range(0, n_rows, ROWS_A_BLOCK)]
    unfinished = target.with_name(f"unfinished-{target.name}")
    pl.concat(blocks).write_parquet(unfinished, compression="snappy", row_group_size=ROWS_A_BLOCK)
    unfinished.rename(target)
