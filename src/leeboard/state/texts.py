"""Texts of strangers, as every database takes them."""


def storable(text: str) -> str:
    """The text with a replacement character for each NUL, which PostgreSQL takes in no text.

    >>> storable("a\\0b")
    'a\ufffdb'
    """
    return text.replace("\0", "\N{REPLACEMENT CHARACTER}")
