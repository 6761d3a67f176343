"""A function of Python as a model."""

from collections.abc import Callable, Sequence
from typing import Any, Literal

import numpy as np
import polars as pl

from leeboard.errors import InputError, MissingExtraError, UnknownNameError
from leeboard.jobs.models.predictions import predictions_of
from leeboard.jobs.models.writing import json_values
from leeboard.measures.model import Predictions

Form = Literal["polars", "pandas", "numpy"]
FORMS = ("polars", "pandas", "numpy")


class CallableModel:
    """Asks a function such as `predict` or `predict_proba` of a model in this process.

    Args:
        function: frame -> one value a row, or a row of scores a row: an array, a list, a series, a frame or
            `Predictions`. It has to bear several threads.
        takes: what it is given: a polars or pandas frame with the features as columns, or a numpy array
            (of objects if not all features are numbers).
        label_headers: the classes, in the order of the scores.

    >>> model = CallableModel(lambda array: array[:, 0] + 0.5, takes="numpy")
    >>> model.predict(pl.DataFrame({"age": ["1", "2"]})).scores.tolist()
    [[1.5], [2.5]]
    """

    def __init__(
        self, function: Callable[[Any], Any], *, takes: Form = "polars", label_headers: Sequence[str] = ()
    ) -> None:
        if takes not in FORMS:
            raise UnknownNameError("form of a model's input", takes, FORMS)
        self._function = function
        self._takes = takes
        self._headers = list(label_headers)

    def predict(self, rows: pl.DataFrame) -> Predictions:
        """What the function gives for the rows.

        Raises:
            InputError: it raises, or gives something else than an answer a row.
        """
        given = _in_form(_typed(rows), self._takes)
        try:
            found = self._function(given)
        except Exception as error:
            raise InputError(
                f"the model's function failed: {type(error).__name__}: {error} "
                f"(it was given {rows.height} rows as {self._takes}, columns {', '.join(rows.columns)})"
            ) from error
        if isinstance(found, Predictions):
            return found
        values = _values(found)
        if len(values) != rows.height:
            raise InputError(
                f"the model's function was given {rows.height} rows and gave {len(values)} answers: "
                f"{str(found)[:120]}"
            )
        return _predictions(values, self._headers)


def _typed(rows: pl.DataFrame) -> pl.DataFrame:
    """Columns of texts that all read as numbers as numbers."""
    return pl.DataFrame([_typed_column(column) for column in rows.iter_columns()])


def _typed_column(column: pl.Series) -> pl.Series:
    if column.dtype != pl.String:
        return column
    values = json_values(column)
    if any(isinstance(value, str) for value in values) or not column.count():
        return column
    return pl.Series(column.name, values, pl.Float64, strict=False)


def _in_form(rows: pl.DataFrame, takes: Form) -> Any:
    if takes == "polars":
        return rows
    if takes == "numpy":
        is_numeric = all(dtype.is_numeric() for dtype in rows.dtypes)
        return rows.cast(pl.Float64).to_numpy() if is_numeric else np.array(rows.rows(), dtype=object)
    try:
        import pandas as pd
    except ModuleNotFoundError:
        raise MissingExtraError("pandas", "pandas", "a model that takes pandas frames") from None
    return pd.DataFrame({name: rows[name].to_numpy() for name in rows.columns})


def _values(found: Any) -> list[Any]:
    """One value or one list a row."""
    if isinstance(found, pl.DataFrame):
        return [list(row) for row in found.rows()]
    for method in ("to_numpy", "tolist", "to_list"):  # of pandas, of arrays, of series
        if hasattr(found, method):
            return list(getattr(found, method)())
    try:
        return list(found)
    except TypeError:
        raise InputError(
            f"the model's function gave {found!r}, where an answer for each row is wanted"
        ) from None


def _predictions(values: list[Any], headers: Sequence[str]) -> Predictions:
    plain = [value.tolist() if isinstance(value, np.ndarray | np.generic) else value for value in values]
    rows = [list(value) if isinstance(value, list | tuple) else [value] for value in plain]
    if all(len(row) == 1 for row in rows):
        cells = [row[0] for row in rows]
        is_scores = all(isinstance(cell, float) for cell in cells)
        return predictions_of(None, cells) if is_scores else predictions_of(cells, None)
    return predictions_of(None, rows, headers)
