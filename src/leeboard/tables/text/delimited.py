"""Comma-separated text to columns of cell texts: a fast path, and an exact one where it refuses."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import zip_longest

import numpy as np
import polars as pl
from numpy.typing import NDArray

from leeboard.tables.text.quoting import COMMA, LINE_FEED, QUOTE, has_lone_return, is_plain, raw_rows

BLANKS = " \t"
_MAY_BORDER = np.frombuffer(b',\r\n"', np.uint8)


@dataclass(frozen=True, slots=True)
class OddRow:
    """A row that is not as it should be.

    Attributes:
        row: its number in the text, from 0.
        line: the number of its first line in the text, from 0.
        reason: what is wrong.
    """

    row: int
    line: int
    reason: str


@dataclass(frozen=True, slots=True)
class Parsed:
    """Cells of rows by position: String columns named "0", "1", ..., null where missing."""

    frame: pl.DataFrame
    odd: list[OddRow]


def parse(text: bytes | bytearray, width: int, *, escapes: bool = False, keep_extra: bool = False) -> Parsed:
    """The cells of all rows; a trailing line end is not a row.

    Short rows get missing cells at the end.

    Args:
        text: rows; bytes that are not UTF-8 become replacement characters.
        width: cells that a row should have.
        escapes: whether a backslash before a quote makes it an ordinary character.
        keep_extra: whether cells beyond the width become columns, or are dropped.
    """
    odd: list[OddRow] = []
    if not text.isascii():
        text, odd = _mended(text)
    parsed = _parse_fast(bytes(text), width, escapes) or _parse_exact(bytes(text), width, escapes, keep_extra)
    return Parsed(parsed.frame, sorted(odd + parsed.odd, key=lambda one: one.line) if odd else parsed.odd)


def common_width(text: bytes, escapes: bool = False) -> int:
    """The number of cells that most rows have; 0 for no rows."""
    counts = Counter(len(row.cells) for row in raw_rows(text, escapes) if any(row.cells))
    return counts.most_common(1)[0][0] if counts else 0


def wrong_width(n_cells: int, expected: int) -> str:
    return f"{n_cells} cell{'s' * (n_cells != 1)}, {expected} expected"


def _mended(text: bytes | bytearray) -> tuple[bytes, list[OddRow]]:
    """UTF-8 for sure, and the lines that were not."""
    try:
        text.decode()
    except UnicodeDecodeError:
        pass
    else:
        return bytes(text), []
    lines, odd = bytes(text).split(b"\n"), []
    for number, line in enumerate(lines):
        try:
            line.decode()
        except UnicodeDecodeError as error:
            lines[number] = line.decode(errors="replace").encode()
            odd.append(OddRow(number, number, _not_utf8(line[error.start], error.start)))
    return b"\n".join(lines), odd


def _not_utf8(byte: int, at: int) -> str:
    return f"byte 0x{byte:02x} at {at} is not UTF-8; if the file is in another encoding, name it, as latin-1"


def _parse_fast(text: bytes, width: int, escapes: bool) -> Parsed | None:
    """By polars; None where it would not read what is written."""
    is_quoted = QUOTE in text
    if not text:
        return Parsed(_empty(width), [])
    if text[0] in b"\r\n\xef" or (is_quoted and (escapes or not is_plain(text))) or has_lone_return(text):
        return None
    if text.endswith(b","):  # polars would not see one cell too many in a last row without line end
        text += b"\n"
    try:
        frame = pl.read_csv(
            text,
            has_header=False,
            schema={str(i): pl.String for i in range(width)},
            quote_char='"' if is_quoted else None,
            missing_columns="insert",
        )
    except pl.exceptions.PolarsError:
        return None
    odd = []
    if frame.height and frame.to_series(width - 1).null_count():
        odd = _short_rows(text, frame, width, is_quoted)
    return Parsed(_trimmed(frame, text), odd)


def _empty(width: int) -> pl.DataFrame:
    return pl.DataFrame(schema={str(i): pl.String for i in range(width)})


def _short_rows(text: bytes, frame: pl.DataFrame, width: int, is_quoted: bool) -> list[OddRow]:
    data = np.frombuffer(text, np.uint8)
    commas, ends = data == COMMA, data == LINE_FEED
    if not is_quoted and np.count_nonzero(commas) == (width - 1) * frame.height:
        return []
    outside = (np.cumsum(data == QUOTE, dtype=np.uint32) & 1) == 0 if is_quoted else np.True_
    row_ends = np.flatnonzero(ends & outside)[: frame.height - (text[-1] != LINE_FEED)]
    counts = np.diff(np.searchsorted(np.flatnonzero(commas & outside), row_ends), prepend=0) + 1
    if len(counts) < frame.height:
        n_before = int(row_ends[-1]) if len(row_ends) else 0
        counts = np.append(counts, np.count_nonzero((commas & outside)[n_before:]) + 1)
    lines = np.searchsorted(np.flatnonzero(ends), row_ends, side="right") if is_quoted else None
    return [
        OddRow(row, int(lines[row - 1]) if lines is not None and row else row, wrong_width(n, width))
        for row, n in _too_short(counts, width)
        if n > 1 or not _is_blank(frame, row)
    ]


def _too_short(counts: NDArray[np.int64], width: int) -> Iterable[tuple[int, int]]:
    rows = np.flatnonzero(counts < width)
    return zip(rows.tolist(), counts[rows].tolist(), strict=True)


def _is_blank(frame: pl.DataFrame, row: int) -> bool:
    first = frame.item(row, 0)
    return first is None or not first.strip(BLANKS)


def _trimmed(frame: pl.DataFrame, text: bytes) -> pl.DataFrame:
    """Blanks around cells removed, and what is empty then is missing."""
    has_blanks = any(_has_outer(blank, text) for blank in b" \t")
    if has_blanks:
        frame = frame.with_columns(pl.all().str.strip_chars(BLANKS))
    if has_blanks or (QUOTE in text and b'""' in text):
        frame = frame.with_columns(pl.when(pl.all() != "").then(pl.all()))
    return frame


def _has_outer(blank: int, text: bytes) -> bool:
    """Whether the blank stands at an end of a cell anywhere."""
    if blank not in text:
        return False
    if blank in (text[0], text[-1]):
        return True
    data = np.frombuffer(text, np.uint8)
    at = np.flatnonzero(data == blank)
    return bool(np.isin(data[at - 1], _MAY_BORDER).any() or np.isin(data[at + 1], _MAY_BORDER).any())


def _parse_exact(text: bytes, width: int, escapes: bool, keep_extra: bool) -> Parsed:
    rows: list[Sequence[str | None]] = []
    odd: list[OddRow] = []
    line = 0
    for number, raw in enumerate(raw_rows(text, escapes)):
        cells = [cell.decode(errors="replace").strip(BLANKS) or None for cell in raw.cells]
        if len(cells) != width and (len(cells) > 1 or cells[0] is not None):
            odd.append(OddRow(number, line, wrong_width(len(cells), width)))
        rows.append(cells if keep_extra else cells[:width])
        line += text.count(b"\n", raw.start, raw.end)
    columns = [pl.Series(str(i), cells, pl.String) for i, cells in enumerate(zip_longest(*rows))]
    absent = [pl.Series(str(i), [None] * len(rows), pl.String) for i in range(len(columns), width)]
    return Parsed(pl.DataFrame(columns + absent), odd)
