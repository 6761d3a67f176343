"""Rows of Python values to a frame: cells by name, or by position."""

from collections.abc import Sequence
from typing import Any

import polars as pl

from leeboard.tables.cells.columns import frame_of, transposed
from leeboard.tables.cells.naming import named_by_position
from leeboard.tables.options import Row


def frame_of_rows(rows: Sequence[Row], names: Sequence[str] | None) -> pl.DataFrame:
    """One line for each row; missing where a row has no cell for a column."""
    return frame_of(transposed(named_rows(rows, names))) if rows else pl.DataFrame()


def named_rows(rows: Sequence[Row], names: Sequence[str] | None) -> list[dict[str, Any]]:
    """All rows with their cells by name."""
    return [row if isinstance(row, dict) else named_by_position(names, row) for row in rows]


def joined(parts: Sequence[Row], names: Sequence[str] | None) -> Row:
    """One row of several parts; in a key of two parts, the first one wins.

    Named cells keep their names if all parts are named, if there are no names to go by, or if their names
    are known; then cells by position get the known names that are left, in order. Else all
    cells go by position.

    >>> joined([{"score": 0.5}, [1, 2]], ["score", "age", "income"])
    {'score': 0.5, 'age': 1, 'income': 2}
    >>> joined([{"p": 0.5}, [1, 2]], ["score", "age", "income"])
    [0.5, 1, 2]
    """
    if not any(isinstance(part, dict) for part in parts):
        return [cell for part in parts for cell in part]
    named: dict[str, Any] = {}
    for part in parts:
        if isinstance(part, dict):
            named |= {name: cell for name, cell in part.items() if name not in named}
    loose = [cell for part in parts if not isinstance(part, dict) for cell in part]
    if not loose:
        return named
    if names is None or named.keys() <= set(names):
        left = [name for name in names or () if name not in named]
        return named | named_by_position(left, loose)
    return [cell for part in parts for cell in (part.values() if isinstance(part, dict) else part)]
