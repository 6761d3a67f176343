"""Writes labels and scores: `python -m bench.quality.scores FILE ROWS`."""

import sys
from pathlib import Path

import numpy as np
import polars as pl

SEED, ROWS_A_BLOCK = 20261126, 100_000


def scores(start: int, n: int) -> pl.DataFrame:
    """Rows from `start` on: a binary label, and a score that tells it better than chance."""
    random = np.random.default_rng([SEED, start])
    label = random.integers(0, 2, n)
    return pl.DataFrame({"label": label, "score": 1 / (1 + np.exp(-random.normal(label, 1.5)))})


def main() -> None:
    """The file is there whole or not at all."""
    target, n_rows = Path(sys.argv[1]), int(sys.argv[2])
    if target.exists():
        return
    target.parent.mkdir(parents=True, exist_ok=True)
    blocks = [scores(start, min(ROWS_A_BLOCK, n_rows - start)) for start in range(0, n_rows, ROWS_A_BLOCK)]
    unfinished = target.with_name(f"unfinished-{target.name}")
    pl.concat(blocks).write_parquet(unfinished, compression="snappy", row_group_size=ROWS_A_BLOCK)
    unfinished.rename(target)


if __name__ == "__main__":
    main()
