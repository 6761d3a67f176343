"""The type of a cell, read off its text, for whole columns at a time."""

from typing import TypeAlias

import numpy as np
import polars as pl
from numpy.typing import NDArray

INTEGRAL = r"^[+-]? ?[0-9]+$"
FRACTIONAL = r"^[+-]? ?[0-9]+(?:\.[0-9]+|(?:\.[0-9]+)?[eE][+-]?[0-9]+)$"
NUMERIC = r"^[+-]? ?[0-9]+(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?$"
BOOLEAN = r"^(?:true|false)$"

ByClass: TypeAlias = tuple[int, int, int, int]
"""Cells that are Integral, Fractional, Boolean, String."""


def read_texts(texts: pl.Series) -> tuple[ByClass, NDArray[np.float64]]:
    """Cells by class and the numbers in row order, of texts without nulls."""
    if _looks_integral(texts):
        integers = texts.cast(pl.Int64, strict=False)
        if not integers.null_count():
            return (len(texts), 0, 0, 0), integers.cast(pl.Float64).to_numpy()
    by_class = _classes(texts, None)
    numbers = numbers_of(texts, by_class)
    n_too_large = by_class[0] + by_class[1] - len(numbers)
    return (classes_of(texts) if n_too_large else by_class), numbers


def classes_of(texts: pl.Series, counts: pl.Series | None = None) -> ByClass:
    """Cells by class; `counts` says how many cells each text stands for, one if it is None.

    A number beyond the range of a double is a String.

    >>> classes_of(pl.Series(["1", "1.5", "1e999", "true"]), pl.Series([7, 2, 1, 1]))
    (7, 2, 1, 1)
    """
    is_too_large = texts.str.contains(NUMERIC) & _cast(texts).is_infinite().fill_null(False)
    if not is_too_large.any():
        return _classes(texts, counts)
    small = None if counts is None else counts.filter(~is_too_large)
    n_large = int(is_too_large.sum() if counts is None else counts.filter(is_too_large).sum())
    *others, n_string = _classes(texts.filter(~is_too_large), small)
    return (others[0], others[1], others[2], n_string + n_large)


def _classes(texts: pl.Series, counts: pl.Series | None) -> ByClass:
    n = len(texts) if counts is None else int(counts.sum())
    n_fractional = _count(texts, FRACTIONAL, counts)
    n_integral = 0 if n_fractional == n else _count(texts, INTEGRAL, counts)
    n_numeric = n_fractional + n_integral
    n_boolean = 0 if n_numeric == n else _count(texts, BOOLEAN, counts)
    return n_integral, n_fractional, n_boolean, n - n_numeric - n_boolean


def numbers_of(texts: pl.Series, by_class: ByClass) -> NDArray[np.float64]:
    """The numeric cells in row order that a double can hold, given how many there may be."""
    n_integral, n_fractional, *others = by_class
    if not n_integral + n_fractional:
        return np.empty(0)
    if not any(others) and not n_fractional:
        integers = texts.cast(pl.Int64, strict=False)
        if not integers.null_count():
            return integers.cast(pl.Float64).to_numpy()
    numeric = texts.filter(texts.str.contains(NUMERIC)) if any(others) else texts
    numbers = _cast(numeric).to_numpy()
    finite = np.isfinite(numbers)
    return numbers if finite.all() else numbers[finite]


def _cast(numeric: pl.Series) -> pl.Series:
    """Doubles of texts that match a numeric pattern; infinite where out of range."""
    read = numeric.cast(pl.Float64, strict=False)
    if read.null_count():  # a sign and a blank, which the pattern allows and the cast does not
        read = numeric.str.replace(" ", "", literal=True).cast(pl.Float64, strict=False)
    return read


def _looks_integral(texts: pl.Series) -> bool:
    first = str(texts[0]).lstrip("+-")
    return first.isascii() and first.isdigit()


def _count(texts: pl.Series, pattern: str, counts: pl.Series | None) -> int:
    matches = texts.str.contains(pattern)
    return int(matches.sum() if counts is None else counts.filter(matches).sum())
