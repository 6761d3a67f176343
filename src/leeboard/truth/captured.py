"""Captured records with the ids that labels know them by."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import msgspec
import polars as pl

from leeboard.tables import Chunk, Malformed
from leeboard.tables.captured.window import in_window
from leeboard.tables.options import MB, ReadOptions
from leeboard.tables.sources import Source
from leeboard.tables.text.chunks import line_chunks
from leeboard.tables.text.jsontext import REFUSED, decode, full_lines, not_json
from leeboard.tables.text.lines import SAMPLE_CHARACTERS, Lines

CHUNK_BYTES = 4 * MB
Window = tuple[datetime, datetime]

# Fields are spelled as in the file.


class _Data(msgspec.Struct, gc=False):
    pass


class _Ids(msgspec.Struct, gc=False):
    eventId: str | None = None  # noqa: N815
    inferenceId: str | None = None  # noqa: N815


class _IdsAndTime(_Ids, gc=False):
    inferenceTime: str | None = None  # noqa: N815


class _Captured(msgspec.Struct, gc=False):
    captureData: _Data  # noqa: N815
    eventMetadata: _Ids  # noqa: N815
    groundTruthData: msgspec.Raw | None = None  # noqa: N815


class _Timed(_Captured, gc=False):
    eventMetadata: _IdsAndTime  # noqa: N815


@dataclass(frozen=True, slots=True)
class Captured:
    """Records of a piece of a file.

    Attributes:
        records: each a JSON object, as it was written but for what the label takes the place of.
        ids: what a label of each is for.
        lines: where they stand.
    """

    uri: str
    records: pl.Series
    ids: pl.Series
    lines: Sequence[int]
    malformed: tuple[Malformed, ...] = ()


class CaptureReader:
    """Reads captured records.

    Args:
        window: only records of this time; None for all.
    """

    def __init__(self, sources: Sequence[Source], window: Window | None = None) -> None:
        self._sources = sources
        self._is_inside = in_window(window) if window else None
        self._decoder: Any = msgspec.json.Decoder(_Timed if window else _Captured)

    def chunks(self) -> Iterator[Chunk]:
        return line_chunks(self._sources, ReadOptions(), CHUNK_BYTES)

    def read(self, chunk: Chunk) -> Captured:
        """The records of a piece, and what is none."""
        lines: Lines = chunk.data
        return self._usual(chunk, lines) or self._exact(chunk, lines)

    def _usual(self, chunk: Chunk, lines: Lines) -> Captured | None:
        """Where each line is a record with an id and without a label; None if one is not."""
        if b"\r" in lines.text:
            return None
        try:
            found = self._decoder.decode_lines(lines.text)
            records = _lines_of(bytes(lines.text))
        except (*REFUSED, pl.exceptions.PolarsError):
            return None
        metadata = [record.eventMetadata for record in found]
        ids = [one.inferenceId or one.eventId for one in metadata]
        if len(found) != len(records) or any([record.groundTruthData is not None for record in found]):
            return None
        if None in ids or "" in ids or not records.str.starts_with("{").all():
            return None
        where = range(chunk.first_line, chunk.first_line + len(found))
        series = pl.Series(ids, dtype=pl.String)
        if self._is_inside and not all(map(self._is_inside, {one.inferenceTime for one in metadata})):
            kept = pl.Series([self._is_inside(one.inferenceTime) for one in metadata], dtype=pl.Boolean)
            there = (kept.arg_true() + chunk.first_line).to_list()
            return Captured(chunk.uri, records.filter(kept), series.filter(kept), there, lines.found)
        return Captured(chunk.uri, records, series, where, lines.found)

    def _exact(self, chunk: Chunk, lines: Lines) -> Captured:
        records, ids, numbers, malformed = [], [], [], [*lines.found]
        for number, line in full_lines(lines.text):
            at = chunk.first_line + number
            try:
                found = self._record_in(line)
            except ValueError as error:
                sample = line[:SAMPLE_CHARACTERS].decode(errors="replace")
                malformed.append(Malformed(chunk.uri, at, str(error), sample))
                continue
            if found is not None:
                records.append(found[0])
                ids.append(found[1])
                numbers.append(at)
        return Captured(
            chunk.uri,
            pl.Series(records, dtype=pl.String),
            pl.Series(ids, dtype=pl.String),
            numbers,
            tuple(malformed),
        )

    def _record_in(self, line: bytes) -> tuple[str, str] | None:
        """The record and its id; None if it is of another time.

        Raises:
            ValueError: it is no record; says why.
        """
        try:
            value = decode(line)
        except ValueError as error:
            raise ValueError(not_json(error)) from error
        if not isinstance(value, dict) or not isinstance(value.get("captureData"), dict):
            raise ValueError("no captureData in it")
        metadata = value.get("eventMetadata")
        metadata = metadata if isinstance(metadata, dict) else {}
        record_id = metadata.get("inferenceId") or metadata.get("eventId")
        if not isinstance(record_id, str):
            raise ValueError("neither an eventId nor an inferenceId in eventMetadata")
        time = metadata.get("inferenceTime")
        if self._is_inside and not self._is_inside(time if isinstance(time, str) else None):
            return None
        text = line.decode().strip()
        if "groundTruthData" in value:
            text = msgspec.json.encode({k: v for k, v in value.items() if k != "groundTruthData"}).decode()
        return text, record_id


def _lines_of(text: bytes) -> pl.Series:
    """Each line as it is, as polars cuts them fast; raises PolarsError where it would not."""
    return pl.read_csv(
        text, has_header=False, separator="\x01", quote_char=None, schema={"line": pl.String}
    ).to_series()
