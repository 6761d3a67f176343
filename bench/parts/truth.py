"""The join of captured records with their labels."""

import subprocess
import sys
from pathlib import Path

from bench.contest import Contestant
from bench.contestants import OUT
from bench.goals import peak, time_ratio
from bench.places import ROOT
from bench.results import Goal, Part
from bench.sizes import Sizes
from bench.timing import timed
from bench.venvs import python_of

FILES, BARE, LITTLE = (
    "leeboard, merged files",
    "leeboard, bare join",
    "leeboard, merged files, 64 MB for labels",
)
DUCKDB_FILES, DUCKDB, POLARS = "DuckDB, merged file", "DuckDB, bare join", "polars streaming, bare join"
READ = "leeboard, label and score of merged files"


def measure(sizes: Sizes, data: Path) -> Part:
    part = Part("truth", "Joining captured records with their labels")
    n = sizes.many_rows
    folder = data / f"truth-{n}"
    subprocess.run([sys.executable, "-m", "bench.truth.data", str(n), folder], cwd=ROOT, check=True)
    files = (folder / "capture.jsonl", folder / "labels.jsonl")
    size_mb = sum(file.stat().st_size for file in files) / 1e6
    repeats = min(2, sizes.repeats)
    writes = "merged records in order, counts, what has no partner"
    runs = timed(
        part,
        f"{n:,} records and as many labels in another order, {size_mb:,.0f} MB of JSON Lines",
        [
            _ours(BARE, "bare", *files, does="label and score of each pair, counts, what has no partner"),
            _duckdb(DUCKDB, "bare", *files, does="label and score of each pair, at most 2 GB"),
            Contestant(
                POLARS,
                _peer(sys.executable, "join_polars", "bare", *files),
                is_slow=True,
                does="the same, no limit",
            ),
            _ours(FILES, "merged", *files, OUT / "merged", does=writes),
            _ours(LITTLE, "memory", *files, OUT / "merged-little", does=f"{writes}; labels go through files"),
            _duckdb(
                DUCKDB_FILES,
                "merged",
                *files,
                OUT / "merged.jsonl",
                does="merged records in no order, at most 2 GB",
            ),
        ],
        repeats=repeats,
    )
    runs |= timed(part, "Reading merged files", [_ours(READ, "scored", OUT / "merged")], repeats=repeats)
    part.goals = [
        Goal("time of the bare join over DuckDB's", 1.5, time_ratio(runs, BARE, DUCKDB)),
        Goal("time of the bare join over polars'", 1.5, time_ratio(runs, BARE, POLARS)),
        Goal("time of the merged files over DuckDB's", 1.5, time_ratio(runs, FILES, DUCKDB_FILES)),
        Goal("peak memory", 2_000, peak(runs, FILES), "MB"),
    ]
    return part


def _ours(name: str, task: str, *files: Path, does: str = "") -> Contestant:
    return Contestant(name, _peer(sys.executable, "join_leeboard", task, *files), is_slow=True, does=does)


def _duckdb(name: str, task: str, *files: Path, does: str) -> Contestant:
    python = python_of("duckdb")
    return Contestant(name, _peer(python, "join_duckdb", task, *files), "duckdb", is_slow=True, does=does)


def _peer(python: str | Path, name: str, task: str, *files: Path) -> list[str | Path]:
    return [python, "-m", "bench.peer", name, task, *files]
