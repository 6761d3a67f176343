"""The columns of a block to cells, with as few calls into polars as can be.

A wide table comes in blocks of few rows, so that what one call costs counts for more than what
it does: what can be asked of all columns at once is asked at once.
"""

from collections.abc import Mapping, Sequence
from itertools import accumulate

import numpy as np
import polars as pl
from numpy.typing import NDArray

from leeboard.profile.cells import MAX_NUMERIC_VALUES, ByClass, Cells, ValueCounts
from leeboard.profile.texts import BOOLEAN, FRACTIONAL, INTEGRAL, classes_of, numbers_of

PEEK_ROWS = 2 * MAX_NUMERIC_VALUES
"""First rows that settle whether the values of a column are worth counting before all else."""
PATTERNS = (INTEGRAL, FRACTIONAL, BOOLEAN)
ORDERS = {True: (0, 1, 2), False: (1, 0, 2)}
"""Which pattern to try first, by whether a column begins with a whole number."""
SEED = 7_070
NO_HASHES = np.empty(0, dtype=np.uint64)


def read_cells(frame: pl.DataFrame) -> dict[str, Cells]:
    """The cells of every column, by name.

    A String column is read by its text. A column with a physical number type is taken as that
    type; there, NaN is a missing cell, and an infinity is a String, as its text is elsewhere.

    >>> read_cells(pl.DataFrame({"a": ["5", "5.0", None, "x"]}))["a"].n_by_class
    (1, 1, 0, 1)
    """
    frame = _without_nan(frame)
    counted = _count_few_values(frame)
    by_class, numbers = _read_texts(frame, counted)
    by_class |= _classes_of_numbers(frame.select(name for name in frame.columns if name not in by_class))
    counts = _counts_to_keep(frame, by_class, counted)
    hashes = dict(zip(counts, _hashes([one.values for one in counts.values()]), strict=True))
    return {
        column.name: Cells(
            len(column),
            column.null_count(),
            by_class[column.name],
            numbers[column.name] if column.name in numbers else _numbers(column),
            counts.get(column.name),
            hashes.get(column.name, NO_HASHES),
        )
        for column in frame.get_columns()
    }


def cells_of(series: pl.Series) -> Cells:
    """The cells of one column.

    >>> cells_of(pl.Series(["1", "2.5", None])).numbers.tolist()
    [1.0, 2.5]
    """
    return read_cells(series.alias("column").to_frame())["column"]


def _without_nan(frame: pl.DataFrame) -> pl.DataFrame:
    floats = [column.name for column in frame.get_columns() if column.dtype.is_float()]
    if not floats or not frame.height:
        return frame
    have = frame.select(pl.col(floats).is_nan().any()).row(0)
    spoilt = [name for name, has_nan in zip(floats, have, strict=True) if has_nan]
    return frame.with_columns(pl.col(spoilt).fill_nan(None)) if spoilt else frame


def _count_few_values(frame: pl.DataFrame) -> dict[str, ValueCounts]:
    """Values and counts of the columns that seem to have few values, by a look at their first rows."""
    if not frame.width:
        return {}
    n_seen = frame.head(PEEK_ROWS).select(pl.all().n_unique()).row(0)
    columns = zip(frame.get_columns(), n_seen, strict=True)
    return {column.name: _value_counts(column) for column, n in columns if n <= MAX_NUMERIC_VALUES + 1}


def _read_texts(
    frame: pl.DataFrame, counted: Mapping[str, ValueCounts]
) -> tuple[dict[str, ByClass], dict[str, NDArray[np.float64]]]:
    """Classes and numbers of the String columns; those of few values are classified by these."""
    texts = frame.select(pl.col(pl.String))
    few = [name for name in texts.columns if name in counted]
    by_class = dict(zip(few, _classes_of_values([counted[name] for name in few]), strict=True))
    by_class |= _classes_of_cells(texts.drop(few))
    return by_class, _numbers_of_texts(texts, by_class)


def _counts_to_keep(
    frame: pl.DataFrame, by_class: Mapping[str, ByClass], counted: Mapping[str, ValueCounts]
) -> dict[str, ValueCounts]:
    """Of every column that is not numeric, and of a numeric one that has few values."""
    kept = {}
    for name, classes in by_class.items():
        if any(classes[2:]):
            kept[name] = counted[name] if name in counted else _value_counts(frame.get_column(name))
        elif name in counted and len(counted[name]) <= MAX_NUMERIC_VALUES:
            kept[name] = counted[name]
    return kept


