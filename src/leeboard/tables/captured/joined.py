"""Capture records whose payloads are all CSV to rows: joined to one text and parsed at once."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias

import polars as pl

from leeboard.tables import Malformed
from leeboard.tables.captured.envelopes import Found, Payload
from leeboard.tables.captured.payloads import csv_lines
from leeboard.tables.captured.sides import Sides
from leeboard.tables.cells.naming import named_by_position
from leeboard.tables.options import ReadOptions
from leeboard.tables.text.delimited import Parsed, common_width, parse
from leeboard.tables.text.lines import SAMPLE_CHARACTERS
from leeboard.tables.text.quoting import escapes_in

FrameAndFaults: TypeAlias = tuple[pl.DataFrame, list[Malformed]]
_WIDTH_BYTES = 1 << 16


@dataclass(frozen=True, slots=True)
class _Joined:
    """Texts of rows, of each the line of its record, and what could not be joined."""

    rows: list[str]
    lines: Sequence[int]
    malformed: list[Malformed]


class CaptureCsv:
    """Makes rows of capture records in the usual case."""

    def __init__(self, options: ReadOptions) -> None:
        self._sides = Sides.of(options)
        self._names = options.names
        self._excluded_names = options.excluded_names
        self._excluded_positions = options.excluded_positions

    def frame(self, parts: Iterable[Found], uri: str, width: int) -> FrameAndFaults | None:
        """The rows of records, and what was wrong with some; None if this is not the usual case.

        Args:
            parts: records, which are let go one part after the other.
            width: cells that a row should have; 0 if not known.
        """
        joined = []
        n_before: set[int | None] = set()
        for found in parts:
            texts = self._texts(found.records)
            if found.records:
                n_before.add(self._n_cells_before(texts) if texts else None)
            if None in n_before or len(n_before) > 1:
                return None
            joined.append(_joined(texts, found, uri))
        parsed = _parsed([row for part in joined for row in part.rows], width)
        if parsed.frame.height != sum(len(part.rows) for part in joined):
            return None  # quotes in a payload do not match
        frame = self._named(parsed.frame, next(iter(n_before), None) or 0)
        return frame, list(_malformed(joined, parsed, uri))

    def _texts(self, records: Sequence[Any]) -> list[list[str]]:
        """The texts of the first payload of every record, then of the second."""
        parts = [record.captureData for record in records]
        outputs = [part.endpointOutput for part in parts] if self._sides.reads_output else []
        inputs = [part.endpointInput for part in parts] if self._sides.reads_input else []
        ordered = [outputs, inputs] if self._sides.output_first else [inputs, outputs]
        present = [payloads for payloads in ordered if any(payload is not None for payload in payloads)]
        texts = [text for payloads in present if (text := _csv_texts(payloads))]
        return texts if len(texts) == len(present) else []

    def _n_cells_before(self, texts: list[list[str]]) -> int | None:
        """Cells before those of the input, where that matters; None if records differ in it."""
        if not self._excluded_positions or not self._sides.output_first or not self._sides.reads_output:
            return 0
        widths = {text.count(",") + 1 for side in texts[:1] for text in side}
        has_quotes = any('"' in text for side in texts[:1] for text in side)
        return None if has_quotes or len(widths) > 1 or len(texts) == 1 else widths.pop()

    def _named(self, frame: pl.DataFrame, n_before: int) -> pl.DataFrame:
        dropped = {n_before + i for i in self._excluded_positions}
        positions = named_by_position(self._names, range(frame.width), dropped)
        return frame.select(
            pl.col(str(i)).alias(name) for name, i in positions.items() if name not in self._excluded_names
        )


def _csv_texts(payloads: Sequence[Payload | None]) -> list[str]:
    """Empty unless all are there and CSV."""
    texts = [payload.data for payload in payloads if payload is not None and payload.encoding == "CSV"]
    is_whole = len(texts) == len(payloads) and None not in texts
    return texts if is_whole else []  # type: ignore[return-value]


def _joined(texts: list[list[str]], found: Found, uri: str) -> _Joined:
    """The rows of records, one text each."""
    rows = _side_by_side(texts)
    if _has_line_ends(rows):
        rows = _side_by_side([[text.rstrip("\r\n") for text in side] for side in texts])
        if _has_line_ends(rows):
            return _joined_by_line(texts, found, uri)
    return _Joined(rows, found.lines, found.malformed)


def _has_line_ends(rows: list[str]) -> bool:
    return "\n" in "".join(rows)


def _side_by_side(texts: list[list[str]]) -> list[str]:
    if len(texts) < 2:
        return texts[0] if texts else []
    return [f"{first},{second}" for first, second in zip(*texts, strict=True)]


def _joined_by_line(texts: list[list[str]], found: Found, uri: str) -> _Joined:
    """Line i of one side joins line i of the other."""
    rows: list[str] = []
    lines: list[int] = []
    refused = []
    for line, payloads in zip(found.lines, zip(*texts, strict=True), strict=True):
        sides = [csv_lines(text) for text in payloads]
        if len(set(map(len, sides))) > 1:
            reason = f"{len(sides[0])} rows on one side for {len(sides[1])} on the other"
            refused.append(Malformed(uri, line, reason, "|".join(payloads)[:SAMPLE_CHARACTERS]))
            continue
        rows.extend(map(",".join, zip(*sides, strict=True)))
        lines.extend([line] * len(sides[0]))
    return _Joined(rows, lines, found.malformed + refused)


def _parsed(rows: Sequence[str], width: int) -> Parsed:
    text = "\n".join(rows).encode(errors="replace")
    width = width or common_width(text[:_WIDTH_BYTES]) or 1
    return parse(text, width, escapes=escapes_in(text), keep_extra=True)


def _malformed(joined: Sequence[_Joined], parsed: Parsed, uri: str) -> Iterator[Malformed]:
    """What was wrong, part by part."""
    odd = iter(parsed.odd)  # in the order of rows
    row = next(odd, None)
    start = 0
    for part in joined:
        yield from part.malformed
        while row is not None and row.row < start + len(part.rows):
            sample = part.rows[row.row - start][:SAMPLE_CHARACTERS]
            yield Malformed(uri, part.lines[row.row - start], row.reason, sample)
            row = next(odd, None)
        start += len(part.rows)
