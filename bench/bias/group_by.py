"""The yardstick, one pass of polars: `python -m bench.bias.group_by FILE counts|reading`.

`counts` groups by the five columns that the measures come from; `reading` also sums the features, as
something has to be read of them for the flip test.
"""

import sys

import polars as pl

KEYS = ("sex", "age", "approved", "said", "region")
FEATURES = ("income", "hours")


def main() -> None:
    """Print how many combinations there are."""
    file, what = sys.argv[1:]
    sums = [pl.col(FEATURES).sum()] if what == "reading" else []
    grouped = pl.scan_parquet(file).group_by(KEYS).agg(pl.len(), *sums)
    print(grouped.collect(engine="streaming").height)


if __name__ == "__main__":
    main()
