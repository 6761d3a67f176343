"""Parts of one record put together: a value of each part for every row that the record makes."""

from collections.abc import Mapping, Sequence
from typing import Any

import msgspec

from leeboard.tables.captured.payloads import UnreadableError
from leeboard.tables.cells.columns import CONTAINERS
from leeboard.tables.cells.naming import named_by_position
from leeboard.tables.modelled.locators import Locator
from leeboard.tables.options import ReadOptions, Row
from leeboard.tables.parts import LABEL, PREDICTION, PROBABILITY, Parts

PLAIN_NAMES = {LABEL: "label", PREDICTION: "prediction", PROBABILITY: "probability"}


def locators_of(parts: Parts) -> dict[str, Locator]:
    """The locators that were given, by the column of a block that they fill."""
    given = {LABEL: parts.label, PREDICTION: parts.prediction, PROBABILITY: parts.probability}
    return {name: Locator(text, PLAIN_NAMES[name]) for name, text in given.items() if text is not None}


def side_by_side(
    values: Mapping[str, list[Any]], features: Sequence[dict[str, Any]] | None
) -> list[dict[str, Any]]:
    """Rows of the values of each part, and of the features where they are wanted.

    One list as the value of a part is a value for each row, if other parts have as many.

    Raises:
        UnreadableError: the parts have unequal numbers of values.
    """
    counts = {name: len(column) for name, column in values.items()}
    if features is not None:
        counts["features"] = len(features)
    n_rows = max(counts.values(), default=0)
    columns = {name: _spread(column, n_rows) for name, column in values.items()}
    lengths = {*map(len, columns.values()), *([] if features is None else [len(features)])}
    if lengths > {n_rows}:
        told = [f"{n} of {PLAIN_NAMES.get(name, name)}" for name, n in counts.items()]
        raise UnreadableError(f"the parts have unequal numbers of values: {', '.join(told)}")
    rows = [
        dict(zip(columns, map(as_cell, cells), strict=True)) for cells in zip(*columns.values(), strict=True)
    ]
    if features is None:
        return rows
    return [row | more for row, more in zip(rows or [{} for _ in features], features, strict=True)]


def _spread(column: list[Any], n_rows: int) -> list[Any]:
    is_one_list = len(column) == 1 and isinstance(column[0], list) and len(column[0]) == n_rows
    return column[0] if is_one_list and n_rows > 1 else column


def as_cell(value: Any) -> Any:
    """The value, or its JSON text if it is a list or an object."""
    return msgspec.json.encode(value).decode() if isinstance(value, CONTAINERS) else value


class FeatureNames:
    """Gives the features of a row their names and leaves out those that are not wanted."""

    def __init__(self, options: ReadOptions) -> None:
        given = options.parts.features if options.parts else None
        self.given = list(given) if given is not None else None
        self._known = set(given or ())
        self._excluded = options.excluded_names
        self._dropped = options.excluded_positions

    def named(self, cells: Row) -> dict[str, Any]:
        """The features by name.

        Raises:
            UnreadableError: there are names, and not as many as features.
        """
        if isinstance(cells, dict):
            row = self._of_object(cells)
        else:
            self.check_width(len(cells))
            row = named_by_position(self.given, cells, self._dropped)
        return {name: as_cell(cell) for name, cell in row.items() if name not in self._excluded}

    def check_width(self, n_cells: int) -> None:
        """Raises UnreadableError if there are names, and not for so many features."""
        if self.given is None:
            return
        n_dropped = sum(position < n_cells for position in self._dropped)
        if n_cells - len(self.given) not in (0, n_dropped):
            raise UnreadableError(
                f"{n_cells} feature{'s' * (n_cells != 1)}, {len(self.given)} expected: "
                f"{', '.join(self.given[:5])}{', ...' * (len(self.given) > 5)}"
            )

    def _of_object(self, cells: dict[str, Any]) -> dict[str, Any]:
        """Names of the cells' own win, unless none of them is known and there are as many that are."""
        if self.given is None or not cells:
            return cells
        if self._known <= cells.keys():
            return {name: cells[name] for name in self.given}
        if len(cells) == len(self.given) and not self._known & cells.keys():
            return dict(zip(self.given, cells.values(), strict=True))
        return cells
