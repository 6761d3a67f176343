"""Writes rows with groups, labels and answers: `python -m bench.bias.people FILE ROWS`."""

import sys
from pathlib import Path

import numpy as np
import polars as pl

from bench.blocks import write_blocks

SEED = 20261124


def people(start: int, n: int) -> pl.DataFrame:
    """Rows from `start` on; two facets, a label, an answer, a group variable and two features."""
    random = np.random.default_rng([SEED, start])
    sex = random.choice(3, n, p=[0.48, 0.47, 0.05])
    income = random.normal(50, 12, n)
    score = 1 / (1 + np.exp(-(income - 50 - 4 * (sex == 0)) / 6))
    return pl.DataFrame(
        {
            "sex": pl.Series(["female", "male", "diverse"]).gather(sex),
            "age": random.integers(18, 90, n),
            "region": random.integers(0, 20, n),
            "income": income.round(2),
            "hours": random.normal(38, 6, n).round(1),
            "approved": (score + random.normal(0, 0.2, n) > 0.5).astype(np.int64),
            "said": (score > 0.5).astype(np.int64),
        }
    )


def main() -> None:
    """As the command line says."""
    write_blocks(Path(sys.argv[1]), int(sys.argv[2]), people)


if __name__ == "__main__":
    main()
