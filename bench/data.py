"""Writes the data sets of the bench, a block of rows at a time: `python -m bench.data [--quick]`."""

import sys
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path

import polars as pl
from polars.io.plugins import register_io_source

from bench.captured import write_capture
from bench.columns import block
from bench.places import DATA
from bench.sizes import FULL, QUICK, Sizes

SEED, OTHER_SEED = 20261122, 20261123
ROWS_A_BLOCK = 100_000

Blocks = Callable[[int, int], pl.DataFrame]


def make(sizes: Sizes) -> None:
    """Every data set that is not there yet."""
    folder = DATA / sizes.name
    folder.mkdir(parents=True, exist_ok=True)
    for name, write in _data_sets(sizes).items():
        target, unfinished = folder / name, folder / f"unfinished-{name}"
        if target.exists():
            continue
        print(f"making {name}", flush=True)
        write(unfinished)
        unfinished.rename(target)


def _data_sets(sizes: Sizes) -> dict[str, Callable[[Path], None]]:
    base, moved = partial(block, SEED), partial(block, OTHER_SEED, moved=True)
    wide = partial(block, SEED, copies=50)
    return {
        "table.parquet": partial(_write_parquet, base, sizes.rows),
        "moved.parquet": partial(_write_parquet, moved, sizes.rows),
        "many.parquet": partial(_write_parquet, base, sizes.many_rows),
        "table.csv": partial(_write_csv, base, sizes.rows),
        "wide.parquet": partial(_write_parquet, wide, sizes.wide_rows),
        "distinct.parquet": partial(_write_parquet, _with_names, sizes.rows),
        "capture": partial(_write_captured, base, sizes.rows),
        "capture-many": partial(_write_captured, base, sizes.many_captured),
    }


def _with_names(start: int, n: int) -> pl.DataFrame:
    """The usual columns, but no two cells of the last one are equal."""
    names = "user-" + pl.Series(range(start, start + n)).cast(pl.String)
    return block(SEED, start, n).with_columns(names.alias("item"))


def _blocks(rows_of: Blocks, n_rows: int) -> Iterator[pl.DataFrame]:
    for start in range(0, n_rows, ROWS_A_BLOCK):
        yield rows_of(start, min(ROWS_A_BLOCK, n_rows - start))


def _write_parquet(rows_of: Blocks, n_rows: int, target: Path) -> None:
    def source(*_: object) -> Iterator[pl.DataFrame]:
        return _blocks(rows_of, n_rows)

    frame = register_io_source(source, schema=rows_of(0, 1).schema)
    frame.sink_parquet(target, compression="snappy", row_group_size=ROWS_A_BLOCK, maintain_order=True)


def _write_csv(rows_of: Blocks, n_rows: int, target: Path) -> None:
    with target.open("wb") as file:
        for i, frame in enumerate(_blocks(rows_of, n_rows)):
            frame.write_csv(file, include_header=i == 0)


def _write_captured(rows_of: Blocks, n_rows: int, target: Path) -> None:
    target.mkdir(exist_ok=True)
    for i, frame in enumerate(_blocks(rows_of, n_rows)):
        write_capture(frame, first=i * ROWS_A_BLOCK, target=target / f"part-{i:03}.jsonl")


if __name__ == "__main__":
    make(QUICK if "--quick" in sys.argv else FULL)
