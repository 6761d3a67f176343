"""Records in the bodies of requests and answers: taken apart, selected from, and written again.

A record of CSV is a line of text, which stays as it is written unless cells are selected from it.
"""

import csv
import io
import json
import re
from collections.abc import Sequence
from typing import Any, TypedDict

from leeboard.errors import InputError
from leeboard.jobs.transform.jsonpath import JsonPath
from leeboard.jobs.transform.kinds import Kind
from leeboard.jobs.transform.order import TransformOrder
from leeboard.tables.text.quoting import raw_rows

_TO_QUOTE = re.compile(r'["\r\n]')
_HALF = re.compile("[\ud800-\udfff]")


class _Codec(TypedDict):
    encoding: str
    errors: str


_KEEPS: _Codec = {"encoding": "utf-8", "errors": "surrogateescape"}
"""So that bytes which are no UTF-8 come out as they went in."""


def filtered(source: bytes, order: TransformOrder, place: str, *, is_line: bool = False) -> bytes:
    """What the input filter leaves of a record, or of a whole object."""
    kind, path = order.input_kind, order.input_filter
    if path.is_all or kind is None:
        return source
    try:
        records = records_in(source, kind, is_lines=is_line)
        return written([selected(record, path, kind) for record in records], kind)
    except InputError as error:
        raise InputError(f"{place}: InputFilter: {error}") from error


def records_in(text: bytes, kind: Kind, *, is_lines: bool = False) -> list[Any]:
    """The records: lines of CSV; of JSON the whole document, or else the value of each line.

    Args:
        is_lines: never take several lines for one document.

    Raises:
        InputError: it is not JSON.
    """
    lines = [line.removesuffix(b"\r") for line in text.removesuffix(b"\n").split(b"\n")]
    if kind == "csv":
        return [line.decode(**_KEEPS) for line in lines]
    if is_lines:
        return [_parsed(line) for line in lines]
    try:
        return [_parsed(text)]
    except InputError:
        full = [line for line in lines if line.strip()]
        if len(full) < 2:
            raise
        return [_parsed(line) for line in full]


def _parsed(text: bytes) -> Any:
    try:
        return json.loads(text)
    except RecursionError:
        raise InputError("JSON that is nested too deep") from None
    except ValueError as error:
        raise InputError(f"not JSON: {error}") from error


def selected(record: Any, path: JsonPath, kind: Kind) -> Any:
    """The part of a record that a filter keeps; of a CSV line, a CSV line."""
    if path.is_all:
        return record
    if kind == "json":
        return path.select(record)
    kept = path.select(cells_of(record))
    return line_of(kept if isinstance(kept, list) else [kept])


def cells_of(line: str) -> list[str]:
    """The cells of a CSV line, without quotes."""
    if '"' not in line:
        return line.split(",")
    rows = raw_rows(line.encode(**_KEEPS) or b"\n")
    return [cell.decode(**_KEEPS) for row in rows for cell in row.cells]


def line_of(cells: Sequence[str]) -> str:
    """A CSV line; quotes stand where they must."""
    line = ",".join(cells)
    if line and line.count(",") == len(cells) - 1 and not _TO_QUOTE.search(line):
        return line
    text = io.StringIO()
    csv.writer(text, lineterminator="").writerow(cells)
    return text.getvalue()


def written(records: Sequence[Any], kind: Kind) -> bytes:
    """The records, one a line, without the last line end."""
    lines = records if kind == "csv" else [as_json(record) for record in records]
    return "\n".join(lines).encode(**_KEEPS)


def as_json(value: Any) -> str:
    """On one line; halves of characters stay escaped, as they are no text."""
    text = json.dumps(value, ensure_ascii=False, separators=(",", ":"))
    return json.dumps(value, separators=(",", ":")) if _HALF.search(text) else text
