"""Data sets and outputs of transform jobs as rows of label, answer and features."""

from collections.abc import Callable, Iterator, Sequence
from typing import Any

import msgspec
import polars as pl

from leeboard.tables import Block, Chunk, Malformed, Table, Tally
from leeboard.tables.batch.marks import MARKS, is_joined, without_marked_keys
from leeboard.tables.captured.payloads import UnreadableError
from leeboard.tables.cells.columns import NestedCellError, frame_of, transposed
from leeboard.tables.cells.physical import as_cells
from leeboard.tables.cells.rows import frame_of_rows
from leeboard.tables.frames import FrameTable
from leeboard.tables.modelled.columns import PartColumns
from leeboard.tables.modelled.records import ModelRows
from leeboard.tables.modelled.rows import locators_of
from leeboard.tables.options import ReadOptions
from leeboard.tables.parquet import ParquetTable
from leeboard.tables.record_table import Records, with_records
from leeboard.tables.sources import Source
from leeboard.tables.text.jsontext import decode_lines
from leeboard.tables.text.lines import SAMPLE_CHARACTERS, Lines


class _Around:
    """A table over another one, which reads the files."""

    def __init__(self, table: Table) -> None:
        self._table = with_records(table)

    @property
    def notes(self) -> Sequence[str]:
        return self._table.notes

    @property
    def size_bytes(self) -> int | None:
        return self._table.size_bytes

    def chunks(self) -> Iterator[Chunk]:
        return self._table.chunks()

    def names(self, chunk: Chunk) -> Sequence[str] | None:
        return self._table.names(chunk)

    def records(self, chunk: Chunk) -> Records:
        return self._table.records(chunk)


class ColumnsOfParts(_Around):
    """A table of columns, less those that are not wanted.

    Args:
        table: one that leaves out nothing.
        options: what is wanted of it.
    """

    def __init__(self, table: Table, options: ReadOptions) -> None:
        super().__init__(table)
        self._columns = PartColumns(options, are_outputs=options.is_batch)

    def block(self, chunk: Chunk) -> Block:
        block = self._table.block(chunk)
        return Block(self._columns.of(block.frame, chunk.uri), block.tally)

    def rows(self, record: Any, chunk: Chunk) -> list[dict[str, Any]]:
        rows = self._table.rows(record, chunk)
        names = self._table.names(chunk)
        chosen = self._columns.chosen(list(names or rows[0]), chunk.uri) if rows else {}
        return [{part: row.get(name) for part, name in chosen.items()} for row in rows]


class JsonParts(_Around):
    """A table of JSON records."""

    def __init__(self, table: Table, options: ReadOptions) -> None:
        super().__init__(table)
        self._options = options
        self._columns = PartColumns(options, are_outputs=options.is_batch)
        self._keys = [locator.text for locator in locators_of(options.parts).values()]  # type: ignore[arg-type]
        self._exact = ModelRows(options)

    def block(self, chunk: Chunk) -> Block:
        frame = self._usual_frame(chunk)
        if frame is not None:
            return Block(frame, Tally.of([*chunk.data.found]))
        found = self._table.records(chunk)
        rows: list[dict[str, Any]] = []
        malformed = [*found.malformed]
        for value, line in zip(found.values, found.lines, strict=True):
            try:
                rows += self._rows(value)
            except UnreadableError as error:
                malformed.append(Malformed(chunk.uri, line, str(error), str(value)[:SAMPLE_CHARACTERS]))
        return Block(frame_of_rows(rows, None), Tally.of(malformed))

    def rows(self, record: Any, chunk: Chunk) -> list[dict[str, Any]]:
        return self._rows(record)

    def _rows(self, value: Any) -> list[dict[str, Any]]:
        return self._exact.of_value(value, is_output=self._options.is_batch)

    def _usual_frame(self, chunk: Chunk) -> pl.DataFrame | None:
        """The frame of lines that are flat objects with a key for each part; None if some are not."""
        if not isinstance(chunk.data, Lines) or self._options.features_path is not None or not self._keys:
            return None
        values = decode_lines(chunk.data.text)
        if not values or not all(type(value) is dict and not is_joined(value) for value in values):
            return None
        if not all(key in value for value in values for key in self._keys):
            return None
        if self._options.is_batch:
            values = [without_marked_keys(value) for value in values]
        columns = transposed(values)
        chosen = self._columns.chosen(list(columns), chunk.uri)
        try:
            return frame_of({part: columns[name] for part, name in chosen.items()})
        except NestedCellError:
            return None


class _Physical:
    """Reads only the columns that are wanted; lists in parts become JSON text."""

    _columns: PartColumns

    def _cells(self, frame: pl.DataFrame | pl.LazyFrame, uri: str) -> Block:
        names = [name for name in frame.collect_schema().names() if name not in self._dropped]
        chosen = self._columns.chosen(names, uri)
        kept = frame.lazy().select(pl.col(name).alias(part) for part, name in chosen.items()).collect()
        return Block(as_cells(pl.DataFrame([_without_lists(column) for column in kept.get_columns()]), uri))

    _dropped: Sequence[str] = ()


class ParquetParts(ParquetTable, _Physical):
    """Parquet files; of outputs of transform jobs, less their marks."""

    def __init__(self, sources: Sequence[Source], options: ReadOptions) -> None:
        super().__init__(sources, options)
        self._columns = PartColumns(options, are_outputs=options.is_batch)
        self._dropped = MARKS if options.is_batch else ()

    def block(self, chunk: Chunk) -> Block:
        scan, start, n = chunk.data
        return self._cells(scan.slice(start, n), chunk.uri)


class FrameParts(FrameTable, _Physical):
    """Frames in memory."""

    def __init__(self, data: Any, options: ReadOptions) -> None:
        super().__init__(data, options)
        self._columns = PartColumns(options)

    def block(self, chunk: Chunk) -> Block:
        return self._cells(chunk.data, chunk.uri)


def _without_lists(column: pl.Series) -> pl.Series:
    if not column.dtype.is_nested():
        return column
    texts = [None if cell is None else msgspec.json.encode(cell).decode() for cell in column.to_list()]
    return pl.Series(column.name, texts, pl.String)


TABLES: dict[str, Callable[[Table, ReadOptions], Table]] = {
    "csv": ColumnsOfParts,
    "json": JsonParts,
    "jsonl": JsonParts,
}
