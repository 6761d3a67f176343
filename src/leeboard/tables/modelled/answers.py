"""Outputs of one record each, in JSON, to the columns of answers: all decoded at once."""

import re
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import polars as pl

from leeboard.tables.cells.columns import column
from leeboard.tables.modelled.locators import Locator
from leeboard.tables.modelled.rows import as_cell
from leeboard.tables.text.jsontext import decode_lines

_STEP = re.compile(r"\.?([A-Za-z_]\w*)|\[(\d+)\]|(\[\*\])")
_NOT_SO = (KeyError, IndexError, TypeError, ValueError)

Get = Callable[[Any], Any]


class JsonAnswers:
    """Finds answers by plain paths: names, indices and `[*]` around the only record."""

    def __init__(self, locators: Mapping[str, Locator]) -> None:
        self._gets = {name: _getter(locator.text) for name, locator in locators.items()}

    @property
    def can(self) -> bool:
        """Whether all paths are plain."""
        return None not in self._gets.values()

    def columns(self, texts: Sequence[str]) -> dict[str, pl.Series] | None:
        """A value for each text; None if one has several records, or none at such a path."""
        lines = "\n".join(texts)
        if lines.count("\n") >= len(texts):
            lines = "\n".join([text.rstrip("\r\n") for text in texts])
        values = decode_lines(lines.encode(errors="replace"))
        if values is None or len(values) != len(texts):
            return None
        try:
            return {name: _column(name, get, values) for name, get in self._gets.items() if get}
        except _NOT_SO:
            return None


def _column(name: str, get: Get, values: Sequence[Any]) -> pl.Series:
    cells = [get(value) for value in values]
    if None in cells:
        raise ValueError  # not there, or null: what that means depends on the record
    return column(name, list(map(as_cell, cells)))


def _getter(path: str) -> Get | None:
    """What a plain path finds in a value, raising where it is not so; None for another path."""
    steps: list[Get] = []
    end = 0
    while end < len(path):
        found = _STEP.match(path, end)
        if found is None:
            return None
        key, index, _ = found.groups()
        steps.append(_item(key) if key else _item(int(index)) if index else _only)
        end = found.end()
    return _chained(steps) if steps else None


def _chained(steps: Sequence[Get]) -> Get:
    if len(steps) == 1:
        return steps[0]

    def get(value: Any) -> Any:
        for step in steps:
            value = step(value)
        return value

    return get


def _item(key: str | int) -> Get:
    kind = dict if isinstance(key, str) else list

    def get(value: Any) -> Any:
        if type(value) is not kind:
            raise TypeError
        return value[key]  # type: ignore[index]

    return get


def _only(value: Any) -> Any:
    if type(value) is not list or len(value) != 1:
        raise TypeError
    return value[0]
