"""CSV text taken apart to the letter: quotes, escapes, and where rows end.

A quote opens a cell only at its beginning (blanks before it aside) and closes it only at its end.
Inside, a quote is written twice, or behind a backslash: which of the two, a file shows at the first
backslash before a quote. A quote anywhere else is an ordinary character.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

QUOTE, COMMA, LINE_FEED, BACKSLASH = b'",\n\\'
_UNQUOTED = rb"([^,\n]*+)"
_BEHIND = rb"[ \t]*+(?=,|\r?\n|\r?\Z)"
_DOUBLED = rb'[ \t]*+"((?:[^"]|"")*+)"'
_ESCAPED = rb'[ \t]*+"((?:[^"\\]|\\.|"")*+)"'
_SEPARATOR = rb"(\r?(?:\n|\Z)|,)"
_CELL = {
    False: re.compile(rb"(?:" + _DOUBLED + _BEHIND + rb"|" + _UNQUOTED + rb")" + _SEPARATOR, re.DOTALL),
    True: re.compile(rb"(?:" + _ESCAPED + _BEHIND + rb"|" + _UNQUOTED + rb")" + _SEPARATOR, re.DOTALL),
}
_UNCLOSED = {
    False: re.compile(_DOUBLED + rb"?[ \t\r]*+\Z", re.DOTALL),
    True: re.compile(_ESCAPED + rb"?[ \t\r]*+\Z", re.DOTALL),
}
_ESCAPE = re.compile(rb'\\(["\\])|"(")')
_MAY_OPEN = np.frombuffer(b',\n"', np.uint8)
_MAY_FOLLOW = np.frombuffer(b',\r\n"', np.uint8)


@dataclass(frozen=True, slots=True)
class RawRow:
    """One row: its cells without quotes and escapes, and where its text stands."""

    cells: list[bytes]
    start: int
    end: int


def raw_rows(text: bytes, escapes: bool = False, *, is_all: bool = True) -> Iterator[RawRow]:
    """All rows, exactly; slow.

    Args:
        text: rows from the beginning of one.
        escapes: whether a backslash before a quote makes it an ordinary character.
        is_all: whether the file ends with the text; if not, it ends before a quoted cell that
            more text might close.

    >>> [row.cells for row in raw_rows(b'1,"a, b"')]
    [[b'1', b'a, b']]
    """
    cells: list[bytes] = []
    start = at = 0
    cell = _CELL[escapes]
    while at < len(text) or cells:
        match = cell.match(text, at)
        assert match is not None  # noqa: S101 - the pattern matches at any place
        quoted, plain, separator = match.groups()
        if quoted is None and not is_all and _UNCLOSED[escapes].match(text, at):
            return
        at = match.end()
        if quoted is None:
            cells.append(plain.removesuffix(b"\r") if separator != b"," else plain)
        else:
            cells.append(_unescaped(quoted, escapes))
        if separator != b",":
            yield RawRow(cells, start, at)
            cells, start = [], at


def _unescaped(quoted: bytes, escapes: bool) -> bytes:
    if not escapes:
        return quoted.replace(b'""', b'"')
    return _ESCAPE.sub(lambda match: match[1] or match[2], quoted)


@dataclass(slots=True)
class Quoting:
    """How one file writes quotes, as far as it has shown it.

    Attributes:
        escapes: whether a backslash before a quote makes it an ordinary character; None as long
            as no text was seen where it matters.
    """

    escapes: bool | None = None

    def rows_end(self, text: bytes | bytearray) -> int:
        """Where the last row ends that a line end closes; 0 if none does."""
        if QUOTE not in text:
            return text.rfind(b"\n") + 1
        if self.escapes is None and BACKSLASH in text and b'\\"' in text:
            self.escapes = not _is_regular(text, _quotes(text)) and _is_regular(text, _unescaped_quotes(text))
        quotes = _unescaped_quotes(text) if self.escapes else _quotes(text)
        if _is_regular(text, quotes):
            return _end_outside(text, quotes)
        return self._exact_end(bytes(text))

    def _exact_end(self, text: bytes) -> int:
        rows = raw_rows(text, bool(self.escapes), is_all=False)
        return max((row.end for row in rows if text[row.end - 1] == LINE_FEED), default=0)


def escapes_in(text: bytes) -> bool:
    """Whether a backslash before a quote makes it an ordinary character in this text."""
    quoting = Quoting()
    if BACKSLASH in text and b'\\"' in text:
        quoting.rows_end(text)
    return bool(quoting.escapes)


def has_lone_return(text: bytes | bytearray) -> bool:
    """Whether a carriage return stands anywhere but before a line feed."""
    return b"\r" in text and text.count(b"\r") != text.count(b"\r\n")


def is_plain(text: bytes) -> bool:
    """Whether every quote stands at an end of a cell or is doubled, with no blanks around."""
    quotes = _quotes(text)
    return len(quotes) % 2 == 0 and _is_regular(text, quotes)


def _quotes(text: bytes | bytearray) -> NDArray[np.int64]:
    return np.flatnonzero(np.frombuffer(text, np.uint8) == QUOTE)


def _unescaped_quotes(text: bytes | bytearray) -> NDArray[np.int64]:
    """Quotes without an odd number of backslashes before them."""
    data, quotes = np.frombuffer(text, np.uint8), _quotes(text)
    suspects = quotes[(quotes > 0) & (data[quotes - 1] == BACKSLASH)]
    escaped = [at for at in suspects.tolist() if _n_backslashes(text, at) % 2]
    return np.setdiff1d(quotes, escaped, assume_unique=True).astype(np.int64)


def _n_backslashes(text: bytes | bytearray, end: int) -> int:
    start = end
    while start > 0 and text[start - 1] == BACKSLASH:
        start -= 1
    return end - start


def _is_regular(text: bytes | bytearray, quotes: NDArray[np.int64]) -> bool:
    """Whether every other quote opens right at the beginning of a cell, and its partner ends it."""
    if has_lone_return(text):
        return False
    data = np.frombuffer(text, np.uint8)
    opens, closes = quotes[0::2], quotes[1::2]
    before = data[opens[opens > 0] - 1]
    after = data[closes[closes < len(data) - 1] + 1]
    return bool(np.isin(before, _MAY_OPEN).all() and np.isin(after, _MAY_FOLLOW).all())


def _end_outside(text: bytes | bytearray, quotes: NDArray[np.int64]) -> int:
    """The last line end with an even number of quotes before it."""
    borders = [-1, *quotes.tolist(), len(text)]
    last_outside = len(quotes) - len(quotes) % 2
    for n_before in range(last_outside, -1, -2):
        end = text.rfind(b"\n", borders[n_before] + 1, borders[n_before + 1])
        if end >= 0:
            return end + 1
    return 0
