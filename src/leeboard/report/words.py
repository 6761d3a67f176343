"""Numbers and names as people read them."""

from math import isfinite

JOINERS = frozenset("\u200c\u200d")
"""Invisible characters that Persian, Indic scripts and emoji need."""


def visible(text: str) -> str:
    r"""The text with every character that cannot be seen written as an escape.

    Text from strangers may turn the direction of a line around, or hold commands to a terminal.

    >>> visible("a\x1b[31m\u202eb")
    'a\\x1b[31m\\u202eb'
    """
    if text.isprintable():
        return text
    return "".join(c if c.isprintable() or c in JOINERS else _escape(c) for c in text)


def _escape(character: str) -> str:
    return character.encode("unicode_escape").decode("ascii")


def clipped(text: str, length: int) -> str:
    """At most `length` characters, the last of them an ellipsis if there were more."""
    return text if len(text) <= length else text[: length - 1] + "…"


def named(text: str) -> str:
    """A name or value that can be pointed at, also when it is blank."""
    return visible(text) if text.strip() else f"“{visible(text)}” (blank)"


def number(value: float | None, digits: int = 4) -> str:
    """So many digits, and the exponent only where zeros would have to be counted; "–" for None.

    >>> number(1234567.0), number(0.25), number(-3.0), number(2.5e-7), number(7e12), number(0.12345, 3)
    ('1,234,567', '0.25', '-3', '2.5e-07', '7e+12', '0.123')
    """
    if value is None:
        return "–"
    size = abs(value)
    if not isfinite(value) or (size != 0 and not 1e-4 <= size < 1e9):
        return f"{value:.{digits}g}"
    return f"{value:,.0f}" if size >= 1000 or value == int(value) else f"{value:.{digits}g}"


def percent(share: float | None) -> str:
    """A share in [0, 1] as a percentage that is 0 % or 100 % only if it is exactly that.

    >>> percent(0.9996), percent(1.0), percent(0.00001), percent(0.9999999)
    ('99.96%', '100%', '<0.01%', '>99.99%')
    """
    if share is None:
        return "–"
    if 0 < share < 0.0001:
        return "<0.01%"
    if 0.9999 < share < 1:
        return ">99.99%"
    digits = 1 if 0.01 <= share <= 0.99 else 2
    return f"{100 * share:.{digits}f}".rstrip("0").rstrip(".") + "%"


def chance(p: float | None) -> str:
    """A p-value; "–" for None.

    >>> chance(0.0001), chance(0.0314), chance(1.0)
    ('< 0.001', '0.031', '1')
    """
    if p is None:
        return "–"
    return "< 0.001" if p < 0.001 else f"{p:.2g}"


def counted(n: int, noun: str) -> str:
    """The number with its noun.

    >>> counted(1, "column"), counted(2000, "column"), counted(2, "category")
    ('1 column', '2,000 columns', '2 categories')
    """
    many = f"{noun[:-1]}ies" if noun.endswith("y") else f"{noun}s"
    return f"{n:,} {noun if n == 1 else many}"


def duration(seconds: float) -> str:
    """Wall time, in the unit that suits it.

    >>> duration(0.034), duration(12.3), duration(140.0)
    ('34 ms', '12.3 s', '2 min 20 s')
    """
    if seconds < 1:
        return f"{1000 * seconds:.0f} ms"
    if seconds < 60:
        return f"{seconds:.1f} s"
    return f"{seconds // 60:.0f} min {seconds % 60:.0f} s"
