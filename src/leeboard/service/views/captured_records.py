"""The first records of a captured file, as cells for people to look at."""

import json
from dataclasses import dataclass

from leeboard.formats.capture import CaptureData, CaptureRecord, EventData
from leeboard.storage import read_range

HEAD_BYTES = 256 << 10
N_RECORDS = 5
MOST_CELLS = 40
MOST_SHOWN = 200
"""Characters of an answer, and of a request that has no cells."""
MOST_OF_CELL = 60

Cells = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Records:
    """A few requests with their answers.

    Attributes:
        columns: what the cells of a record are called, "" for those without a name.
        content_type: of the requests.
    """

    columns: Cells
    records: tuple[Cells, ...]
    answers: Cells
    content_type: str


def records_in(uri: str) -> Records:
    """Of the first lines of a file those that are records.

    Raises:
        InputError: the file is not there, or the store does not answer.
    """
    lines = read_range(uri, 0, HEAD_BYTES).splitlines()[:N_RECORDS]
    found = [data for data in map(_data, lines) if data is not None]
    asked = [data.endpointInput for data in found]
    told = [_cells(one) for one in asked]
    records = tuple(cells for _, cells in told)
    width = max(map(len, records), default=0)
    return Records(
        columns=next((names for names, _ in told if names), ("",) * width),
        records=records,
        answers=tuple(_start(data.endpointOutput) for data in found),
        content_type=next((one.observedContentType for one in asked if one and one.observedContentType), ""),
    )


def _start(payload: EventData | None) -> str:
    return payload.data[:MOST_SHOWN].strip() if payload else ""


def _data(line: bytes) -> CaptureData | None:
    """None for what is no record, as the last line where the file is cut."""
    try:
        return CaptureRecord.model_validate_json(line).captureData
    except ValueError:
        return None


def _cells(payload: EventData | None) -> tuple[Cells, Cells]:
    """Names and cells of the first record of a payload."""
    if payload is None:
        return (), ("",)
    text = payload.data
    if payload.encoding == "CSV":
        return (), tuple(text.splitlines()[0].split(",")[:MOST_CELLS]) if text.strip() else ()
    named = _members(text) if payload.encoding == "JSON" else None
    return named or ((), (text[:MOST_SHOWN],))


def _members(text: str) -> tuple[Cells, Cells] | None:
    """Of a JSON object; None for other JSON, for what is none, and for what is nested too deeply."""
    try:
        value = json.loads(text)
        if not isinstance(value, dict):
            return None
        pairs = list(value.items())[:MOST_CELLS]
        return tuple(name for name, _ in pairs), tuple(json.dumps(each)[:MOST_OF_CELL] for _, each in pairs)
    except (ValueError, RecursionError):
        return None
