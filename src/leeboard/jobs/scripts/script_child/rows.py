"""What a handler returned, as rows of text cells."""

import csv
import io
import sys
from collections.abc import Callable
from typing import Any

Cell = str | None
Row = list[Cell] | dict[str, Cell]

csv.field_size_limit(sys.maxsize)


class UnusableError(Exception):
    """The script did what cannot be used; the message is for its author."""


def rows_of(returned: Any) -> list[Row]:
    """The rows, none if the record is to be dropped.

    Raises:
        UnusableError: for what is no row, or a cell that is no single value.
    """
    if returned is None:
        return []
    if isinstance(returned, str):
        return _csv_rows(returned)
    if isinstance(returned, dict):
        return [_named_row(returned)] if returned else []
    values = _listed(returned)
    if values and all(isinstance(value, dict) for value in values):
        return [_named_row(value) for value in values if value]
    return [[_cell(value, place) for place, value in enumerate(values)]] if values else []


def _csv_rows(text: str) -> list[Row]:
    return [[cell or None for cell in row] for row in csv.reader(io.StringIO(text, newline="")) if row]


def _listed(returned: Any) -> list[Any]:
    if isinstance(returned, list | tuple):
        return list(returned)
    values = returned.tolist() if hasattr(returned, "tolist") else None  # an array
    if isinstance(values, list):
        return values
    raise UnusableError(
        f"the handler returned {_shown(returned)}; return a dict, a list of values, a list of dicts, "
        "one line of CSV, the record itself, or None to leave the record out"
    )


def _named_row(returned: dict[Any, Any]) -> dict[str, Cell]:
    named = {  # mostly texts, which need no call
        key if type(key) is str else _name(key): (value or None) if type(value) is str else _cell(value, key)
        for key, value in returned.items()
    }
    if len(named) < len(returned):
        raise UnusableError(
            f"the handler returned a dict with a key twice, as number and as text: {_shown(returned)}"
        )
    return dict(sorted(named.items()))


def _name(key: Any) -> str:
    plain = key.item() if hasattr(key, "item") else key
    if isinstance(plain, str | int):
        return str(plain)
    raise UnusableError(
        f"the handler returned a dict with the key {_shown(key)}; keys are texts or whole numbers"
    )


def _cell(value: Any, place: Any) -> Cell:
    write = _TEXT.get(type(value))
    return write(value) if write else _unusual_cell(value, place)


def _unusual_cell(value: Any, place: Any) -> Cell:
    """Subclasses of plain types and scalars of numpy, which all but look like plain ones."""
    plain = value.item() if hasattr(value, "item") and getattr(value, "ndim", 0) == 0 else value
    for kind, write in _TEXT.items():
        if isinstance(plain, kind):
            return write(plain)
    raise UnusableError(
        f"the handler returned {_shown(value)} under {place!r}; a cell is a text, a number, true or false, "
        "or None, so spread nested values over several keys"
    )


def _float_text(value: float) -> Cell:
    return None if value != value else float.__repr__(value)  # NaN is how pandas says missing


_TEXT: dict[type, Callable[[Any], Cell]] = {
    str: lambda value: str.__str__(value) or None,  # an empty cell is a missing one, as in CSV
    bool: lambda value: "true" if value else "false",  # before int, which it is one of
    int: int.__repr__,
    float: _float_text,
    type(None): lambda value: None,
}


def _shown(value: Any) -> str:
    text = repr(value)
    return f"{type(value).__name__} {text if len(text) <= 80 else text[:77] + '...'}"
