"""Data frames in memory: polars, pandas, and whatever hands over Arrow."""

from collections.abc import Iterator, Mapping, Sequence
from functools import cached_property
from typing import Any

import polars as pl

from leeboard.errors import FormatError, InputError, NoDataError
from leeboard.tables import Block, Chunk
from leeboard.tables.cells.columns import NestedCellError, column
from leeboard.tables.cells.naming import checked_names
from leeboard.tables.cells.physical import as_cells
from leeboard.tables.options import ReadOptions

CHUNK_ROWS = 250_000


def is_frame(data: Any) -> bool:
    """Whether it is a table in memory."""
    return isinstance(data, pl.DataFrame | pl.LazyFrame) or _is_pandas(data) or _speaks_arrow(data)


class FrameTable:
    """The rows of a frame.

    Raises:
        NoDataError: it has no rows.
        FormatError: a column name is there twice.
    """

    def __init__(self, data: Any, options: ReadOptions) -> None:
        self._data = data
        self._options = options
        self._name = f"the {type(data).__module__.partition('.')[0]} {type(data).__name__}"
        if not isinstance(data, pl.LazyFrame) and not self._frame.height:
            raise NoDataError(f"{self._name} has no rows ({self._frame.width} columns)")

    @property
    def notes(self) -> Sequence[str]:
        return self._options.notes_without_times

    @property
    def size_bytes(self) -> int | None:
        return None if isinstance(self._data, pl.LazyFrame) else int(self._frame.estimated_size())

    @cached_property
    def _frame(self) -> pl.DataFrame:
        if isinstance(self._data, pl.DataFrame):
            return self._data
        convert = _from_pandas if _is_pandas(self._data) else _from_arrow
        return convert(self._data, self._name)

    def chunks(self) -> Iterator[Chunk]:
        first = 1
        for part in self._parts():
            yield Chunk(self._name, first, part, int(part.estimated_size()))
            first += part.height

    def block(self, chunk: Chunk) -> Block:
        part: pl.DataFrame = chunk.data
        return Block(as_cells(part.drop(self._options.excluded_names, strict=False), self._name))

    def _parts(self) -> Iterator[pl.DataFrame]:
        if isinstance(self._data, pl.LazyFrame):
            yield from self._data.collect_batches(chunk_size=CHUNK_ROWS, maintain_order=True)
        else:
            yield from self._frame.iter_slices(CHUNK_ROWS)


def _is_pandas(data: Any) -> bool:
    return type(data).__module__.partition(".")[0] == "pandas" and hasattr(data, "columns")


def _speaks_arrow(data: Any) -> bool:
    return hasattr(data, "__arrow_c_stream__") or hasattr(data, "__arrow_c_array__")


def _from_arrow(data: Any, name: str) -> pl.DataFrame:
    try:
        return pl.DataFrame(data)
    except pl.exceptions.DuplicateError as error:
        raise FormatError(f"{name}: {error}; column names must differ") from error
    except pl.exceptions.SchemaError as error:
        raise InputError(f"{name} is no table; make one of it, in pandas by to_frame()") from error


def _from_pandas(data: Any, name: str) -> pl.DataFrame:
    names = checked_names([str(label) for label in data.columns], name)
    columns = [_from_pandas_column(label, data.iloc[:, i], name) for i, label in enumerate(names)]
    return pl.DataFrame(columns)


def _from_pandas_column(label: str, values: Any, name: str) -> pl.Series:
    """NaN, NaT and NA are missing, as everywhere in pandas."""
    if getattr(values.dtype, "kind", "O") in "iufb" and type(values.dtype).__module__.startswith("numpy"):
        return pl.Series(label, values.to_numpy(), nan_to_null=True)
    cells = values.astype(object).where(values.notna(), None).tolist()
    try:
        return column(label, cells)
    except NestedCellError as error:
        raise FormatError(
            f"column {error.column!r} of {name} holds {error.kind} in row {error.row}; "
            "cells must be numbers or texts: flatten it before (in pandas: explode or json_normalize)"
        ) from error


def refuse(data: Any) -> InputError:
    """The error for data that is neither a place nor a frame."""
    hint = "; wrap it in a list of places or in a frame" if isinstance(data, Mapping) else ""
    return InputError(
        f"cannot read a table from {type(data).__name__}{hint}; it should be a path or URI, a list of them, "
        "or a pandas, polars or Arrow table"
    )
