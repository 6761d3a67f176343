"""JSON files: one document a file, an array of records or one record."""

from collections.abc import Iterator, Sequence
from typing import Any

import msgspec

from leeboard.errors import FormatError
from leeboard.tables import Block, Chunk, Tally
from leeboard.tables.cells.paths import compiled
from leeboard.tables.cells.rows import frame_of_rows, named_rows
from leeboard.tables.jsonl import flat_rows, without
from leeboard.tables.options import ReadOptions
from leeboard.tables.readers import Reader
from leeboard.tables.record_table import Records
from leeboard.tables.sources import Source
from leeboard.tables.text.jsontext import REFUSED, decode
from leeboard.tables.text.streams import open_text

CHUNK_RECORDS = 50_000
_ARRAY = msgspec.json.Decoder(list[msgspec.Raw])


class JsonTable:
    """The rows of JSON documents, matched by key; each document is in memory while it is read."""

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
        for source in self._sources:
            with open_text(source.uri, self._options.encoding) as stream:
                records = _records(stream.readall(), source.uri)
            for start in range(0, len(records), CHUNK_RECORDS):
                part = records[start : start + CHUNK_RECORDS]
                yield Chunk(source.uri, 1, (start, part), source.size_bytes * len(part) // len(records))

    def block(self, chunk: Chunk) -> Block:
        found = self.records(chunk)
        rows = [
            row
            for value, number in zip(found.values, found.lines, strict=True)
            for row in flat_rows(self._cells_of(value), chunk.uri, f"record {number}")
        ]
        return Block(without(frame_of_rows(rows, self._options.names), self._options), Tally())

    def names(self, chunk: Chunk) -> Sequence[str] | None:
        return self._options.names

    def records(self, chunk: Chunk) -> Records:
        start, records = chunk.data
        values = [decode(one) if isinstance(one, msgspec.Raw) else one for one in records]
        return Records(values, list(range(start + 1, start + len(records) + 1)), [])

    def rows(self, record: Any, chunk: Chunk) -> list[dict[str, Any]]:
        return named_rows(flat_rows(self._cells_of(record), chunk.uri, "a record"), self._options.names)


def _records(text: bytes, uri: str) -> list[Any]:
    """The elements of an array, not decoded yet where they need not be; anything else is one record."""
    try:
        return _ARRAY.decode(text)
    except REFUSED:
        pass
    try:
        value = decode(text)
    except ValueError as error:
        hint = "if it holds a record a line, its format is JSON Lines"
        raise FormatError(f"{uri} is not one JSON document: {error}; {hint}", uri) from error
    return value if isinstance(value, list) else [value]


def _certainty(head: bytes) -> int:
    return 2 if head.lstrip()[:1] in (b"{", b"[") else 0


ENTRY = Reader("json", _certainty, JsonTable)
