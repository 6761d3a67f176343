"""Frames of any dtype to the columns of a block: integers, floats, and texts for the rest."""

import polars as pl

from leeboard.errors import FormatError
from leeboard.tables.text.delimited import BLANKS

PEEK_ROWS = 500
FEW_VALUES = 5
"""Values of the first rows that are looked for one by one."""


def as_cells(frame: pl.DataFrame, uri: str) -> pl.DataFrame:
    """Each column as a number or as text.

    Booleans become `true` and `false`, dates their ISO form, decimals floats; texts lose the blanks
    around them, and an empty text is a missing cell.

    Raises:
        FormatError: a column holds lists or structs.
    """
    return pl.DataFrame([_as_cells(column, uri) for column in frame.get_columns()])


def _as_cells(column: pl.Series, uri: str) -> pl.Series:
    dtype = column.dtype
    if dtype.is_integer() or dtype.is_float():
        return column
    if dtype.is_decimal():
        return column.cast(pl.Float64)
    if dtype.is_nested():
        raise FormatError(
            f"column {column.name!r} of {uri} is of type {dtype}; cells must be numbers or texts: "
            "flatten it before (in polars: explode or unnest), or leave the column out with exclude",
            uri,
        )
    if dtype == pl.Object:
        return pl.Series(column.name, [None if cell is None else str(cell) for cell in column], pl.String)
    return _trimmed(column if dtype == pl.String else column.cast(pl.String, strict=False))


def _trimmed(texts: pl.Series) -> pl.Series:
    if _is_of_few_clean(texts):
        return texts
    has_blanks = any((texts.str.starts_with(blank) | texts.str.ends_with(blank)).any() for blank in BLANKS)
    if has_blanks:
        texts = texts.str.strip_chars(BLANKS)
    is_empty = texts == ""
    return texts.set(is_empty, None) if is_empty.any() else texts


def _is_of_few_clean(texts: pl.Series) -> bool:
    """Whether all cells are among a few values without blanks around them: faster seen than no blanks are."""
    values = texts.head(PEEK_ROWS).drop_nulls().unique().to_list()
    if len(values) > FEW_VALUES or any(not value or value != value.strip(BLANKS) for value in values):
        return False
    n_known = sum((texts == value).sum() for value in values)
    return bool(n_known + texts.null_count() == len(texts))
