"""Rows of a data set by column: which of them are the label, the answer and features."""

from difflib import get_close_matches

import polars as pl

from leeboard.errors import FormatError
from leeboard.tables.cells.naming import position_name
from leeboard.tables.modelled.locators import Locator
from leeboard.tables.modelled.rows import locators_of
from leeboard.tables.options import ReadOptions
from leeboard.tables.parts import PROBABILITY


class PartColumns:
    """Chooses columns as the options say.

    Args:
        are_outputs: whether the data are what a model answered.
    """

    def __init__(self, options: ReadOptions, *, are_outputs: bool = False) -> None:
        assert options.parts is not None  # noqa: S101 - who wants no parts has another table
        self._options = options
        self._parts = options.parts
        self._locators = locators_of(options.parts)
        self._is_sole = are_outputs and not self._locators and options.parts.sole_output_is_probability

    def chosen(self, names: list[str], uri: str) -> dict[str, str]:
        """The columns of a block, and which column of the data each is.

        Raises:
            FormatError: a part is in no column.
        """
        if self._is_sole and len(names) == 1:
            return {PROBABILITY: names[0]}
        parts = {part: _column(locator, names, uri) for part, locator in self._locators.items()}
        return parts | (self._features(names, set(parts.values())) if self._parts.reads_features else {})

    def of(self, frame: pl.DataFrame, uri: str) -> pl.DataFrame:
        """The block of a frame."""
        chosen = self.chosen(frame.columns, uri)
        return frame.select(pl.col(name).alias(part) for part, name in chosen.items())

    def _features(self, names: list[str], taken: set[str]) -> dict[str, str]:
        """The columns that are no parts, under their own names or, if they have none, under those given."""
        dropped = {names[i] for i in self._options.excluded_positions if i < len(names)} | taken
        kept = [name for name in names if name not in dropped]
        given = self._parts.features
        if given is not None and all(name == position_name(i) for i, name in enumerate(names)):
            given = [name for name in given if name not in self._given_to_parts()]
            renamed = dict(zip(kept, given, strict=False))
        else:
            renamed = {}
        excluded = self._options.excluded_names
        return {renamed.get(name, name): name for name in kept if renamed.get(name, name) not in excluded}

    def _given_to_parts(self) -> set[str]:
        return {locator.text for locator in self._locators.values()}


def _column(locator: Locator, names: list[str], uri: str) -> str:
    if locator.text in names:
        return locator.text
    if locator.index is not None and locator.index < len(names):
        return names[locator.index]
    near = get_close_matches(locator.text, names, n=1)
    hint = f", did you mean {near[0]!r}?" if near else ";"
    raise FormatError(
        f"no column {locator.text!r} for the {locator.part} in {uri}{hint} columns there: {', '.join(names)}",
        uri,
    )
