"""Records that a transform job joined with their answers, as rows."""

from typing import Any

from leeboard.errors import FormatError
from leeboard.formats.manifest import JOINED_OUTPUT
from leeboard.tables.batch.marks import parts_of
from leeboard.tables.cells.rows import joined
from leeboard.tables.jsonl import flat_rows
from leeboard.tables.options import ReadOptions, Row


def rows_of_record(record: Any, uri: str, place: str, options: ReadOptions) -> list[Row]:
    """The rows of a record; of a joined one as capture records have them, output cells and input cells.

    Raises:
        FormatError: a cell is a list or an object, or output and input have different numbers of rows.
    """
    parts = parts_of(record)
    if parts is None or _is_flat(*parts, options):
        return flat_rows(record, uri, place)
    output, given = (flat_rows(part, uri, place) if part != {} else [] for part in parts)
    if not output or not given:
        return output or given
    if len(given) > 1 and len(output) == 1 and isinstance(output[0], list) and len(output[0]) == len(given):
        output = [[cell] for cell in output[0]]  # one list of answers, one for each row
    if len(output) != len(given):
        raise FormatError(
            f"{uri}, {place}: {len(output)} rows of output stand beside {len(given)} of input", uri
        )
    pairs = zip(output, given, strict=True)
    if options.output_columns_position == "END":
        return [joined((row, answer), options.names) for answer, row in pairs]
    return [joined(pair, options.names) for pair in pairs]


def _is_flat(output: Any, given: Any, options: ReadOptions) -> bool:
    """Whether the answer is one value, whose name is the key that it stands under."""
    is_one = isinstance(given, dict) and not isinstance(output, dict | list)
    return is_one and (options.names is None or JOINED_OUTPUT in options.names)
