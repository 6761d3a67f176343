"""The marks that a transform job leaves in a record: its inference id and time, and what it joined."""

import re
from collections.abc import Sequence
from typing import Any

from leeboard.formats.manifest import INFERENCE_ID, INFERENCE_TIME, JOINED_INPUT, JOINED_OUTPUT

MARKS = (INFERENCE_ID, INFERENCE_TIME)
_UUID = r"[0-9A-Fa-f]{8}-[0-9A-Fa-f]{4}-[0-9A-Fa-f]{4}-[0-9A-Fa-f]{4}-[0-9A-Fa-f]{12}"
_TIME = r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?Z"
_ID_CELL, _TIME_CELL = re.compile(_UUID), re.compile(_TIME)
_LINE_END = re.compile(rf',[ \t]*"?{_UUID}"?[ \t]*,[ \t]*"?{_TIME}"?[ \t]*(?=\r?$)'.encode(), re.MULTILINE)


def without_marked_cells(text: bytes | bytearray) -> bytes:
    """CSV rows less an inference id and a time at their ends; rows without these stay as they are.

    >>> without_marked_cells(b"0.5,1f1d57b1-2e6f-488c-8c30-db4e6d757861,2022-08-30T00:49:15Z")
    b'0.5'
    """
    return _LINE_END.sub(b"", text) if b"Z" in text else bytes(text)


def without_marks(cells: Sequence[str]) -> list[str]:
    """The same for a row that is taken apart."""
    is_marked = (
        len(cells) > 2 and _ID_CELL.fullmatch(cells[-2].strip()) and _TIME_CELL.fullmatch(cells[-1].strip())
    )
    return list(cells[:-2] if is_marked else cells)


def without_marked_keys(record: Any) -> Any:
    """A JSON record less the keys of inference id and time."""
    if not isinstance(record, dict) or INFERENCE_ID not in record:
        return record
    return {key: value for key, value in record.items() if key not in MARKS}


def is_joined(record: dict[str, Any]) -> bool:
    """Whether the job put an answer beside the record."""
    return JOINED_OUTPUT in record


def parts_of(record: Any) -> tuple[Any, Any] | None:
    """Output and input of a JSON record that was joined; None for any other.

    >>> parts_of({"id": 7, "SageMakerOutput": {"score": 0.5}})
    ({'score': 0.5}, {'id': 7})
    """
    if not isinstance(record, dict) or not is_joined(record):
        return None
    rest = {key: value for key, value in record.items() if key != JOINED_OUTPUT}
    return record[JOINED_OUTPUT], rest[JOINED_INPUT] if rest.keys() == {JOINED_INPUT} else rest
