"""Baselines from CSV, where the type of a column is decided from the text of its cells."""

from pathlib import Path

from bench.contestants import duckdb_summarize, leeboard_baseline
from bench.goals import time_ratio
from bench.results import Goal, Part
from bench.sizes import Sizes
from bench.timing import timed

OURS = "leeboard baseline, CSV"
PARQUET, CSV = "DuckDB SUMMARIZE of the Parquet", "DuckDB SUMMARIZE of the CSV"


def measure(sizes: Sizes, data: Path) -> Part:
    part = Part("csv", "Baseline from CSV")
    contestants = [
        leeboard_baseline(OURS, data / "table.csv", "csv"),
        duckdb_summarize(PARQUET, data / "table.parquet"),
        duckdb_summarize(CSV, data / "table.csv"),
    ]
    runs = timed(part, f"{sizes.rows:,} rows x 20 columns", contestants, repeats=sizes.repeats)
    part.goals = [Goal("time over DuckDB's of the Parquet", 0.4, time_ratio(runs, OURS, PARQUET))]
    return part
