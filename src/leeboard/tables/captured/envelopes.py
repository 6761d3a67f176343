"""Lines of capture files to records that hold just what reading their rows needs."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import msgspec

from leeboard.tables import Malformed
from leeboard.tables.record_table import Records
from leeboard.tables.text.jsontext import REFUSED, decode, full_lines, not_json
from leeboard.tables.text.lines import SAMPLE_CHARACTERS

SLICE_BYTES = 1 << 19

# Fields are spelled as in the file.


class Payload(msgspec.Struct, gc=False):
    """What was sent one way: its text, or base64 of its bytes."""

    data: str | None = None
    encoding: str | None = None
    observedContentType: str | None = None  # noqa: N815


class Payloads(msgspec.Struct, gc=False):
    """The two ways of one request; batch traffic has its output alone."""

    endpointInput: Payload | None = None  # noqa: N815
    endpointOutput: Payload | None = None  # noqa: N815
    batchTransformOutput: Payload | None = None  # noqa: N815


class Metadata(msgspec.Struct, gc=False):
    """When it was."""

    inferenceTime: str | None = None  # noqa: N815


class Record(msgspec.Struct, gc=False):
    """One request."""

    captureData: Payloads  # noqa: N815


class SelectedRecord(msgspec.Struct, gc=False):
    """One request, with what records are selected by."""

    captureData: Payloads  # noqa: N815
    eventMetadata: Metadata = msgspec.field(default_factory=Metadata)  # noqa: N815
    targetModel: str | None = None  # noqa: N815


@dataclass(frozen=True, slots=True)
class Found:
    """The records of some lines, the lines they stood in, and the lines that hold none."""

    records: list[Any]
    lines: "range | list[int]"
    malformed: list[Malformed]


class EnvelopeReader:
    """Decodes lines of capture files.

    Args:
        keep: what a record must be like; None to keep all.
        kind: the class of the records, if they are to hold more than selecting them needs.
    """

    def __init__(
        self, keep: Callable[[Any], bool] | None = None, kind: type[msgspec.Struct] | None = None
    ) -> None:
        self._keep = keep
        self._kind: Any = kind or (Record if keep is None else SelectedRecord)
        self._decoder = msgspec.json.Decoder(self._kind)

    def read_by_slice(self, text: bytearray, uri: str, first_line: int) -> Iterator[Found]:
        """The records that are kept, in parts small enough to stay in the processor's cache."""
        start = 0
        while start < len(text):
            end = text.find(b"\n", start + SLICE_BYTES) + 1 or len(text)
            part = bytes(memoryview(text)[start:end])
            yield self.read(part, uri, first_line)
            first_line += part.count(b"\n")
            start = end

    def read(self, text: bytes | bytearray, uri: str, first_line: int) -> Found:
        """The records that are kept, in order."""
        found = self._read_fast(text, first_line) or self._read_exact(text, uri, first_line)
        if self._keep is None:
            return found
        kept = [self._keep(record) for record in found.records]
        if all(kept):
            return found
        records = [record for record, is_kept in zip(found.records, kept, strict=True) if is_kept]
        lines = [line for line, is_kept in zip(found.lines, kept, strict=True) if is_kept]
        return Found(records, lines, found.malformed)

    def read_one(self, record: Any) -> Any:
        """A record that is a Python object already.

        Raises:
            ValueError: it is no capture record; says why.
        """
        if not isinstance(record, dict) or not isinstance(record.get("captureData"), dict):
            raise ValueError("no captureData in it")
        try:
            return msgspec.convert(_as_text(record), self._kind)
        except msgspec.ValidationError as error:
            raise ValueError(f"not a capture record: {error}") from error

    def read_objects(self, text: bytes | bytearray, uri: str, first_line: int) -> Records:
        """The records that are kept as Python objects, with all that is in them."""
        values, lines, malformed = [], [], []
        for number, line in full_lines(text):
            try:
                value = self._object(line)
                is_kept = self._keep is None or self._keep(self.read_one(value))
            except ValueError as error:
                malformed.append(_malformed(uri, first_line + number, error, line))
            else:
                values += [value] * is_kept
                lines += [first_line + number] * is_kept
        return Records(values, lines, malformed)

    def _read_fast(self, text: bytes | bytearray, first_line: int) -> Found | None:
        try:
            records = self._decoder.decode_lines(text)
        except REFUSED:
            return None
        if len(records) != text.count(b"\n") + (not text.endswith(b"\n")):
            return None
        return Found(records, range(first_line, first_line + len(records)), [])

    def _read_exact(self, text: bytes | bytearray, uri: str, first_line: int) -> Found:
        found = Found([], [], [])
        for number, line in full_lines(text):
            try:
                record = self._read_line(line)
            except ValueError as error:
                found.malformed.append(_malformed(uri, first_line + number, error, line))
            else:
                found.records.append(record)
                found.lines.append(first_line + number)  # type: ignore[union-attr]
        return found

    def _read_line(self, line: bytes) -> Any:
        try:
            return self._decoder.decode(line)
        except REFUSED:
            pass
        return self.read_one(self._object(line))

    def _object(self, line: bytes) -> Any:
        try:
            return decode(line)
        except ValueError as error:
            raise ValueError(not_json(error)) from error


def _malformed(uri: str, line: int, reason: Exception, text: bytes) -> Malformed:
    return Malformed(uri, line, str(reason), text[:SAMPLE_CHARACTERS].decode(errors="replace"))


def _as_text(record: dict[str, Any]) -> dict[str, Any]:
    """The record with payloads that some writers leave as objects turned into their JSON text."""
    payloads = {name: _payload_as_text(payload) for name, payload in record["captureData"].items()}
    label = record.get("groundTruthData")
    metadata = record.get("eventMetadata")
    time = metadata.get("inferenceTime") if isinstance(metadata, dict) else None
    return record | {
        "captureData": payloads,
        "groundTruthData": _payload_as_text(label),
        "eventMetadata": {"inferenceTime": time if isinstance(time, str) else None},
    }


def _payload_as_text(payload: Any) -> Any:
    if not isinstance(payload, dict) or isinstance(payload.get("data"), str | None):
        return payload
    return payload | {"data": msgspec.json.encode(payload["data"]).decode()}
