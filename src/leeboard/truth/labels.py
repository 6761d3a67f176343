"""Ground-truth files to labels: what each is, and the keys of their ids."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Literal

import msgspec
import polars as pl

from leeboard.storage.layout import hour_in
from leeboard.tables import Chunk, Malformed, Tally
from leeboard.tables.modelled.usual import are_without, count_lines
from leeboard.tables.options import MB
from leeboard.tables.sources import Source
from leeboard.tables.text.jsontext import REFUSED, decode, full_lines, not_json
from leeboard.tables.text.lines import SAMPLE_CHARACTERS, Lines, cut_lines
from leeboard.tables.text.streams import open_text
from leeboard.truth.keys import Keys, keys_of

CHUNK_BYTES = 4 * MB
MAX_LINE_BYTES = 32 * MB
_HEAD_BYTES = 4096
_ARRAY = msgspec.json.Decoder(list[msgspec.Raw])
_TO_BE_ESCAPED = r'["\\\x00-\x1f]'
_SPECIAL = '"\\{' + "".join(map(chr, range(32)))

# Fields are spelled as in the file.


class _PlainTruth(msgspec.Struct, gc=False):
    data: str
    encoding: Literal["CSV"]


class _Id(msgspec.Struct, gc=False):
    eventId: str  # noqa: N815


class _PlainLabel(msgspec.Struct, gc=False):
    groundTruthData: _PlainTruth  # noqa: N815
    eventMetadata: _Id  # noqa: N815


_PLAIN = msgspec.json.Decoder(_PlainLabel)
_NOTHING = Tally()


@dataclass(frozen=True, slots=True)
class Labels:
    """Labels in the order of their lines.

    Attributes:
        ids: what they are for.
        texts: a value of CSV that needs no escaping in JSON, or all of `groundTruthData` as JSON.
        lines: where they stand.
    """

    uri: str
    ids: pl.Series
    texts: pl.Series
    lines: Sequence[int]
    tally: Tally = _NOTHING

    @property
    def keys(self) -> Keys:
        return keys_of(self.ids)


def in_reading_order(sources: Sequence[Source]) -> list[Source]:
    """By hour folder, and by name in it; of several labels for an id the last one read counts."""
    hours = {source.uri: hour_in(source.uri) for source in sources}
    return sorted(sources, key=lambda source: (str(hours[source.uri] or ""), source.uri))


def label_chunks(sources: Sequence[Source]) -> Iterator[Chunk]:
    """The files in pieces; one that holds a single JSON array becomes lines of its records."""
    for source in sources:
        with open_text(source.uri) as stream:
            if stream.peek(_HEAD_BYTES).lstrip()[:1] == b"[":
                yield Chunk(source.uri, 1, _unrolled(stream.readall()), source.size_bytes)
                continue
            for lines in cut_lines(stream, source.uri, size_bytes=CHUNK_BYTES, max_line_bytes=MAX_LINE_BYTES):
                yield Chunk(source.uri, lines.first_line, lines, lines.stored_bytes)


def _unrolled(text: bytes) -> Lines:
    """The records of an array, one a line; text that is none stays as it is and is found malformed."""
    try:
        records = _ARRAY.decode(text)
    except REFUSED:
        return Lines(1, bytearray(text))
    return Lines(1, bytearray(b"\n".join(bytes(record).replace(b"\n", b" ") for record in records)))


def read_labels(chunk: Chunk) -> Labels:
    """The labels of a piece, and what is none."""
    lines: Lines = chunk.data
    return _usual(chunk, lines) or _exact(chunk, lines)


def _usual(chunk: Chunk, lines: Lines) -> Labels | None:
    """Where all lines are plain values of CSV; None if they are not."""
    try:
        records = _PLAIN.decode_lines(lines.text)
    except REFUSED:
        return None
    if len(records) != count_lines(lines.text):
        return None
    texts = pl.Series([record.groundTruthData.data for record in records], dtype=pl.String)
    is_plain = are_without(texts, _SPECIAL)
    if not is_plain and (texts.str.contains(_TO_BE_ESCAPED).any() or texts.str.starts_with("{").any()):
        return None
    ids = pl.Series([record.eventMetadata.eventId for record in records], dtype=pl.String)
    where = range(chunk.first_line, chunk.first_line + len(records))
    return Labels(chunk.uri, ids, texts, where, Tally.of([*lines.found]))


def _exact(chunk: Chunk, lines: Lines) -> Labels:
    ids, texts, numbers, malformed = [], [], [], [*lines.found]
    for number, line in full_lines(lines.text):
        at = chunk.first_line + number
        try:
            event_id, text = _label_in(line)
        except ValueError as error:
            sample = line[:SAMPLE_CHARACTERS].decode(errors="replace")
            malformed.append(Malformed(chunk.uri, at, str(error), sample))
            continue
        ids.append(event_id)
        texts.append(text)
        numbers.append(at)
    return Labels(
        chunk.uri,
        pl.Series(ids, dtype=pl.String),
        pl.Series(texts, dtype=pl.String),
        numbers,
        Tally.of(malformed),
    )


def _label_in(line: bytes) -> tuple[str, str]:
    """The id, and the whole of `groundTruthData` as JSON.

    Raises:
        ValueError: it is no label; says why.
    """
    try:
        record = decode(line)
    except ValueError as error:
        raise ValueError(not_json(error)) from error
    truth = record.get("groundTruthData") if isinstance(record, dict) else None
    if not isinstance(truth, dict) or truth.get("data") is None:
        raise ValueError("no groundTruthData with data in it")
    metadata: Any = record.get("eventMetadata")
    event_id = metadata.get("eventId") if isinstance(metadata, dict) else None
    if not isinstance(event_id, str) or not event_id:
        raise ValueError("no eventId in eventMetadata")
    data = truth["data"]
    text = data if isinstance(data, str) else msgspec.json.encode(data).decode()
    encoding = truth.get("encoding") or ("CSV" if isinstance(data, str) else "JSON")
    return event_id, msgspec.json.encode({"data": text, "encoding": encoding}).decode()
