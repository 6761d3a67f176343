"""Capture records to rows, one record at a time: any encoding, any shape."""

from collections.abc import Sequence
from typing import Any

import polars as pl

from leeboard.tables import Malformed
from leeboard.tables.captured.envelopes import Found
from leeboard.tables.captured.payloads import UnreadableError, rows_of
from leeboard.tables.captured.sides import Sides
from leeboard.tables.cells.naming import named_by_position
from leeboard.tables.cells.paths import compiled
from leeboard.tables.cells.rows import frame_of_rows, joined
from leeboard.tables.options import ReadOptions, Row
from leeboard.tables.text.delimited import wrong_width
from leeboard.tables.text.lines import SAMPLE_CHARACTERS


class CaptureRows:
    """Makes rows of capture records as the options say."""

    def __init__(self, options: ReadOptions) -> None:
        self._sides = Sides.of(options)
        self._names = options.names
        self._excluded_names = options.excluded_names
        self._excluded_positions = options.excluded_positions
        self._choose = {
            False: (compiled(options.outputs_path, "outputs_path"), "outputs_path"),
            True: (compiled(options.features_path, "features_path"), "features_path"),
        }

    def frame(self, found: Found, uri: str, width: int) -> tuple[pl.DataFrame, list[Malformed]]:
        """The rows of records, and what was wrong with some.

        Args:
            width: cells that a row without names should have; 0 if not known.
        """
        rows: list[dict[str, Any]] = []
        malformed = [*found.malformed]
        for record, line in zip(found.records, found.lines, strict=False):
            try:
                rows_of_record, n_cells = self.rows_and_widths(record)
            except UnreadableError as error:
                malformed.append(Malformed(uri, line, str(error), _sample(record)))
                continue
            rows += rows_of_record
            malformed += [
                Malformed(uri, line, wrong_width(n, width), _sample(record))
                for n in n_cells
                if n is not None and width and n != width
            ]
        return frame_of_rows(rows, self._names), malformed

    def rows_and_widths(self, record: Any) -> tuple[list[dict[str, Any]], list[int | None]]:
        """The rows of one record, and of each the number of cells if they came by position.

        Raises:
            UnreadableError: a payload cannot be read, or output and input do not fit together.
        """
        sides = self._sides.payloads(record.captureData)
        if not sides:
            raise UnreadableError("neither input nor output in captureData")
        parts = [rows_of(payload, *self._choose[is_input]) for payload, is_input in sides]
        if len(set(map(len, parts))) > 1:
            names = ["input" if is_input else "output" for _, is_input in sides]
            counts = [f"{len(rows)} rows of {name}" for rows, name in zip(parts, names, strict=True)]
            raise UnreadableError(" for ".join(counts))
        rows = [self._row(cells, [is_input for _, is_input in sides]) for cells in zip(*parts, strict=True)]
        return [row for row, _ in rows], [n for _, n in rows]

    def _row(self, parts: Sequence[Row], are_inputs: Sequence[bool]) -> tuple[dict[str, Any], int | None]:
        cells = joined(parts, self._names)
        if isinstance(cells, dict):
            return self._without_excluded(cells), None
        dropped = self._dropped(parts, are_inputs) if self._excluded_positions else ()
        return self._without_excluded(named_by_position(self._names, cells, dropped)), len(cells)

    def _dropped(self, parts: Sequence[Row], are_inputs: Sequence[bool]) -> set[int]:
        """Positions in the joined row of the input cells that are excluded."""
        dropped, start = set(), 0
        for part, is_input in zip(parts, are_inputs, strict=True):
            if is_input:
                dropped = {start + i for i in self._excluded_positions if i < len(part)}
            start += len(part)
        return dropped

    def _without_excluded(self, row: dict[str, Any]) -> dict[str, Any]:
        if not self._excluded_names:
            return row
        return {name: cell for name, cell in row.items() if name not in self._excluded_names}


def _sample(record: Any) -> str:
    """The texts of the payloads."""
    texts = [str(payload.data) for payload, _ in Sides().payloads(record.captureData)]
    return " | ".join(texts)[:SAMPLE_CHARACTERS]
