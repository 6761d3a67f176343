"""Models to JSON text, as files for people and as lines for records."""

from functools import lru_cache
from typing import Any

from pydantic_core import to_json as to_json_bytes

from leeboard.formats.part import Part

NUMBERS = frozenset({float, int})
N_KEYS = 1024
"""Of keys that are remembered as they are written: a file says the same few for every column."""


class Bare(float):
    """A number that is written without quotes even if it is an infinity, as AWS writes some."""


def to_json(part: Part) -> str:
    """A whole file: indented, but every list of numbers on one line.

    Doubles read back as they were. JSON has no word for NaN and infinities: they become the
    strings "NaN", "Infinity" and "-Infinity", which all readers in here accept.
    """
    return _laid_out(part, "\n") + "\n"


def to_json_line(part: Part) -> str:
    """A record on one line, without the line's end."""
    return _on_one_line(_plain(part))


def _laid_out(value: Any, line_start: str) -> str:
    inner = line_start + "  "
    if isinstance(value, Part):
        value = dict(value.members())
    if isinstance(value, dict) and value:
        items = [f"{_key(key)}: {_laid_out(item, inner)}" for key, item in value.items()]
        return "{" + inner + f",{inner}".join(items) + line_start + "}"
    if isinstance(value, list) and value and not _are_numbers(value):
        return "[" + inner + f",{inner}".join(_laid_out(item, inner) for item in value) + line_start + "]"
    return _on_one_line(value)


def _are_numbers(values: list[Any]) -> bool:
    return NUMBERS.issuperset(map(type, values))


@lru_cache(N_KEYS)
def _key(text: str) -> str:
    return _on_one_line(text)


def _plain(value: Any) -> Any:
    if isinstance(value, Part):
        return {key: _plain(item) for key, item in value.members()}
    return [_plain(item) for item in value] if isinstance(value, list) else value


def _on_one_line(value: Any) -> str:
    if isinstance(value, Bare):
        return to_json_bytes(float(value), inf_nan_mode="constants").decode()
    return to_json_bytes(value, inf_nan_mode="strings").decode()
