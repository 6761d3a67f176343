"""Capture files: one request and its answer a line."""

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import replace
from functools import cached_property
from typing import Any

from leeboard.tables import Block, Chunk, Tally
from leeboard.tables.captured.envelopes import EnvelopeReader
from leeboard.tables.captured.joined import CaptureCsv
from leeboard.tables.captured.one_by_one import CaptureRows
from leeboard.tables.captured.payloads import UnreadableError
from leeboard.tables.captured.window import selects
from leeboard.tables.options import MB, ReadOptions
from leeboard.tables.readers import Reader
from leeboard.tables.record_table import Records
from leeboard.tables.sources import Source
from leeboard.tables.text.chunks import line_chunks
from leeboard.tables.text.lines import Lines
from leeboard.tables.text.streams import read_head

CHUNK_BYTES = 16 * MB
HEAD_BYTES = 1 << 18
"""What is looked at to settle how many cells a row has."""
_MARK = re.compile(rb'"captureData"\s*:\s*\{')


class CaptureTable:
    """The rows of capture files: output cells, then input cells, unless the options say otherwise."""

    notes: Sequence[str] = ()

    def __init__(self, sources: Sequence[Source], options: ReadOptions) -> None:
        self._sources = sources
        self._options = options
        self._envelopes = EnvelopeReader(selects(options.window, options.target_model))
        self._fast = CaptureCsv(options)
        self._exact = CaptureRows(options)

    @property
    def size_bytes(self) -> int | None:
        return sum(source.size_bytes for source in self._sources)

    def chunks(self) -> Iterator[Chunk]:
        return line_chunks(self._sources, self._options, CHUNK_BYTES)

    def block(self, chunk: Chunk) -> Block:
        lines: Lines = chunk.data
        place = (lines.text, chunk.uri, chunk.first_line)
        usual = self._fast.frame(self._envelopes.read_by_slice(*place), chunk.uri, self._width)
        frame, found = usual or self._exact.frame(self._envelopes.read(*place), chunk.uri, self._width)
        return Block(frame, Tally.of(sorted([*lines.found, *found], key=lambda one: one.line or 0)))

    def names(self, chunk: Chunk) -> Sequence[str] | None:
        return self._options.names

    def records(self, chunk: Chunk) -> Records:
        found = self._envelopes.read_objects(chunk.data.text, chunk.uri, chunk.first_line)
        return replace(found, malformed=[*chunk.data.found, *found.malformed])

    def rows(self, record: Any, chunk: Chunk) -> list[dict[str, Any]]:
        return self._exact.rows_and_widths(self._envelopes.read_one(record))[0]

    @cached_property
    def _width(self) -> int:
        """How many cells most of the first rows have; 0 if their cells come by name."""
        text = read_head(self._sources[0].uri, HEAD_BYTES, self._options.encoding)
        if len(text) == HEAD_BYTES:
            text = text[: text.rfind(b"\n") + 1]
        records = EnvelopeReader().read(text, "", 1).records
        widths = Counter(n for record in records for n in self._widths(record) if n is not None)
        return widths.most_common(1)[0][0] if widths else 0

    def _widths(self, record: Any) -> list[int | None]:
        try:
            return self._exact.rows_and_widths(record)[1]
        except UnreadableError:
            return []


ENTRY = Reader("capture", lambda head: 5 if _MARK.search(head) else 0, CaptureTable)
