"""Tables whose records pass through a script before they become rows."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

import polars as pl

from leeboard.errors import ScriptError
from leeboard.tables import Block, Chunk, Malformed, Table, Tally
from leeboard.tables.cells.columns import NestedCellError, frame_of, transposed
from leeboard.tables.cells.naming import named_by_position
from leeboard.tables.options import ReadOptions, Transform
from leeboard.tables.record_table import Records, with_records
from leeboard.tables.text.lines import SAMPLE_CHARACTERS


@dataclass(frozen=True, slots=True)
class _Scripted:
    """A chunk, its records, and what the script made of each."""

    chunk: Chunk
    records: Records
    results: list[Any]


class ScriptedTable:
    """The rows that a script makes of the records of a table.

    The script runs while the chunks are walked, so that it sees the records in order; chunks should
    therefore be walked once.
    """

    def __init__(self, table: Table, transform: Transform, options: ReadOptions) -> None:
        self._table = with_records(table)
        self._transform = transform
        self._options = options

    @property
    def notes(self) -> Sequence[str]:
        return self._table.notes

    @property
    def size_bytes(self) -> int | None:
        return self._table.size_bytes

    def chunks(self) -> Iterator[Chunk]:
        for chunk in self._table.chunks():
            records = self._table.records(chunk)
            results = list(self._transform(records.values)) if records.values else []
            if len(results) != len(records.values):
                raise ScriptError(f"the script gave {len(results)} results for {len(records.values)} records")
            yield replace(chunk, data=_Scripted(chunk, records, results))

    def block(self, chunk: Chunk) -> Block:
        scripted: _Scripted = chunk.data
        rows: list[dict[str, Any]] = []
        records = scripted.records
        malformed = [*records.malformed]
        for record, line, result in zip(records.values, records.lines, scripted.results, strict=True):
            try:
                rows += self._rows(record, result, scripted.chunk)
            except ValueError as error:
                malformed.append(Malformed(chunk.uri, line, str(error), str(record)[:SAMPLE_CHARACTERS]))
        return Block(_frame(rows), Tally.of(malformed))

    def _rows(self, record: Any, result: Any, chunk: Chunk) -> list[dict[str, Any]]:
        if result is None:
            return self._table.rows(record, chunk)
        if hasattr(result, "record"):
            return self._table.rows(result.record, chunk)
        return [self._kept(self._named(row, chunk)) for row in result]

    def _named(self, row: Any, chunk: Chunk) -> dict[str, Any]:
        """Keys that are just the names, or that no names stand against, are names; else positions count."""
        names = self._options.names
        if not isinstance(row, dict):
            return named_by_position(names or self._table.names(chunk), row)
        by_key = {str(key): row[key] for key in sorted(row, key=str)}
        if not self._options.by_position and (names is None or by_key.keys() == set(names)):
            return by_key
        return named_by_position(names, list(by_key.values()))

    def _kept(self, row: dict[str, Any]) -> dict[str, Any]:
        excluded = self._options.excluded_names
        return {name: cell for name, cell in row.items() if name not in excluded} if excluded else row


def _frame(rows: list[dict[str, Any]]) -> pl.DataFrame:
    try:
        return frame_of(transposed(rows))
    except NestedCellError as error:
        reason = f"the script returned {error.kind} as the cell {error.column!r}"
        raise ScriptError(f"{reason}; cells must be numbers, texts or None") from error
