"""Drift checks against a stored baseline: six of the twenty columns have moved."""

import json
from collections.abc import Sequence
from pathlib import Path

from bench.contestants import (
    DOES,
    OUT,
    duckdb_baseline,
    duckdb_drift,
    leeboard_baseline,
    leeboard_check,
    peer_drift,
    peer_profile,
)
from bench.goals import Runs, time_ratio
from bench.results import Goal, Part, Table
from bench.sizes import Sizes
from bench.timing import timed

MOVED = {"normal", "lognormal", "waiting", "two_peaks", "visits", "plan"}
OURS, PROFILE = "leeboard check", "leeboard baseline of the same rows"
DUCKDB = "DuckDB by hand"


def measure(sizes: Sizes, data: Path) -> Part:
    table, moved = data / "table.parquet", data / "moved.parquet"
    _prepare(table)
    part = Part("drift", "Drift check against a stored baseline")
    runs = timed(
        part,
        f"{sizes.rows:,} rows x 20 columns, six of them moved",
        [
            leeboard_check(OURS, moved, "drift-base", "drift"),
            leeboard_baseline(PROFILE, moved, "moved-base"),
            duckdb_drift(DUCKDB, table, moved),
            *(peer_drift(peer, table, moved) for peer in DOES),
        ],
        repeats=sizes.repeats,
    )
    named = _named(runs)
    part.tables.append(_found_table(named))
    part.goals = [
        Goal("time over our own profile", 1.2, time_ratio(runs, OURS, PROFILE)),
        Goal("moved columns missed or still columns named", 0, _wrong(named.get(OURS)), "columns"),
    ]
    return part


def _prepare(table: Path) -> None:
    """The stored baselines, not timed."""
    print("drift: storing baselines", flush=True)
    profiles = [peer_profile(peer, table) for peer in ("whylogs", "tfdv")]
    for one in (leeboard_baseline("", table, "drift-base"), duckdb_baseline(table), *profiles):
        one.run()


def _named(runs: Runs) -> dict[str, set[str]]:
    """The columns that each contestant calls drifted."""
    found = {name: set(json.loads(some[-1].output)) for name, some in runs.items() if some[-1].output}
    if OURS in runs:
        violations = json.loads((OUT / "drift" / "constraint_violations.json").read_text())["violations"]
        drifted = [one for one in violations if one["constraint_check_type"] == "baseline_drift_check"]
        found[OURS] = {one["feature_name"] for one in drifted}
    return found


def _wrong(named: set[str] | None) -> float | None:
    return None if named is None else len(named ^ MOVED)


def _found_table(named: dict[str, set[str]]) -> Table:
    rows: Sequence = [
        [name, f"{len(found & MOVED)} of {len(MOVED)}", ", ".join(sorted(found - MOVED)) or "none"]
        for name, found in named.items()
    ]
    return Table("What was called drifted", ["", "moved columns found", "false alarms"], list(rows))
