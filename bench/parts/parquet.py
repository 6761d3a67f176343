"""Baselines from Parquet."""

from pathlib import Path

from bench.contestants import DOES, duckdb_summarize, leeboard_baseline, peer_profile
from bench.goals import peak, peak_ratio, time_ratio
from bench.results import Goal, Part
from bench.sizes import Sizes
from bench.timing import timed

OURS, OURS_MANY = "leeboard baseline", "leeboard baseline, many rows"
DUCKDB, DUCKDB_MANY = "DuckDB SUMMARIZE", "DuckDB SUMMARIZE, many rows"


def measure(sizes: Sizes, data: Path) -> Part:
    part = Part("parquet", "Baseline from Parquet")
    table, many = data / "table.parquet", data / "many.parquet"
    few_rows, many_rows = f"{sizes.rows:,} rows", f"{sizes.many_rows:,} rows"
    runs = timed(
        part,
        f"{few_rows} x 20 columns",
        [
            leeboard_baseline(OURS, table, "base"),
            duckdb_summarize(DUCKDB, table),
            *(peer_profile(peer, table) for peer in DOES),
        ],
        repeats=sizes.repeats,
    )
    runs |= timed(
        part,
        f"{many_rows} x 20 columns",
        [
            leeboard_baseline(OURS_MANY, many, "many"),
            duckdb_summarize(DUCKDB_MANY, many),
            peer_profile("tfdv", many, "TFDV, many rows"),
        ],
        repeats=min(3, sizes.repeats),
    )
    part.goals = [
        Goal(f"time over DuckDB, {few_rows}", 0.4, time_ratio(runs, OURS, DUCKDB)),
        Goal(f"time over DuckDB, {many_rows}", 0.5, time_ratio(runs, OURS_MANY, DUCKDB_MANY)),
        Goal(f"peak memory, {many_rows}", 600, peak(runs, OURS_MANY), "MB"),
        Goal(f"peak memory, {many_rows} over {few_rows}", 1.2, peak_ratio(runs, OURS_MANY, OURS)),
    ]
    return part
