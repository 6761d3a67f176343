"""CSV files, with or without a header."""

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import chain, islice, repeat
from typing import Any

import polars as pl

from leeboard.tables import MAX_SAMPLES, Block, Chunk, Malformed, Tally
from leeboard.tables.captured.payloads import csv_rows
from leeboard.tables.cells.naming import checked_names, named_by_position, names_by_position
from leeboard.tables.options import MB, ReadOptions
from leeboard.tables.readers import Reader
from leeboard.tables.record_table import Records
from leeboard.tables.sources import Source
from leeboard.tables.text.binary import LOOKED_AT, refuse_binary
from leeboard.tables.text.delimited import BLANKS, OddRow, parse
from leeboard.tables.text.lines import SAMPLE_CHARACTERS, Lines, cut_lines
from leeboard.tables.text.quoting import Quoting, raw_rows
from leeboard.tables.text.streams import TextStream, open_text, read_head

CHUNK_BYTES = 8 * MB
HEAD_BYTES = 1 << 18
"""What is looked at to settle width and header."""
SNIFFED_ROWS = 200
NO_HEADER = ", or read the file as one without header"
_NUMBER = re.compile(r"[+-]? ?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?$")


@dataclass(frozen=True, slots=True)
class CsvRows:
    """Rows without header, and what is needed to parse them."""

    text: bytes | bytearray
    names: tuple[str, ...]
    escapes: bool = False
    found: tuple[Malformed, ...] = ()


class CsvTable:
    """The rows of CSV files; with headers, files are matched by column name.

    Attributes:
        notes: what was assumed, as it was not said.
    """

    def __init__(self, sources: Sequence[Source], options: ReadOptions) -> None:
        self._sources = sources
        self._options = options

    @property
    def size_bytes(self) -> int | None:
        return sum(source.size_bytes for source in self._sources)

    @property
    def notes(self) -> list[str]:
        notes = self._options.notes_without_times
        if self._options.dataset_format is None:
            what = "with a header" if self._has_header else "without header"
            notes.append(f"read as CSV {what}, judging by the first rows")
        return notes

    @cached_property
    def _head(self) -> list[list[str]]:
        """The first rows of the first file."""
        text = read_head(self._sources[0].uri, HEAD_BYTES, self._options.encoding)
        quoting = Quoting()
        end = quoting.rows_end(text)
        if len(text) == HEAD_BYTES and end:
            text = text[:end]
        rows = islice(raw_rows(text, bool(quoting.escapes)), SNIFFED_ROWS)
        return [[cell.decode(errors="replace").strip(BLANKS) for cell in row.cells] for row in rows]

    @cached_property
    def _has_header(self) -> bool:
        if self._options.dataset_format is not None:
            return self._options.dataset_format.header
        return looks_like_header(self._head, self._options.names)

    @cached_property
    def _position_names(self) -> tuple[str, ...]:
        """Names for rows without header; as many as most of the first rows have cells."""
        widths = Counter(len(row) for row in self._head if any(row))
        width = widths.most_common(1)[0][0] if widths else 1
        return tuple(names_by_position(self._options.names, width))

    def chunks(self) -> Iterator[Chunk]:
        for source in self._sources:
            yield from self._chunks_of(source)

    def _chunks_of(self, source: Source) -> Iterator[Chunk]:
        quoting = Quoting()
        names = None if self._has_header else self._position_names
        with open_text(source.uri, self._options.encoding) as stream:
            refuse_binary(stream.peek(LOOKED_AT), source.uri)
            for lines in self._cut(stream, source.uri, quoting):
                first_line, escapes = lines.first_line, bool(quoting.escapes)
                if names is None and lines.text:
                    names, n_bytes = _header(bytes(lines.text), source.uri, escapes)
                    first_line += lines.text.count(b"\n", 0, n_bytes)
                    del lines.text[:n_bytes]
                rows = CsvRows(lines.text, names or (), escapes, lines.found)
                yield Chunk(source.uri, first_line, rows, lines.stored_bytes)

    def _cut(self, stream: TextStream, uri: str, quoting: Quoting) -> Iterator[Lines]:
        limits = self._options.limits(CHUNK_BYTES)

        def rows_end(text: bytearray, is_last: bool) -> int:
            end = quoting.rows_end(text)
            if not end and len(text) > limits["max_line_bytes"]:  # a quote that nobody closes
                end = text.rfind(b"\n") + 1
            return _without_blank_end(text, len(text) if is_last else end)

        return cut_lines(stream, uri, find_end=rows_end, **limits)

    def block(self, chunk: Chunk) -> Block:
        rows: CsvRows = chunk.data
        parsed = parse(rows.text, len(rows.names), escapes=rows.escapes)
        keep = [i for i, name in enumerate(rows.names) if name not in self._options.excluded_names]
        frame = parsed.frame.select(pl.col(str(i)).alias(rows.names[i]) for i in keep)
        return Block(frame, Tally.of([*rows.found, *malformed(chunk, rows.text, parsed.odd)]))

    def names(self, chunk: Chunk) -> Sequence[str] | None:
        names: tuple[str, ...] = chunk.data.names
        return names

    def records(self, chunk: Chunk) -> Records:
        rows: CsvRows = chunk.data
        text = bytes(rows.text)
        values, lines, line = [], [], chunk.first_line
        for row in raw_rows(text, rows.escapes):
            values.append(text[row.start : row.end].decode(errors="replace").rstrip("\r\n"))
            lines.append(line)
            line += text.count(b"\n", row.start, row.end)
        return Records(values, lines, [*rows.found])

    def rows(self, record: Any, chunk: Chunk) -> list[dict[str, Any]]:
        names = chunk.data.names
        return [named_by_position(names, cells[: len(names)]) for cells in csv_rows(record)]


