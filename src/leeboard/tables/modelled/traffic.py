"""Captured and merged records as rows of label, answer and features."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from typing import Any

import polars as pl

from leeboard.tables import Block, Chunk, Malformed, Tally
from leeboard.tables.captured.envelopes import SLICE_BYTES, EnvelopeReader, Found
from leeboard.tables.captured.payloads import UnreadableError
from leeboard.tables.captured.window import selects
from leeboard.tables.cells.rows import frame_of_rows
from leeboard.tables.modelled.records import LabelledRecord, ModelRows
from leeboard.tables.modelled.usual import Texts, UsualRows
from leeboard.tables.options import MB, ReadOptions
from leeboard.tables.record_table import Records
from leeboard.tables.sources import Source
from leeboard.tables.text.chunks import line_chunks
from leeboard.tables.text.lines import SAMPLE_CHARACTERS, Lines

CHUNK_BYTES = 16 * MB
_Slice = tuple[bytes, int]
"""Whole lines, and the number of the first."""


class TrafficTable:
    """The parts of captured records; of merged ones also the label."""

    notes: Sequence[str] = ()

    def __init__(self, sources: Sequence[Source], options: ReadOptions) -> None:
        self._sources = sources
        self._options = options
        keep = selects(options.window, options.target_model)
        self._envelopes = EnvelopeReader(keep, LabelledRecord)
        self._usual = UsualRows(options, keep)
        self._exact = ModelRows(options)

    @property
    def size_bytes(self) -> int | None:
        return sum(source.size_bytes for source in self._sources)

    def chunks(self) -> Iterator[Chunk]:
        return line_chunks(self._sources, self._options, CHUNK_BYTES)

    def block(self, chunk: Chunk) -> Block:
        lines: Lines = chunk.data
        found: list[Malformed] = [*lines.found]
        frames = [
            frame
            for run, texts in self._runs(lines)
            for frame in self._frames(run, texts, chunk.uri, found)
            if frame.width
        ]
        frame = pl.concat(frames, how="diagonal_relaxed") if frames else pl.DataFrame()
        return Block(frame, Tally.of(sorted(found, key=lambda one: one.line or 0)))

    def names(self, chunk: Chunk) -> Sequence[str] | None:
        return None

    def records(self, chunk: Chunk) -> Records:
        found = self._envelopes.read_objects(chunk.data.text, chunk.uri, chunk.first_line)
        return replace(found, malformed=[*chunk.data.found, *found.malformed])

    def rows(self, record: Any, chunk: Chunk) -> list[dict[str, Any]]:
        return self._exact.of_traffic(self._envelopes.read_one(record))

    def _runs(self, lines: Lines) -> Iterator[tuple[list[_Slice], Texts | None]]:
        """Slices that follow each other and are alike, with their texts; or one that is not as usual."""
        run: list[_Slice] = []
        texts = Texts()
        for part in _slices(lines):
            more = self._usual.texts(part[0])
            if more is not None and texts.takes(more):
                run.append(part)
                continue
            yield run, texts
            if more is None:
                yield [part], None
            run, texts = ([], Texts()) if more is None else ([part], more)
        yield run, texts

    def _frames(
        self, run: Iterable[_Slice], texts: Texts | None, uri: str, malformed: list[Malformed]
    ) -> Iterator[pl.DataFrame]:
        frame = self._usual.frame(texts) if texts else None
        if frame is not None:
            yield frame
            return
        for text, first_line in run:
            yield self._frame(self._envelopes.read(text, uri, first_line), uri, malformed)

    def _frame(self, found: Found, uri: str, malformed: list[Malformed]) -> pl.DataFrame:
        malformed += found.malformed
        rows: list[dict[str, Any]] = []
        for record, line in zip(found.records, found.lines, strict=False):
            try:
                rows += self._exact.of_traffic(record)
            except UnreadableError as error:
                malformed.append(Malformed(uri, line, str(error), _sample(record)))
        return frame_of_rows(rows, None)


def _slices(lines: Lines) -> Iterator[_Slice]:
    """Lines in parts small enough to stay in the processor's cache."""
    text, first_line, start = lines.text, lines.first_line, 0
    while start < len(text):
        end = text.find(b"\n", start + SLICE_BYTES) + 1 or len(text)
        part = bytes(memoryview(text)[start:end])
        yield part, first_line
        first_line += part.count(b"\n")
        start = end


def _sample(record: LabelledRecord) -> str:
    """The texts of the payloads."""
    data = record.captureData
    payloads = (data.endpointOutput or data.batchTransformOutput, data.endpointInput, record.groundTruthData)
    return " | ".join(str(payload.data) for payload in payloads if payload is not None)[:SAMPLE_CHARACTERS]
