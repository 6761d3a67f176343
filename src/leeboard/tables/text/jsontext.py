"""JSON text to Python values; `NaN` and infinities, which are no JSON but are written, become texts."""

import json
from collections.abc import Iterator
from typing import Any

import msgspec

_DECODER = msgspec.json.Decoder()
REFUSED = (msgspec.MsgspecError, UnicodeDecodeError)
"""What the fast decoder raises for text that is not JSON of the expected form."""


def decode(text: bytes | bytearray | msgspec.Raw | str) -> Any:
    """The value of one document.

    Raises:
        ValueError: it is not JSON; says what is wrong and where.
    """
    try:
        return _DECODER.decode(text)
    except REFUSED:
        return _decode_leniently(bytes(text) if isinstance(text, msgspec.Raw) else text)


def decode_lines(text: bytes | bytearray) -> list[Any] | None:
    """The values of whole lines, none of them blank; None if any line needs a closer look."""
    try:
        values = _DECODER.decode_lines(text)
    except REFUSED:
        return None
    n_lines = text.count(b"\n") + (not text.endswith(b"\n"))
    return values if len(values) == n_lines else None


def full_lines(text: bytes | bytearray) -> Iterator[tuple[int, bytes]]:
    """Lines that are not blank, each with its number from 0."""
    for number, line in enumerate(bytes(text).split(b"\n")):
        if line and not line.isspace():
            yield number, line


def not_json(error: Exception) -> str:
    return f"not JSON: {error}"


def _decode_leniently(text: bytes | bytearray | str) -> Any:
    try:
        value = json.loads(text, parse_constant=str)
        msgspec.json.encode(value)  # refuses texts with half a character in them
        return value
    except RecursionError:
        raise ValueError("nested too deep") from None
    except UnicodeDecodeError as error:
        raise ValueError(f"byte 0x{error.object[error.start]:02x} at {error.start} is not UTF-8") from None
