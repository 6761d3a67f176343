"""Cells as keys: texts that are equal where people would say that the cells are.

A key is `=` and a value, or, where a column has too many of them, says only where a cell stands to
the value that was asked for: `<` below it, `>` above it, `~` none of those that were named.
`+` and `-` are scores above their threshold and all others.
"""

import re
from collections.abc import Sequence
from functools import lru_cache
from math import isfinite, nan
from typing import Any

from leeboard.measures.bias.question import Value

BELOW, ABOVE, OTHER = "<", ">", "~"
HIGH, LOW = "+", "-"
NUMBER = re.compile(r"[-+]?(0|[1-9][0-9]*)(\.[0-9]*)?([eE][-+]?[0-9]+)?")
BOOLEANS = {"true": "1", "false": "0"}


def canonical(cell: Any) -> str | None:
    """One spelling for cells that are equal; None for a missing cell.

    >>> canonical(" 1.0"), canonical(1), canonical(True), canonical("007"), canonical(0.5), canonical("")
    ('1', '1', 'true', '007', '0.5', None)
    """
    if isinstance(cell, bool):
        return "true" if cell else "false"
    if isinstance(cell, float):
        return _of_float(cell) if cell == cell else None
    return _of_text(cell) if isinstance(cell, str) else None if cell is None else str(cell)


@lru_cache(maxsize=100_000)
def _of_text(cell: str) -> str | None:
    text = cell.strip()
    found = NUMBER.fullmatch(text)
    if not found:
        return text or None
    return str(int(text)) if not found[2] and not found[3] else _of_float(float(text))


def _of_float(number: float) -> str:
    return str(int(number)) if isfinite(number) and number == int(number) else repr(number)


def number_in(text: str | None) -> float:
    """The number that a canonical text is; NaN if it is none."""
    return float(text) if text is not None and NUMBER.fullmatch(text) else nan


def compared(text: str) -> str:
    """The spelling in which values are compared: true is 1 and false is 0."""
    return BOOLEANS.get(text.lower(), text)


@lru_cache(maxsize=10_000)
def _wanted(values: tuple[Value, ...]) -> frozenset[str]:
    return frozenset(compared(str(canonical(value))) for value in values)


def key_of(cell: Any) -> str | None:
    """The key of a cell that is kept as it is."""
    text = canonical(cell)
    return None if text is None else f"={text}"


def threshold_in(values: Sequence[Value]) -> float:
    """The number that a single wanted value is; NaN where there are several, or it is none."""
    return number_in(canonical(values[0])) if len(values) == 1 else nan


def coarse(key: str | None, values: Sequence[Value]) -> str | None:
    """The key without its value, unless it is one that was asked for."""
    if key is None or not key.startswith("="):
        return key
    text = key[1:]
    for value in values:
        wanted = str(canonical(value))
        if compared(text) == compared(wanted):
            return f"={wanted}"
    threshold, number = threshold_in(values), number_in(text)
    if number < threshold:
        return BELOW
    return ABOVE if number > threshold else OTHER


@lru_cache(maxsize=100_000, typed=True)
def key_among(cell: Any, wanted: tuple[Value, ...]) -> str | None:
    """The key of a cell, coarse if values are wanted."""
    return coarse(key_of(cell), wanted) if wanted else key_of(cell)


def is_above(key: str | None, threshold: float) -> bool:
    """Whether a cell of this key is greater than the threshold; False for what is no number."""
    if key in (ABOVE, HIGH):
        return True
    return key is not None and key.startswith("=") and number_in(key[1:]) > threshold


def is_among(key: str | None, values: Sequence[Value]) -> bool:
    """Whether a cell of this key is one of the values; a score is one if it is above its threshold."""
    if key is None or not key.startswith("="):
        return key == HIGH
    return compared(key[1:]) in _wanted(tuple(values))
