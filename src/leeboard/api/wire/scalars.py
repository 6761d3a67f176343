"""Reads and checks members that hold one value."""

import math
from base64 import b64decode
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from leeboard.api.wire.faults import MalformedRequestError, wrong_type
from leeboard.api.wire.patterns import full_match

_INTEGERS = {"integer": 2**31, "long": 2**63}
_WORDS_FOR_FLOATS = {"NaN": math.nan, "Infinity": math.inf, "-Infinity": -math.inf}


@dataclass(frozen=True, slots=True)
class Scalar:
    """How one kind of value is read and what it must satisfy.

    Args:
        read: from what JSON holds; raises if it is of another type.
        breaches: the constraints that a value breaks, to stand behind `Member must `; None if there are none.
        is_secret: whether messages must not repeat the value.
    """

    read: Callable[[Any, str], Any]
    breaches: Callable[[Any], list[str]] | None
    is_secret: bool


def scalar(shape: Any) -> Scalar | None:
    """The reader of a shape, None for structures, lists and maps."""
    read = _READERS.get(shape.type_name)
    if read is None:
        return None
    return Scalar(read, _breaches(shape), bool(shape.metadata.get("sensitive")))


def _breaches(shape: Any) -> Callable[[Any], list[str]] | None:
    metadata = shape.metadata
    if shape.type_name in ("string", "character"):
        return _text_breaches(metadata)
    if shape.type_name == "blob" and ("min" in metadata or "max" in metadata):
        return sized(metadata)
    if "min" in metadata or "max" in metadata:
        return _number_breaches(metadata)
    return None


def sized(metadata: Any) -> Callable[[Any], list[str]]:
    """What a text, list or map breaks by its length."""
    low, high = metadata.get("min", 0), metadata.get("max", math.inf)

    def breaches(value: Any) -> list[str]:
        if low <= len(value) <= high:
            return []
        return [
            f"have length greater than or equal to {low}"
            if len(value) < low
            else f"have length less than or equal to {high}"
        ]

    return breaches


def _null_breaches(value: str) -> list[str]:
    """PostgreSQL keeps no text with such a character, and nobody means one."""
    return ["not contain a null character"] if "\0" in value else []


def _text_breaches(metadata: Any) -> Callable[[Any], list[str]]:
    pattern, enum = metadata.get("pattern"), metadata.get("enum")
    if not pattern and not enum and "min" not in metadata and "max" not in metadata:
        return _null_breaches
    by_length, allowed = sized(metadata), frozenset(enum or ())
    low, high = metadata.get("min", 0), metadata.get("max", math.inf)
    matches = full_match(pattern) if pattern else _anything

    def breaches(value: str) -> list[str]:
        if len(value) > high:
            return by_length(value)  # and no pattern: a long text could keep it busy
        if "\0" in value:
            return _null_breaches(value)
        if low <= len(value) and matches(value) and (not allowed or value in allowed):
            return []
        found = by_length(value)
        if not matches(value):
            found.append(f"satisfy regular expression pattern: {pattern}")
        if allowed and value not in allowed:
            found.append(f"satisfy enum value set: [{', '.join(enum)}]")
        return found

    return breaches


def _anything(value: str) -> bool:
    return True


def _number_breaches(metadata: Any) -> Callable[[Any], list[str]]:
    low, high = metadata.get("min", -math.inf), metadata.get("max", math.inf)

    def breaches(value: float) -> list[str]:
        if low <= value <= high:
            return []
        if value > high:
            return [f"have value less than or equal to {high}"]
        return [f"have value greater than or equal to {low}"]

    return breaches


def _text(value: Any, where: str) -> str:
    if value.__class__ is not str:
        raise wrong_type(where, "a string", value)
    return value


def _boolean(value: Any, where: str) -> bool:
    if value.__class__ is not bool:
        raise wrong_type(where, "a boolean", value)
    return value


def _integer_below(limit: int) -> Callable[[Any, str], int]:
    def read(value: Any, where: str) -> int:
        if value.__class__ is float and value.is_integer():
            value = int(value)
        if value.__class__ is not int:
            raise wrong_type(where, "an integer", value)
        if not -limit <= value < limit:
            raise MalformedRequestError(f"'{where}' is beyond what an integer of this member can hold")
        return value

    return read


def _float(value: Any, where: str) -> float:
    if value.__class__ is str and value in _WORDS_FOR_FLOATS:
        return _WORDS_FOR_FLOATS[value]
    if value.__class__ is not float and value.__class__ is not int:
        raise wrong_type(where, "a number", value)
    try:
        return float(value)
    except OverflowError:
        raise MalformedRequestError(f"'{where}' is a number beyond all bounds") from None


def _blob(value: Any, where: str) -> bytes:
    try:
        return b64decode(_text(value, where), validate=True)
    except ValueError:
        raise MalformedRequestError(f"'{where}' is not base64") from None


def _time(value: Any, where: str) -> datetime:
    """Seconds since 1970, as JSON has times, or ISO 8601, as forms have them."""
    try:
        if value.__class__ is str:
            at = datetime.fromisoformat(value)
            return at.replace(tzinfo=UTC) if at.tzinfo is None else at.astimezone(UTC)
        if value.__class__ is float or value.__class__ is int:
            return datetime.fromtimestamp(value, UTC)
    except (ValueError, OverflowError, OSError):
        raise MalformedRequestError(f"'{where}' is no time: {str(value)[:64]!r}") from None
    raise wrong_type(where, "a time", value)


def _as_it_is(value: Any, where: str) -> Any:
    return value


_READERS: dict[str, Callable[[Any, str], Any]] = {
    "string": _text,
    "character": _text,
    "boolean": _boolean,
    "integer": _integer_below(_INTEGERS["integer"]),
    "long": _integer_below(_INTEGERS["long"]),
    "float": _float,
    "double": _float,
    "blob": _blob,
    "timestamp": _time,
    "document": _as_it_is,
}
