"""Writes rows with groups, labels and answers: `python -m bench.bias.people FILE ROWS`."""

import sys
from pathlib import Path

import numpy as np
import polars as pl

SEED, ROWS_A_BLOCK = 20261124, 100_000


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
    """The file is there whole or not at all."""
    target, n_rows = Path(sys.argv[1]), int(sys.argv[2])
    if target.exists():
        return
    target.parent.mkdir(parents=True, exist_ok=True)
    blocks = [people(start, min(ROWS_A_BLOCK, n_rows - start)) for start in range(0, n_rows, ROWS_A_BLOCK)]
    unfinished = target.with_name(f"unfinished-{target.name}")
    pl.concat(blocks).write_parquet(unfinished, compression="snappy", row_group_size=ROWS_A_BLOCK)
    unfinished.rename(target)


if __name__ == "__main__":
    main()
