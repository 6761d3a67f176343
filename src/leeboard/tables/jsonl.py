"""JSON Lines files: one record a line."""

import re
from collections.abc import Iterator, Sequence
from typing import Any

import polars as pl

from leeboard.errors import FormatError
from leeboard.tables import Block, Chunk, Malformed, Tally
from leeboard.tables.cells.columns import NestedCellError, frame_of, transposed
from leeboard.tables.cells.members import NestedError, rows_in
from leeboard.tables.cells.paths import compiled
from leeboard.tables.cells.rows import frame_of_rows, named_rows
from leeboard.tables.options import MB, ReadOptions, Row
from leeboard.tables.readers import Reader
from leeboard.tables.record_table import Records
from leeboard.tables.sources import Source
from leeboard.tables.text.chunks import line_chunks
from leeboard.tables.text.jsontext import decode, decode_lines, full_lines, not_json
from leeboard.tables.text.lines import SAMPLE_CHARACTERS, Lines

CHUNK_BYTES = 8 * MB
_OBJECT_LINE = re.compile(rb"\s*[{\[][^\n]*[}\]]\s*(?:\n|\Z)")


class JsonLinesTable:
    """The rows of JSON Lines files, matched by key."""

    def __init__(self, sources: Sequence[Source], options: ReadOptions) -> None:
        self._sources = sources
        self._options = options
        self._cells_of = compiled(options.features_path, "features_path")

    @property
    def notes(self) -> Sequence[str]:
        return self._options.notes_without_times

    @property
    def size_bytes(self) -> int | None:
        return sum(source.size_bytes for source in self._sources)

    def chunks(self) -> Iterator[Chunk]:
        return line_chunks(self._sources, self._options, CHUNK_BYTES)

    def block(self, chunk: Chunk) -> Block:
        lines: Lines = chunk.data
        values = decode_lines(lines.text) if self._options.features_path is None else None
        if values and all(type(value) is dict for value in values):
            try:
                return Block(without(frame_of(transposed(values)), self._options), Tally.of([*lines.found]))
            except NestedCellError:
                pass
        found = self.records(chunk)
        rows = [
            row
            for value, line in zip(found.values, found.lines, strict=True)
            for row in flat_rows(self._cells_of(value), chunk.uri, f"line {line}")
        ]
        frame = frame_of_rows(rows, self._options.names)
        return Block(without(frame, self._options), Tally.of(found.malformed))

    def names(self, chunk: Chunk) -> Sequence[str] | None:
        return self._options.names

    def records(self, chunk: Chunk) -> Records:
        found = Records([], [], [*chunk.data.found])
        for number, line in full_lines(chunk.data.text):
            at = chunk.first_line + number
            try:
                found.values.append(decode(line))
                found.lines.append(at)
            except ValueError as error:
                sample = line[:SAMPLE_CHARACTERS].decode(errors="replace")
                found.malformed.append(Malformed(chunk.uri, at, not_json(error), sample))
        return found

    def rows(self, record: Any, chunk: Chunk) -> list[dict[str, Any]]:
        return named_rows(flat_rows(self._cells_of(record), chunk.uri, "a record"), self._options.names)


def flat_rows(value: Any, uri: str, place: str) -> list[Row]:
    """The rows of a value in a data set.

    Raises:
        FormatError: a cell is a list or an object.
    """
    try:
        return rows_in(value)
    except NestedError as error:
        raise FormatError(
            f"{uri}, {place}: {error}; cells must be numbers, texts, true, false or null: "
            "flatten it in a preprocessing script, or choose the cells with a JMESPath in features_path",
            uri,
        ) from error


def without(frame: pl.DataFrame, options: ReadOptions) -> pl.DataFrame:
    """The frame less the columns that are excluded by name."""
    return frame.drop(options.excluded_names, strict=False) if options.excluded_names else frame


ENTRY = Reader("jsonl", lambda head: 3 if _OBJECT_LINE.match(head) else 0, JsonLinesTable)
