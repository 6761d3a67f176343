"""Frames as the matrices that a loaded model reckons with."""

from collections.abc import Sequence

import numpy as np
import polars as pl

from leeboard.errors import InputError
from leeboard.measures.attribution.coalitions import Floats


def columns_of(rows: pl.DataFrame, features: Sequence[str] | None, n_features: int) -> Floats:
    """Shape (n_features, n_rows), missing cells as NaN; by the model's names where the data have them all.

    Raises:
        InputError: a column of text, or too few columns.
    """
    if features and set(features) <= set(rows.columns):
        rows = rows.select(features)
    if rows.width < n_features:
        raise InputError(
            f"the model has {n_features} features but the data {rows.width}: {', '.join(rows.columns)}"
        )
    columns = [_numbers(column) for column in rows.iter_columns()][:n_features]
    return np.array(columns).reshape(n_features, rows.height)


def _numbers(column: pl.Series) -> Floats:
    if column.dtype in (pl.String(), pl.Categorical()):
        found = column.cast(pl.String).cast(pl.Float64, strict=False)
        lost = column.filter(found.is_null() & column.is_not_null() & (column.cast(pl.String) != ""))
        if len(lost):
            raise InputError(
                f"the loaded model reads numbers, but column {column.name!r} has {lost[0]!r}; "
                "ask the model through its endpoint instead, which encodes such cells itself"
            )
        column = found
    return np.array(column.cast(pl.Float64).fill_null(float("nan")).to_numpy())
