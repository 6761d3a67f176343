"""Payloads of capture records to rows."""

import base64
import binascii
from collections.abc import Callable, Sequence
from typing import Any

from leeboard.tables.captured.envelopes import Payload
from leeboard.tables.cells.members import NestedError, rows_in
from leeboard.tables.options import Row
from leeboard.tables.text.delimited import BLANKS
from leeboard.tables.text.jsontext import decode
from leeboard.tables.text.quoting import escapes_in, raw_rows

CSV_TYPES = frozenset({"text/csv", "application/csv", "text/plain"})
JSON_TYPES = frozenset(
    {
        "application/json",
        "application/jsonlines",
        "application/x-jsonlines",
        "application/x-ndjson",
        "application/jsonl",
        "text/json",
    }
)

Choose = Callable[[Any], Any]


class UnreadableError(ValueError):
    """A payload that holds no rows that could be read; says why."""


def rows_of(payload: Payload, choose: Choose, option: str) -> list[Row]:
    """The rows of a payload.

    Args:
        payload: in any encoding.
        choose: what to take of a JSON value.
        option: what the user calls that choice.

    Raises:
        UnreadableError: it holds no rows that could be read.
    """
    encoding, text = plain_text(payload)
    if encoding == "CSV":
        return list(csv_rows(text))
    if encoding != "JSON":
        raise UnreadableError(f"encoding {encoding!r} is not known; known: CSV, JSON, BASE64")
    try:
        return [row for value in json_values(text) for row in rows_in(_chosen(value, choose, option))]
    except NestedError as error:
        hint = f"choose the cells with a JMESPath in {option}, or flatten them in a preprocessing script"
        raise UnreadableError(f"{error}; {hint}") from error


def _chosen(value: Any, choose: Choose, option: str) -> Any:
    chosen = choose(value)
    if chosen is None and value is not None:
        raise UnreadableError(f"{option} finds nothing in the payload")
    return chosen


def csv_rows(text: str) -> list[list[str | None]]:
    """Cells by position; missing ones are None."""
    data = text.rstrip("\r\n").encode(errors="replace") or b"\n"
    rows = raw_rows(data, escapes_in(data))
    return [[cell.decode().strip(BLANKS) or None for cell in row.cells] for row in rows]


def csv_lines(text: str) -> list[str]:
    """The rows of a CSV text, each as it is written."""
    text = text.rstrip("\r\n")
    if '"' not in text:
        return [line.removesuffix("\r") for line in text.split("\n")]
    data = text.encode(errors="replace")
    return [data[row.start : row.end].decode().rstrip("\r\n") for row in raw_rows(data, escapes_in(data))]


def plain_text(payload: Payload) -> tuple[str, str]:
    """The encoding, CSV or JSON, and the text.

    Raises:
        UnreadableError: it is base64 of something else than CSV and JSON text.
    """
    encoding, text = (payload.encoding or "").upper(), payload.data
    if text is None:
        raise UnreadableError("no data in the payload")
    return _from_base64(payload, text) if encoding == "BASE64" else (encoding, text)


def _from_base64(payload: Payload, text: str) -> tuple[str, str]:
    media_type = (payload.observedContentType or "").partition(";")[0].strip().lower()
    encoding = "CSV" if media_type in CSV_TYPES else "JSON" if media_type in JSON_TYPES else None
    if encoding is None:
        raise UnreadableError(
            f"BASE64 data of content type {media_type or 'unknown'!r}; without a preprocessing script "
            "only CSV and JSON can be read"
        )
    try:
        return encoding, base64.b64decode(text, validate=True).decode()
    except (binascii.Error, UnicodeDecodeError) as error:
        raise UnreadableError(f"BASE64 data that is no text: {error}") from error


def json_values(text: str) -> Sequence[Any]:
    """The value of a JSON text, or the values of its lines.

    Raises:
        UnreadableError: it is neither JSON nor JSON Lines.
    """
    try:
        return [decode(text)]
    except ValueError as error:
        lines = [line for line in text.split("\n") if line.strip()]
        if len(lines) < 2:
            raise UnreadableError(f"payload is not JSON: {error}") from error
    try:
        return [decode(line) for line in lines]
    except ValueError as error:
        raise UnreadableError(f"payload is neither JSON nor JSON Lines: {error}") from error
