"""What the payloads of a record hold, and the values of its parts in them."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Self

from leeboard.tables.batch.marks import parts_of
from leeboard.tables.captured.envelopes import Payload
from leeboard.tables.captured.payloads import UnreadableError, csv_rows, json_values, plain_text
from leeboard.tables.cells.members import NestedError, rows_in
from leeboard.tables.modelled.locators import ABSENT, Locator, records_in
from leeboard.tables.options import Row

HINT = "choose them with a JMESPath in features_path"


@dataclass(frozen=True, slots=True)
class Content:
    """Rows of CSV, or documents of JSON.

    Attributes:
        place: what it is, for messages.
    """

    place: str
    items: Sequence[Any]
    is_csv: bool = False

    @classmethod
    def of(cls, payload: Payload, place: str) -> Self:
        """Raises UnreadableError for what is neither."""
        encoding, text = plain_text(payload)
        if encoding == "CSV":
            return cls(place, csv_rows(text), is_csv=True)
        if encoding != "JSON":
            raise UnreadableError(f"encoding {encoding!r} is not known; known: CSV, JSON, BASE64")
        return cls(place, json_values(text))

    def values(self, locator: Locator) -> list[Any]:
        """A value for each record in here.

        Raises:
            UnreadableError: the locator finds nothing.
        """
        if self.is_csv:
            return [locator.of_row(cells) for cells in self.items]
        return locator.values(self.items, self.place)

    def has(self, locator: Locator) -> bool:
        """Whether JSON has something there."""
        return not self.is_csv and any(
            locator.find(one) is not ABSENT
            for document in self.items
            for one in (document, *records_in(document))
        )

    def rows(self) -> list[Row]:
        """The rows of all records.

        Raises:
            UnreadableError: there are lists or objects within a row.
        """
        try:
            return list(self.items) if self.is_csv else [row for one in self.items for row in rows_in(one)]
        except NestedError as error:
            raise UnreadableError(f"{error}; {HINT}") from error

    def sole_values(self, wanted: str) -> list[Any]:
        """The only value of each record.

        Raises:
            UnreadableError: a record has several.
        """
        if not self.is_csv and len(self.items) == 1 and (values := _sole_list(self.items[0])):
            return [values]
        found: list[Any] = []
        for row in self.rows():
            if len(row) != 1:
                raise UnreadableError(
                    f"{len(row)} values in the {self.place}, and nothing says which is the {wanted}"
                )
            found += row.values() if isinstance(row, dict) else row
        return found

    def divided(self) -> tuple["Content", "Content | None"]:
        """Output and input of records that a transform job joined; others are output as a whole."""
        pairs = [None if self.is_csv else parts_of(item) for item in self.items]
        if not pairs or None in pairs:
            return self, None
        outputs, given = zip(*pairs, strict=True)
        return Content(self.place, outputs), Content("input", given)

    def without(self, locators: Sequence[Locator]) -> "Content":
        """The same records without the values of these parts."""
        if self.is_csv:
            taken = {locator.index for locator in locators}
            rows = [[cell for i, cell in enumerate(row) if i not in taken] for row in self.items]
            return Content(self.place, rows, is_csv=True)
        records = [record for document in self.items for record in records_in(document)]
        keys = {locator.key for locator in locators}
        return Content(self.place, [_without_keys(record, keys) for record in records])


def _without_keys(record: Any, keys: set[str]) -> Any:
    return (
        {key: cell for key, cell in record.items() if key not in keys} if isinstance(record, dict) else record
    )


def _sole_list(value: Any) -> list[Any] | None:
    """A list of several scalars, also below keys that stand alone."""
    while isinstance(value, dict) and len(value) == 1:
        (value,) = value.values()
    is_flat = isinstance(value, list) and not any(isinstance(one, list | dict) for one in value)
    return value if is_flat and len(value) > 1 else None