def _value_counts(column: pl.Series) -> ValueCounts:
    present = _present(column)
    if present.dtype == pl.Null:
        return ValueCounts(pl.Series([], dtype=pl.String), pl.Series([], dtype=pl.Int64))
    table = present.alias("value").value_counts(name="count")
    return ValueCounts(table.get_column("value").cast(pl.String), table.get_column("count").cast(pl.Int64))


def _classes_of_values(counted: Sequence[ValueCounts]) -> list[ByClass]:
    sizes = [len(one) for one in counted]
    if not any(sizes):
        return [(0, 0, 0, 0)] * len(sizes)
    texts = pl.concat([one.values for one in counted])
    n_each = np.concatenate([one.counts.to_numpy() for one in counted])
    starts = [start for start, size in zip(accumulate([0, *sizes]), sizes, strict=False) if size]
    found = iter(classes_of(texts, n_each, starts))
    return [next(found) if size else (0, 0, 0, 0) for size in sizes]


def _classes_of_cells(frame: pl.DataFrame) -> dict[str, ByClass]:
    """Of columns of many values: by the likeliest pattern first, by the others for what is left."""
    left = {column.name: len(column) - column.null_count() for column in frame.get_columns()}
    found: dict[str, list[int]] = {name: [0, 0, 0] for name in left}
    integral_first = {column.name for column in frame.get_columns() if _looks_integral(column)}
    for turn in range(len(PATTERNS)):
        kinds = {name: ORDERS[name in integral_first][turn] for name, n in left.items() if n}
        matches = frame.select(
            pl.col(name).str.contains(PATTERNS[kind]).sum() for name, kind in kinds.items()
        )
        for name, n in matches.row(0, named=True).items() if kinds else ():
            found[name][kinds[name]] = n
            left[name] -= n
    return {name: (a, b, c, left[name]) for name, (a, b, c) in found.items()}


def _looks_integral(column: pl.Series) -> bool:
    first = column.head(PEEK_ROWS).drop_nulls().head(1)
    return bool(len(first)) and str(first[0]).isdigit()


def _numbers_of_texts(frame: pl.DataFrame, by_class: dict[str, ByClass]) -> dict[str, NDArray[np.float64]]:
    """The numbers of columns that have some; what overflows is taken out of `by_class` as well."""
    pure = [name for name, (a, b, c, d) in by_class.items() if a + b and not c + d]
    integral = [name for name in pure if not by_class[name][1]]
    fractional = [name for name in pure if by_class[name][1]]
    read = frame.select(
        pl.col(integral).cast(pl.Int64, strict=False).cast(pl.Float64),
        pl.col(fractional).cast(pl.Float64, strict=False),
    )
    numbers = {}
    for name, (n_integral, n_fractional, *others) in list(by_class.items()):
        if not n_integral + n_fractional:
            continue
        if not any(others):
            numbers[name] = _present(read.get_column(name)).to_numpy()
        if any(others) or len(numbers[name]) < n_integral + n_fractional:
            numbers[name] = numbers_of(_present(frame.get_column(name)))
        elif n_fractional and not np.isfinite(numbers[name]).all():
            numbers[name] = numbers[name][np.isfinite(numbers[name])]
        if len(numbers[name]) < n_integral + n_fractional:
            texts = _present(frame.get_column(name))
            (by_class[name],) = classes_of(texts, np.ones(len(texts), dtype=np.int64), [0])
    return numbers


def _classes_of_numbers(frame: pl.DataFrame) -> dict[str, ByClass]:
    """Of columns with a physical type."""
    by_class = {}
    for column in frame.get_columns():
        n_present = len(column) - column.null_count()
        by_class[column.name] = (n_present, 0, 0, 0) if column.dtype.is_integer() else (0, n_present, 0, 0)
    floats = [column.name for column in frame.get_columns() if column.dtype.is_float()]
    if floats:
        for name, n_infinite in frame.select(pl.col(floats).is_infinite().sum()).row(0, named=True).items():
            by_class[name] = (0, by_class[name][1] - n_infinite, 0, n_infinite)
    return by_class


def _numbers(column: pl.Series) -> NDArray[np.float64]:
    """Of a column with a physical number type; a column of text that gets here has none."""
    if not column.dtype.is_numeric():
        return np.empty(0)
    numbers = _present(column).cast(pl.Float64).to_numpy()
    finite = np.isfinite(numbers)
    return numbers if finite.all() else numbers[finite]


def _hashes(columns: Sequence[pl.Series]) -> list[NDArray[np.uint64]]:
    if not columns:
        return []
    hashes = pl.concat(columns).hash(SEED).to_numpy()
    return np.split(hashes, list(accumulate(map(len, columns)))[:-1])


def _present(column: pl.Series) -> pl.Series:
    return column.filter(column.is_not_null()) if column.null_count() else column
