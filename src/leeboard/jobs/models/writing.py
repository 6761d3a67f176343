"""Rows of a frame as the bodies of requests."""

import re
from collections.abc import Iterator
from typing import Any

import polars as pl

from leeboard.errors import InputError
from leeboard.jobs.models.protocol import CONTENT_TEMPLATE, LINES_TEMPLATE, RECORD_TEMPLATE, ModelProtocol
from leeboard.jobs.models.templates import ContentTemplate, RecordTemplate

_NUMBER = re.compile(r"-?(?:0|[1-9]\d*)(\.\d+)?([eE][+-]?\d+)?")
"""What JSON takes for a number; texts such as 007 are none."""
_ALL_FRACTIONS = r"^-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?$"
_ALL_WHOLE = r"^-?(?:0|[1-9]\d{0,17})$"


class Writer:
    """Writes requests to one model.

    Args:
        max_rows: of one request.
        max_bytes: of the body of one request.
    """

    def __init__(self, protocol: ModelProtocol, *, max_rows: int, max_bytes: int) -> None:
        self._protocol = protocol
        self._max_bytes = max_bytes
        self._content = None
        if protocol.sent == "json":
            self._content = ContentTemplate(protocol.content_template or CONTENT_TEMPLATE)
        self._max_rows = 1 if self._content and self._content.is_single else max_rows

    def bodies(self, rows: pl.DataFrame) -> Iterator[tuple[int, bytes]]:
        """Number of rows and body, in the order of the rows.

        Raises:
            InputError: a single row is larger than a request may be.
        """
        for part in rows.iter_slices(self._max_rows):
            yield from self._fitting(part)

    def _fitting(self, rows: pl.DataFrame) -> Iterator[tuple[int, bytes]]:
        body = self._body(rows)
        if len(body) <= self._max_bytes:
            yield rows.height, body
        elif rows.height == 1:
            raise InputError(
                f"a row takes {len(body):,} bytes, more than the {self._max_bytes:,} of one request"
            )
        else:
            half = rows.height // 2
            yield from self._fitting(rows[:half])
            yield from self._fitting(rows[half:])

    def _body(self, rows: pl.DataFrame) -> bytes:
        if self._protocol.sent == "csv":
            return _csv(rows)
        values = zip(*map(json_values, rows.iter_columns()), strict=True)
        if self._content is None:
            template = RecordTemplate(self._protocol.content_template or LINES_TEMPLATE, rows.columns)
            return b"\n".join(template.filled(row) for row in values)
        template = RecordTemplate(self._protocol.record_template or RECORD_TEMPLATE, rows.columns)
        return self._content.filled([template.filled(row) for row in values])


def _csv(rows: pl.DataFrame) -> bytes:
    """Without header and without a line end behind the last row; a missing cell is empty, and quoted where
    it is alone in its row, as blank lines are skipped.
    """
    present = rows.with_columns(pl.selectors.float().fill_nan(None))
    missing = '""' if rows.width == 1 else ""
    text = present.write_csv(include_header=False, null_value=missing, quote_style="necessary")
    return text.removesuffix("\n").encode()


def json_values(column: pl.Series) -> list[Any]:
    """Cells as JSON values; a text that reads as a number is one, as cells of CSV have no types."""
    if column.dtype != pl.String:
        return column.to_list()
    for pattern, kind in ((_ALL_WHOLE, pl.Int64), (_ALL_FRACTIONS, pl.Float64)):  # far faster than each alone
        if column.str.contains(pattern).all():
            return column.cast(kind).to_list()
    return [_value(cell) for cell in column.to_list()]


def _value(cell: str | None) -> Any:
    match = _NUMBER.fullmatch(cell) if cell else None
    if match is None:
        return cell
    return float(match[0]) if match[1] or match[2] else int(match[0])
