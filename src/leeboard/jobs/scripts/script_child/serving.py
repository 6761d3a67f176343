"""Requests from the parent, one answer each."""

import json
import sys
from collections.abc import Callable
from contextlib import suppress
from typing import Any, BinaryIO

from .captured import CapturedData, is_capture
from .failing import described
from .rows import UnusableError, rows_of

_RESERVE = bytearray(8 << 20)  # given back when memory is short, so that the failure can be told


def read_frame(stream: BinaryIO) -> bytes | None:
    """The next request; None when the parent has gone."""
    head = stream.read(8)
    return stream.read(int.from_bytes(head, "big")) if len(head) == 8 else None


def write_frame(stream: BinaryIO, body: bytes) -> None:
    """Sends an answer after everything that was printed before it."""
    for printed in (sys.stdout, sys.stderr):
        with suppress(AttributeError, ValueError, OSError):  # the script put None there, or closed it
            printed.flush()
    stream.write(len(body).to_bytes(8, "big") + body)
    stream.flush()


def answered(act: Callable[[Any], Any], argument: Any, file: str) -> bytes:
    """What the act gives, or how it failed: a script may raise anything, even to exit."""
    try:
        return _encoded({"ok": act(argument)})
    except BaseException as error:
        if isinstance(error, MemoryError):
            _RESERVE.clear()
        return _encoded({"failed": described(error, file)})


def _encoded(answer: dict[str, Any]) -> bytes:
    return json.dumps(answer, ensure_ascii=False).encode("utf-8", "replace")


def run_batch(body: bytes, handle: Callable[[Any], Any], progress: memoryview) -> list[Any]:
    """For each record its rows; None for unchanged; the record in a dict if it was changed.

    Args:
        body: one JSON text a line, one a record.
        handle: the handler as a function of the record.
        progress: eight bytes that the parent can see: the number of the record in work.
    """
    answers = []
    for number, line in enumerate(body.decode("utf-8", "surrogatepass").split("\n")):
        progress[:] = number.to_bytes(8, "big")
        answers.append(_run_one(line, handle))
    return answers


def _run_one(line: str, handle: Callable[[Any], Any]) -> Any:
    raw = json.loads(line)
    record = CapturedData(raw) if is_capture(raw) else raw
    returned = handle(record)
    if returned is not record:
        return rows_of(returned)
    return None if raw == json.loads(line) else {"changed": _checked(raw)}


def _checked(record: dict[str, Any]) -> dict[str, Any]:
    try:
        json.dumps(record)
    except (TypeError, ValueError) as error:
        raise UnusableError(f"the handler changed the record to what is no JSON: {error}") from error
    for side in (record.get("captureData") or {}) if is_capture(record) else ():
        data = record["captureData"][side].get("data")
        if not isinstance(data, str):
            raise UnusableError(
                f"the handler set the data of {side} to {type(data).__name__}; it has to be text"
            )
    return record
