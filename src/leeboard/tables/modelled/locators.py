"""Where a part of a record is: an index among cells, a name, or a JMESPath."""

import re
from collections.abc import Sequence
from functools import cached_property
from typing import Any

from leeboard.tables.captured.payloads import UnreadableError
from leeboard.tables.cells.members import WRAPPERS, NestedError, rows_in
from leeboard.tables.cells.paths import compiled
from leeboard.tables.options import Row

ABSENT: Any = object()
"""Stands for what a locator did not find, as a null may be what it found."""
_IS_PATH = re.compile(r"[\[\]|*@?`&]|[A-Za-z_]\w*\.[A-Za-z_]")
_OF_EACH = re.compile(r"\[\*?\]\.?(?=.)")
_PROJECTIONS = {"projection", "value_projection", "filter_projection"}


class Locator:
    """Finds one part of records.

    Args:
        text: as the user gave it.
        part: what it finds, for messages.

    Raises:
        InputError: it looks like a JMESPath and is none.
    """

    def __init__(self, text: str, part: str) -> None:
        self.text, self.part = text.strip(), part
        self.index = int(self.text) if self.text.isascii() and self.text.isdigit() else None
        is_path = self.index is None and _IS_PATH.search(self.text)
        self._search = compiled(self.text, part) if is_path else None
        of_each = _OF_EACH.match(self.text)
        self._in_each = Locator(self.text[of_each.end() :], part) if of_each else None

    @cached_property
    def gives_many(self) -> bool:
        """Whether what it finds in a payload is one value for each record in there."""
        return self._search is not None and _is_projection(self.text)

    @cached_property
    def key(self) -> str:
        """The key of a record under which its value is."""
        if self._search is None:
            return self.text
        path = re.split(r"[.\[]", self.text)
        return path[-1] if self.gives_many else path[0]

    def find(self, value: Any) -> Any:
        """What a JSON value has there; `ABSENT` if nothing."""
        if isinstance(value, dict):
            if self.text in value:
                return value[self.text]
            if self._in_each:  # the value is an item of the list that the path begins with
                return self._in_each.find(value)
        found = self._search(value) if self._search else None
        return ABSENT if found is None else found

    def of_row(self, row: Row) -> Any:
        """The cell of a row; `ABSENT` if it has names and this one is not among them.

        Raises:
            UnreadableError: it has no names, and no cell of this index.
        """
        if isinstance(row, dict):
            return self.find(row)
        if self.index is None:
            raise UnreadableError(
                f"{self.part} {self.text!r} is no index, and the cells have no names: "
                f"give the index of its cell, 0 to {len(row) - 1}"
            )
        if self.index >= len(row):
            has = f"{len(row)} cell{'s' * (len(row) != 1)}"
            raise UnreadableError(f"{self.part} is cell {self.text}, counted from 0, of a row of {has}")
        return row[self.index]

    def values(self, documents: Sequence[Any], place: str) -> list[Any]:
        """A value for each record in the documents of a payload.

        Args:
            documents: a JSON value, or those of several lines.
            place: what the payload is, for messages.

        Raises:
            UnreadableError: it finds nothing at all.
        """
        found = [value for document in documents for value in self._in_document(document)]
        if all(value is ABSENT for value in found):
            raise UnreadableError(f"{self.part} {self.text!r} finds nothing in the {place}")
        return [None if value is ABSENT else value for value in found]

    def _in_document(self, document: Any) -> list[Any]:
        found = self.find(document)
        if found is not ABSENT:
            return found if self.gives_many and isinstance(found, list) else [found]
        if self.index is not None:
            return [self.of_row(row) for row in _rows(document)]
        return [self.find(record) for record in records_in(document)]


def records_in(document: Any) -> list[Any]:
    """The records in a JSON document: the items of a list, also inside a well-known wrapper, or itself.

    >>> records_in({"instances": [{"label": 1}, {"label": 0}]})
    [{'label': 1}, {'label': 0}]
    """
    if isinstance(document, dict) and len(document) == 1:
        ((key, inner),) = document.items()
        if key in WRAPPERS and isinstance(inner, list | dict):
            return records_in(inner)
    if isinstance(document, list) and any(isinstance(item, list | dict) for item in document):
        return document
    return [document]


def _rows(document: Any) -> Sequence[Row]:
    try:
        return rows_in(document)
    except NestedError as error:
        raise UnreadableError(str(error)) from error


def _is_projection(expression: str) -> bool:
    import jmespath

    node = jmespath.compile(expression).parsed
    while node["type"] == "subexpression":
        node = node["children"][-1]
    return node["type"] in _PROJECTIONS