def looks_like_header(rows: Sequence[Sequence[str]], names: Sequence[str] | None) -> bool:
    """Whether the first row holds names, judging by the rows below it.

    It does if it holds the names that are expected, or else if all its cells are different texts
    and below them there is a number, or nothing that repeats a cell of the first row. Empty and
    doubled cells are names too, if bad ones, where a text stands over a column of numbers.
    """
    if not rows:
        return False
    first, below = rows[0], rows[1:]
    if names is not None and 2 * len(set(names) & set(first)) >= len(first):
        return True
    if any(map(_NUMBER.match, first)):
        return False
    if len(set(first)) < len(first) or not all(first):
        return any(_is_over_numbers(i, rows) for i, name in enumerate(first) if name)
    if any(_NUMBER.match(cell) for row in below for cell in row):
        return True
    repeats = any(cell == name for row in below for cell, name in zip(row, first, strict=False))
    return not repeats if below else names is None


def _is_over_numbers(position: int, rows: Sequence[Sequence[str]]) -> bool:
    """Whether all cells of the column are numbers, but for empty ones and the first."""
    below = [row[position] for row in rows[1:] if len(row) > position and row[position]]
    return bool(below) and all(map(_NUMBER.match, below))


def malformed(chunk: Chunk, text: bytes | bytearray, odd: Sequence[OddRow]) -> list[Malformed]:
    """What is shown of odd rows in the text of a chunk; only the first ones with their text."""
    lines = text.split(b"\n", odd[:MAX_SAMPLES][-1].line + 1) if odd else []
    samples = [lines[row.line][:SAMPLE_CHARACTERS].decode(errors="replace") for row in odd[:MAX_SAMPLES]]
    return [
        Malformed(chunk.uri, chunk.first_line + row.line, row.reason, sample)
        for row, sample in zip(odd, chain(samples, repeat("")), strict=False)
    ]


def _without_blank_end(text: bytearray, end: int) -> int:
    """The end of the last line that is not blank, so that blank lines wait for a row behind them."""
    whole = end
    while whole and text[whole - 1] in b" \t\r\n":
        whole -= 1
    return (text.find(b"\n", whole, end) + 1 or end) if whole else 0


def _header(text: bytes, uri: str, escapes: bool) -> tuple[tuple[str, ...], int]:
    """The names in the first row that is not blank, and where it ends."""
    for row in raw_rows(text, escapes):
        names = [cell.decode(errors="replace").strip(BLANKS) for cell in row.cells]
        if any(names):
            return tuple(checked_names(names, uri, NO_HEADER)), row.end
    return (), len(text)


ENTRY = Reader("csv", lambda head: 1, CsvTable)
