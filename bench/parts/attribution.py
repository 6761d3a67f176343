"""Kernel SHAP of rows against a boosted model, beside the model alone and the shap package."""

import json
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

from bench.contest import Contestant
from bench.goals import Runs
from bench.results import Cell, Goal, Part, Table
from bench.running import Run
from bench.sizes import FULL, Sizes
from bench.timing import timed

OURS, MODEL = "leeboard, Kernel SHAP", "the model alone, as many rows in as many calls"
THEIRS, EXACT, TREES = "shap.KernelExplainer", "leeboard, exact", "shap.TreeExplainer"
TEXT = (
    "XGBoost, 100 trees of depth 6, 14 features, a background of one row; 2,076 coalitions a row, at most "
    "10,000 rows a call, two calls at a time. The shap package explains fewer rows, as it takes too long for "
    "all; its times are scaled. The exact ways explain the margin against a background of 100 rows."
)


def measure(sizes: Sizes, data: Path) -> Part:
    part = Part("attribution", "Feature attributions", TEXT)
    n_rows, n_theirs = (10_000, 100) if sizes == FULL else (300, 10)
    _contestant("", "prepare", n_rows).run()
    kernel = {OURS: n_rows, MODEL: n_rows, THEIRS: n_theirs}
    tasks = {OURS: "leeboard", MODEL: "model", THEIRS: "shap", EXACT: "exact", TREES: "tree-explainer"}
    runs = timed(
        part,
        f"Kernel SHAP, {n_rows:,} rows (the shap package: {n_theirs:,})",
        [_contestant(name, tasks[name], n) for name, n in kernel.items()],
        repeats=1,
    )
    exact = timed(
        part,
        f"Exact, {n_rows:,} rows (the shap package: {n_theirs * 10:,})",
        [_contestant(EXACT, "exact", n_rows), _contestant(TREES, "tree-explainer", n_theirs * 10)],
        repeats=1,
    )
    explained = kernel | {EXACT: n_rows, TREES: n_theirs * 10}
    part.tables.append(_table({**runs, **exact}, explained, n_rows))
    ours, alone = (_seconds(runs, name) for name in (OURS, MODEL))
    part.goals = [Goal("time over the model's own", 1.2, ours / alone if ours and alone else None)]
    return part


def _contestant(name: str, task: str, n_rows: int) -> Contestant:
    return Contestant(name, [sys.executable, "-m", "bench.attributions", task, str(n_rows)], is_slow=True)


def _told(runs: Sequence[Run]) -> Mapping[str, float]:
    return json.loads(runs[-1].output.strip().splitlines()[-1])


def _seconds(runs: Runs, name: str) -> float | None:
    return _told(runs[name])["seconds"] if name in runs else None


def _table(runs: Runs, explained: Mapping[str, int], n_rows: int) -> Table:
    header = [
        "",
        "rows explained",
        "model calls",
        "model rows",
        "seconds, without start",
        f"scaled to {n_rows:,} rows",
    ]
    rows = [_row(name, _told(runs[name]), explained[name], n_rows) for name in explained if name in runs]
    return Table("What was asked, and how long it took", header, rows)


def _row(name: str, told: Mapping[str, float], n_explained: int, n_rows: int) -> list[Cell]:
    scaled = told["seconds"] * n_rows / n_explained
    calls, asked = f"{told['calls']:,}", f"{told['rows']:,}"
    return [name, f"{n_explained:,}", calls, asked, f"{told['seconds']:.2f}", f"{scaled:,.1f}"]
