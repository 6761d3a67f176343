"""Whole numbers as URLs, queries, forms and headers have them: rows, pages, lengths in bytes."""

MOST_DIGITS = 18
"""So many fit into a column of 64 bits, whichever they are."""
LARGEST = 10**MOST_DIGITS - 1


def whole_number(text: str, *, least: int = 0, most: int = LARGEST) -> int | None:
    """What decimal digits of ASCII say, leading zeros or not; None for any other text.

    `int` takes signs, spaces, underscores and the digits of all scripts, and raises for very long texts.

    Args:
        least, most: bounds, both inclusive; None is the answer beyond them, too.

    >>> whole_number("42"), whole_number("007"), whole_number("0", least=1)
    (42, 7, None)
    >>> [whole_number(text) for text in ("", "-1", "1_0", "\\u0663", "9" * 30)]
    [None, None, None, None, None]
    """
    if not (text.isascii() and text.isdecimal() and len(text) <= MOST_DIGITS):
        return None
    number = int(text)
    return number if least <= number <= most else None
