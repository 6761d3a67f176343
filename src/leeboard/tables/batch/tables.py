"""Readers' tables less the marks of transform jobs."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from functools import cached_property
from typing import Any

from leeboard.errors import InputError
from leeboard.tables import Block, Chunk, Table, Tally
from leeboard.tables.batch.joined import rows_of_record
from leeboard.tables.batch.marks import (
    MARKS,
    is_joined,
    without_marked_cells,
    without_marked_keys,
    without_marks,
)
from leeboard.tables.cells.columns import NestedCellError, frame_of, transposed
from leeboard.tables.cells.rows import frame_of_rows, named_rows
from leeboard.tables.csv import CsvTable
from leeboard.tables.json import JsonTable
from leeboard.tables.jsonl import JsonLinesTable, without
from leeboard.tables.options import ReadOptions
from leeboard.tables.parquet import ParquetTable
from leeboard.tables.record_table import Records
from leeboard.tables.sources import Source
from leeboard.tables.text.jsontext import decode_lines


class BatchCsvTable(CsvTable):
    """CSV rows less inference id and time, wherever a row ends with these."""

    @cached_property
    def _head(self) -> list[list[str]]:
        return [without_marks(cells) for cells in super()._head]

    def chunks(self) -> Iterator[Chunk]:
        for chunk in super().chunks():
            rows = chunk.data
            names = tuple(without_marks(rows.names))
            yield replace(chunk, data=replace(rows, text=without_marked_cells(rows.text), names=names))


class BatchJsonLinesTable(JsonLinesTable):
    """JSON Lines less inference ids and times; joined records are laid flat."""

    def block(self, chunk: Chunk) -> Block:
        frame = self._usual_frame(chunk)
        if frame is not None:
            return Block(without(frame, self._options), Tally.of([*chunk.data.found]))
        found = self.records(chunk)
        rows = [
            row
            for value, line in zip(found.values, found.lines, strict=True)
            for row in rows_of_record(self._cells_of(value), chunk.uri, f"line {line}", self._options)
        ]
        frame = frame_of_rows(rows, self._options.names)
        return Block(without(frame, self._options), Tally.of(found.malformed))

    def _usual_frame(self, chunk: Chunk) -> Any:
        """The frame of flat objects; None if they need a closer look."""
        values = decode_lines(chunk.data.text) if self._options.features_path is None else None
        if not values or any(type(value) is not dict or is_joined(value) for value in values):
            return None
        try:
            return frame_of(transposed([without_marked_keys(value) for value in values]))
        except NestedCellError:
            return None

    def records(self, chunk: Chunk) -> Records:
        return _unmarked(super().records(chunk))

    def rows(self, record: Any, chunk: Chunk) -> list[dict[str, Any]]:
        rows = rows_of_record(self._cells_of(record), chunk.uri, "a record", self._options)
        return named_rows(rows, self._options.names)


class BatchJsonTable(JsonTable):
    """JSON documents less inference ids and times; joined records are laid flat."""

    def block(self, chunk: Chunk) -> Block:
        found = self.records(chunk)
        rows = [
            row
            for value, number in zip(found.values, found.lines, strict=True)
            for row in rows_of_record(self._cells_of(value), chunk.uri, f"record {number}", self._options)
        ]
        return Block(without(frame_of_rows(rows, self._options.names), self._options), Tally())

    def records(self, chunk: Chunk) -> Records:
        return _unmarked(super().records(chunk))

    def rows(self, record: Any, chunk: Chunk) -> list[dict[str, Any]]:
        rows = rows_of_record(self._cells_of(record), chunk.uri, "a record", self._options)
        return named_rows(rows, self._options.names)


class BatchParquetTable(ParquetTable):
    """Parquet rows less columns of inference ids and times."""

    def block(self, chunk: Chunk) -> Block:
        block = super().block(chunk)
        return replace(block, frame=block.frame.drop(MARKS, strict=False))


TABLES: dict[str, Callable[[Sequence[Source], ReadOptions], Table]] = {
    "csv": BatchCsvTable,
    "json": BatchJsonTable,
    "jsonl": BatchJsonLinesTable,
    "parquet": BatchParquetTable,
}


def batch_table(kind: str, sources: Sequence[Source], options: ReadOptions) -> Table:
    """The table over outputs of transform jobs.

    Args:
        kind: name of a reader.

    Raises:
        InputError: transform jobs write no files of that kind.
    """
    if kind not in TABLES:
        raise InputError(f"outputs of a transform job are {', '.join(TABLES)}; {kind!r} was asked for")
    return TABLES[kind](sources, options)


def _unmarked(found: Records) -> Records:
    return replace(found, values=[without_marked_keys(value) for value in found.values])
