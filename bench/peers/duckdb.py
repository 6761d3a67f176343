"""DuckDB: `SUMMARIZE`, and drift by hand in SQL with a fixed threshold."""

from __future__ import annotations

import json
from pathlib import Path

import duckdb

THRESHOLD = 0.05
STEPS = [i / 20 for i in range(1, 20)]


def profile(data: str, out: str) -> int:
    """Count, nulls, extremes, mean, deviation, quartiles and distinct values of every column."""
    rows = duckdb.sql(f"SUMMARIZE SELECT * FROM '{data}'").fetchall()
    Path(out).write_text(json.dumps(rows, default=str))
    return len(rows)


def baseline(data: str, out: str) -> int:
    """Steps of every numeric column and shares of every text column, for `drift`."""
    numbers, texts = _columns(data)
    steps = duckdb.sql(f"SELECT {', '.join(f'quantile_disc({c}, {STEPS})' for c in numbers)} FROM '{data}'")
    edges = {c: sorted(set(found)) for c, found in zip(numbers, steps.fetchall()[0], strict=True)}
    known = {
        "heights": {c: _heights(data, c, found) for c, found in edges.items()},
        "edges": edges,
        "shares": {c: _shares(data, c) for c in texts},
    }
    Path(out).write_text(json.dumps(known))
    return len(known["edges"])


def drift(reference: str, current: str, profile: str) -> list[str]:
    """Largest gap at 19 steps, or between the shares of a value, above 0.05; the reference is not read."""
    known = json.loads(Path(profile).read_text())
    asked = ", ".join(f"{_height(c, edge)}" for c, edges in known["edges"].items() for edge in edges)
    found = iter(duckdb.sql(f"SELECT {asked} FROM '{current}'").fetchall()[0])
    gaps = {c: max(abs(h - next(found)) for h in heights) for c, heights in known["heights"].items()}
    for c, old in known["shares"].items():
        new = _shares(current, c)
        gaps[c] = max(abs(old.get(value, 0.0) - new.get(value, 0.0)) for value in old.keys() | new.keys())
    return [c for c, gap in gaps.items() if gap > THRESHOLD]


def _columns(data: str) -> tuple[list[str], list[str]]:
    described = duckdb.sql(f"DESCRIBE SELECT * FROM '{data}'").fetchall()
    texts = [row[0] for row in described if row[1] == "VARCHAR"]
    return [row[0] for row in described if row[0] not in texts], texts


def _heights(data: str, column: str, edges: list[float]) -> list[float]:
    asked = ", ".join(_height(column, edge) for edge in edges)
    return list(duckdb.sql(f"SELECT {asked} FROM '{data}'").fetchall()[0])


def _height(column: str, edge: float) -> str:
    return f"avg(({column} <= {edge})::INT)"


def _shares(data: str, column: str) -> dict[str, float]:
    counted = f"SELECT {column}, count(*) FROM '{data}' WHERE {column} IS NOT NULL GROUP BY 1"
    rows = duckdb.sql(counted).fetchall()
    total = sum(n for _, n in rows)
    return {value: n / total for value, n in rows}
