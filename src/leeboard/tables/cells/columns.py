"""Cells as Python values to polars columns."""

from collections.abc import Mapping, Sequence
from enum import Enum
from typing import Any

import polars as pl

from leeboard.tables.text.delimited import BLANKS

CONTAINERS = (list, dict, tuple, set)
_INT64 = 1 << 63


class NestedCellError(Exception):
    """A cell is a list or an object."""

    def __init__(self, column: str, row: int, cell: Any) -> None:
        self.column, self.row = column, row
        self.kind = "an object" if isinstance(cell, Mapping) else "a list"
        super().__init__(f"{column!r} holds {self.kind}")


def column(name: str, cells: Sequence[Any]) -> pl.Series:
    """A column of integers, floats or, for anything else and for mixtures, texts.

    Raises:
        NestedCellError: a cell is a list or an object.
    """
    kinds = set(map(type, cells)) - {type(None)}
    if kinds == {int} and all(-_INT64 <= cell < _INT64 for cell in cells if cell is not None):
        return pl.Series(name, cells, pl.Int64)
    if kinds == {float}:
        return pl.Series(name, cells, pl.Float64)
    if any(issubclass(kind, CONTAINERS) for kind in kinds):
        row = next(i for i, cell in enumerate(cells) if isinstance(cell, CONTAINERS))
        raise NestedCellError(name, row, cells[row])
    return pl.Series(name, [text_of(cell) for cell in cells], pl.String)


def text_of(cell: Any) -> str | None:
    """The text of a scalar as it would stand in a CSV file; None for a missing one."""
    if isinstance(cell, str):
        return cell.strip(BLANKS) or None
    if cell is None or cell != cell:  # not equal to itself: NaN, NaT
        return None
    if isinstance(cell, bool):
        return "true" if cell else "false"
    if isinstance(cell, Enum):
        return text_of(cell.value)
    return str(cell)


def frame_of(columns: Mapping[str, Sequence[Any]]) -> pl.DataFrame:
    """A frame of columns of equal length."""
    return pl.DataFrame([column(name, cells) for name, cells in columns.items()])


def transposed(rows: Sequence[Mapping[str, Any]]) -> dict[str, Sequence[Any]]:
    """Cells by column, the columns in the order in which they are met; an absent key is missing."""
    if not rows:
        return {}
    if len(set(map(tuple, rows))) == 1:
        return dict(zip(rows[0], zip(*(row.values() for row in rows), strict=True), strict=True))
    names = dict.fromkeys(name for row in rows for name in row)
    return {name: [row.get(name) for row in rows] for name in names}
