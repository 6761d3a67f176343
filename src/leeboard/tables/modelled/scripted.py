"""Records that a script turns into rows, of which some cells are label and answer."""

from typing import Any

from leeboard.tables import Chunk, Table
from leeboard.tables.modelled.records import ModelRows
from leeboard.tables.options import ReadOptions, Transform
from leeboard.tables.parts import LABEL
from leeboard.tables.scripted import ScriptedTable


class ScriptedParts(ScriptedTable):
    """The parts of the rows that a script makes of the records of a table.

    A label that the script gives none of comes from the ground truth of the record.
    """

    def __init__(self, table: Table, transform: Transform, options: ReadOptions) -> None:
        super().__init__(table, transform, options)
        self._parts = ModelRows(options)

    def _rows(self, record: Any, result: Any, chunk: Chunk) -> list[dict[str, Any]]:
        if result is None or hasattr(result, "record"):
            return super()._rows(record, result, chunk)
        rows = [self._parts.of_row(row) for row in result]
        if all(LABEL in row for row in rows):
            return rows
        labels = self._parts.labels_of(record, len(rows))
        return [{LABEL: label} | row for label, row in zip(labels, rows, strict=True)]
