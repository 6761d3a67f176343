"""Writes labels and scores: `python -m bench.quality.scores FILE ROWS`."""

import sys
from pathlib import Path

import numpy as np
import polars as pl

from bench.blocks import write_blocks

SEED = 20261126


def scores(start: int, n: int) -> pl.DataFrame:
    """Rows from `start` on: a binary label, and a score that tells it better than chance."""
    random = np.random.default_rng([SEED, start])
    label = random.integers(0, 2, n)
    return pl.DataFrame({"label": label, "score": 1 / (1 + np.exp(-random.normal(label, 1.5)))})


def main() -> None:
    """As the command line says."""
    write_blocks(Path(sys.argv[1]), int(sys.argv[2]), scores)


if __name__ == "__main__":
    main()
