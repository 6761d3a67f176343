"""Columns of text as the types that their cells are written in, so that numbers can be reckoned with."""

import polars as pl

INTEGER, FLOAT = pl.Int64(), pl.Float64()


def typed(*frames: pl.DataFrame) -> list[pl.DataFrame]:
    """The same frames; a column of text whose cells in all of them are numbers is numbers in all of them.

    Whole numbers only where they are written as such: `007` stays text. Blank cells are missing.
    """
    casts = [_cast([frame[name] for frame in frames]) for name in frames[0].columns]
    return [frame.select(cast for cast in casts) for frame in frames]


def _cast(columns: list[pl.Series]) -> pl.Expr:
    name = columns[0].name
    types = {column.dtype for column in columns} - {pl.Null()}
    if types and pl.String() not in types:
        return pl.col(name).cast(_common(types))
    cells = pl.concat([column.cast(pl.String) for column in columns]).unique()
    cells = cells.filter(cells.str.strip_chars() != "")
    if not len(cells):
        return pl.col(name).cast(pl.String)
    if cells.str.contains(r"^\s*(0|-?[1-9]\d{0,17})\s*$").all():
        return _stripped(name).cast(INTEGER)
    is_padded = cells.str.contains(r"^\s*[+-]?0\d").any()
    if is_padded or cells.str.strip_chars().cast(FLOAT, strict=False).null_count():
        return pl.col(name).cast(pl.String)
    return _stripped(name).cast(FLOAT)


def _stripped(name: str) -> pl.Expr:
    return pl.col(name).cast(pl.String).str.strip_chars().replace("", None)


def _common(types: "set[pl.DataType]") -> pl.DataType:
    if len(types) == 1:
        return next(iter(types))
    return FLOAT if all(kind.is_numeric() for kind in types) else pl.String()
