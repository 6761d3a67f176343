"""Files that are no text, told by their first bytes."""

from leeboard.errors import FormatError

LOOKED_AT = 4096
"""Bytes at the beginning of a file."""
MOST_NULS = 0.001
"""The share of NUL bytes that a text may have, beside a single one; noise has 0.004."""


def refuse_binary(head: bytes, uri: str) -> None:
    """Raises FormatError for a file that begins as no text does."""
    if head.startswith(b"PAR1"):
        raise FormatError(
            f"{uri} is a Parquet file; give the data set format as parquet, or leave it out", uri
        )
    if head.count(0) > max(1, MOST_NULS * len(head)):
        raise FormatError(f"{uri} is no text: {_looks_like(head)}", uri)


def _looks_like(head: bytes) -> str:
    even, odd = head[::2].count(0), head[1::2].count(0)
    if max(even, odd) > len(head) / 4 and min(even, odd) < len(head) / 20:
        end = "le" if odd > even else "be"
        return f"it looks like UTF-16 without its mark; give the encoding utf-16-{end}"
    if head.startswith(b"PK"):
        return "it looks like a ZIP archive or a workbook; save it as CSV or Parquet"
    return f"it begins with {head[:8]!r}; expected CSV, JSON, JSON Lines, capture files or Parquet"
