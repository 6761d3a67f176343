"""All records of some data, one by one."""

from collections.abc import Iterator
from typing import Any

from leeboard.tables.opening import open_table
from leeboard.tables.options import ReadOptions
from leeboard.tables.record_table import with_records


def read_records(data: Any, options: ReadOptions | None = None) -> Iterator[Any]:
    """The records as a script sees them, in order: capture records and JSON as objects, CSV as lines."""
    table = with_records(open_table(data, options))
    for chunk in table.chunks():
        yield from table.records(chunk).values
