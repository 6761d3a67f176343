"""The type of a cell, read off its text, for whole columns at a time."""

from collections.abc import Sequence

import numpy as np
import polars as pl
from numpy.typing import NDArray

from leeboard.profile.cells import ByClass

INTEGRAL = r"^[+-]? ?[0-9]+$"
FRACTIONAL = r"^[+-]? ?[0-9]+(?:\.[0-9]+|(?:\.[0-9]+)?[eE][+-]?[0-9]+)$"
NUMERIC = r"^[+-]? ?[0-9]+(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?$"
BOOLEAN = r"^(?:true|false)$"


def classes_of(texts: pl.Series, n_each: NDArray[np.int64], starts: Sequence[int]) -> list[ByClass]:
    """Cells by class, for several columns whose texts stand one after the other.

    A number beyond the range of a double is a String.

    Args:
        texts: without nulls.
        n_each: how many cells each text stands for.
        starts: where in `texts` each column begins; no column is empty.

    >>> classes_of(pl.Series(["1", "1.5", "1e999", "true"]), np.array([7, 2, 1, 1]), [0])
    [(7, 2, 1, 1)]
    """
    is_small = ~cast(texts).is_infinite().fill_null(False).to_numpy()
    by_class = [
        np.add.reduceat(_matches(texts, pattern) * is_small * n_each, starts)
        for pattern in (INTEGRAL, FRACTIONAL, BOOLEAN)
    ]
    n_string = np.add.reduceat(n_each, starts) - sum(by_class)
    return [(int(a), int(b), int(c), int(d)) for a, b, c, d in zip(*by_class, n_string, strict=True)]


def numbers_of(texts: pl.Series) -> NDArray[np.float64]:
    """The numeric cells in row order that a double can hold, of texts without nulls."""
    numbers = cast(texts.filter(texts.str.contains(NUMERIC))).to_numpy()
    return np.asarray(numbers[np.isfinite(numbers)])


def cast(texts: pl.Series) -> pl.Series:
    """Doubles of texts, infinite where out of range; null where a text is no number.

    A sign and a blank may stand before the digits, which the cast alone does not allow.
    """
    read = texts.cast(pl.Float64, strict=False)
    if read.null_count() and texts.str.contains(r"^[+-] ").any():
        read = texts.str.replace(r"^([+-]) ", "$1").cast(pl.Float64, strict=False)
    return read


def _matches(texts: pl.Series, pattern: str) -> NDArray[np.bool_]:
    return texts.str.contains(pattern).to_numpy()
