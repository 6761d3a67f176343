"""Evidently with its defaults over the same catalogue, in its own environment."""

import json
from pathlib import Path

import polars as pl

from bench.columns import block
from bench.drift_quality.catalogue import REAL, TRIVIAL
from bench.drift_quality.counting import BASELINE_ROWS, SEED, honest_window
from bench.places import WORK
from bench.running import run
from bench.venvs import python_of, reason_missing

FOLDER = WORK / "drift-quality"


def in_catalogue(size: int) -> set[str] | None:
    """Names of the shifts that it calls drift, one window each; None if it does not run."""
    shifts = [*REAL, *TRIVIAL]
    reference = pl.DataFrame([shift.reference(SEED, BASELINE_ROWS) for shift in shifts])
    return _drifted(reference, pl.DataFrame([shift.window(SEED, size) for shift in shifts]))


def in_honest_windows(size: int, n_windows: int) -> list[set[str]] | None:
    """Columns that it calls drifted in each window; None if it does not run."""
    reference = block(SEED, 0, BASELINE_ROWS)
    found = [_drifted(reference, honest_window(size, turn)) for turn in range(n_windows)]
    return None if None in found else [one for one in found if one is not None]


def _drifted(reference: pl.DataFrame, window: pl.DataFrame) -> set[str] | None:
    if reason_missing("evidently"):
        return None
    files = [_written(reference, "reference"), _written(window, "window")]
    found = run([python_of("evidently"), "-m", "bench.peer", "evidently", "drift", *files, "-"])
    print(f"  Evidently: {found.error or f'{found.wall_s:.0f} s'}", flush=True)
    return None if found.error else set(json.loads(found.output))


def _written(frame: pl.DataFrame, name: str) -> Path:
    FOLDER.mkdir(parents=True, exist_ok=True)
    frame.write_parquet(FOLDER / f"{name}.parquet")
    return FOLDER / f"{name}.parquet"
