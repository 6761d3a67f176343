"""Other shapes: a thousand columns; a column without two equal cells."""

from pathlib import Path

from bench.contestants import duckdb_summarize, leeboard_baseline
from bench.goals import peak_ratio, time_ratio
from bench.results import Goal, Part
from bench.sizes import Sizes
from bench.timing import timed

USUAL, WIDE, DISTINCT = "leeboard, the usual table", "leeboard, 1,000 columns", "leeboard, distinct cells"
DUCKDB_WIDE, DUCKDB_DISTINCT = "DuckDB, 1,000 columns", "DuckDB, distinct cells"


def measure(sizes: Sizes, data: Path) -> Part:
    part = Part("shapes", "Many columns, many distinct values")
    part.text = (
        f"The usual table has {sizes.rows:,} rows and 20 columns; the wide one {sizes.wide_rows:,} rows and "
        "1,000 columns, which is as many cells; in the last one, the last column has no two equal cells."
    )
    contestants = [
        leeboard_baseline(USUAL, data / "table.parquet", "usual"),
        leeboard_baseline(WIDE, data / "wide.parquet", "wide"),
        leeboard_baseline(DISTINCT, data / "distinct.parquet", "distinct"),
        duckdb_summarize(DUCKDB_WIDE, data / "wide.parquet"),
        duckdb_summarize(DUCKDB_DISTINCT, data / "distinct.parquet"),
    ]
    runs = timed(part, "Baseline from Parquet", contestants, repeats=min(3, sizes.repeats))
    part.goals = [
        Goal("time of 1,000 columns over the usual table, equal cells", 1.5, time_ratio(runs, WIDE, USUAL)),
        Goal("time with distinct cells over the usual table", 1.5, time_ratio(runs, DISTINCT, USUAL)),
        Goal("peak memory with distinct cells over the usual table", 1.5, peak_ratio(runs, DISTINCT, USUAL)),
    ]
    return part
