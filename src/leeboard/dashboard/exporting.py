"""The data of a view as CSV or JSON."""

import csv
import io
import re
from collections.abc import Iterator
from itertools import islice

from pydantic_core import to_json

from leeboard.dashboard.answers import Cell, Download, Table, View
from leeboard.service.refusals import InvalidRequestError

BATCH = 1000
FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n")
"""How a text begins that a spreadsheet would run."""


def export(view: View, kind: str, name: str) -> Download:
    """One table of a view.

    Args:
        kind: `csv` or `json`.
        name: of the table; the only one may go unnamed.

    Raises:
        InvalidRequestError: there is no such table, or no such form.
    """
    tables = dict(view.tables)
    if not name and len(tables) == 1:
        name = next(iter(tables))
    if name not in tables:
        raise InvalidRequestError(f"this page has no table {name!r}; it has: {', '.join(tables) or 'none'}")
    if kind == "csv":
        return Download(_file_name(view, name, "csv"), "text/csv; charset=utf-8", _csv(tables[name]))
    if kind == "json":
        return Download(_file_name(view, name, "json"), "application/json", _json(tables[name]))
    raise InvalidRequestError(f"export is {kind!r}; it can be csv or json")


def _file_name(view: View, table: str, kind: str) -> str:
    words = re.sub(r"[^A-Za-z0-9]+", "-", f"{view.title} {table}").strip("-").lower()
    return f"leeboard-{words[:80]}.{kind}"


def _csv(table: Table) -> Iterator[bytes]:
    rows = iter(table.rows())
    yield _lines([[_inert(name) for name in table.columns]])
    while batch := list(islice(rows, BATCH)):
        yield _lines([[_inert(cell) for cell in row] for row in batch])


def _lines(rows: list[list[Cell]]) -> bytes:
    text = io.StringIO()
    csv.writer(text, lineterminator="\n").writerows(rows)
    return text.getvalue().encode()


def _inert(cell: Cell) -> Cell:
    """Texts come from strangers; what looks like a formula gets a quote before it."""
    return f"'{cell}" if isinstance(cell, str) and cell.startswith(FORMULA) else cell


def _json(table: Table) -> Iterator[bytes]:
    start = b"["
    for row in table.rows():
        yield start + to_json(dict(zip(table.columns, row, strict=True)), inf_nan_mode="null")
        start = b",\n"
    yield b"[]\n" if start == b"[" else b"]\n"
