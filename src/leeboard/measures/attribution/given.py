"""The background that a configuration gives, as rows with the columns of the data."""

from collections.abc import Mapping, Sequence
from typing import Any

import polars as pl

from leeboard.errors import InputError


def given_rows(given: Any, columns: Sequence[str], features_path: str | None = None) -> pl.DataFrame:
    """Rows written as lists, as objects, as one object, or as records that hold the features somewhere.

    Args:
        given: as in the configuration, or a frame.
        columns: of the data.
        features_path: JMESPath to the features in a record.

    Raises:
        InputError: it has other columns than the data, or no row.
    """
    if isinstance(given, pl.DataFrame):
        return _fitting(given, columns)
    entries = given if isinstance(given, list) else [given]
    rows = [row for entry in entries for row in _rows(entry, columns, features_path)]
    if not rows:
        raise InputError(
            "the background of SHAP has no row; give one, or leave `baseline` out for centres of clusters"
        )
    for row in rows:
        if len(row) != len(columns):
            raise InputError(
                f"a row of the background of SHAP has {len(row)} cells, "
                f"but the data have {len(columns)} features: {', '.join(columns)}"
            )
    return pl.DataFrame(
        [_series(name, cells) for name, cells in zip(columns, zip(*rows, strict=True), strict=True)]
    )


def _fitting(frame: pl.DataFrame, columns: Sequence[str]) -> pl.DataFrame:
    if not frame.height:
        raise InputError("the background of SHAP has no row")
    if set(columns) <= set(frame.columns):
        return frame.select(columns)
    if frame.width == len(columns):
        return frame.rename(dict(zip(frame.columns, columns, strict=True)))
    missing = [name for name in columns if name not in frame.columns]
    raise InputError(f"the background of SHAP lacks features of the data: {', '.join(missing)}")


def _rows(entry: Any, columns: Sequence[str], features_path: str | None) -> list[list[Any]]:
    if isinstance(entry, Mapping) and set(columns) <= set(entry):
        return [[entry[name] for name in columns]]
    if isinstance(entry, Mapping):
        entry = _inner(entry, columns, features_path)
    if isinstance(entry, Mapping):
        return _rows(entry, columns, None)
    if isinstance(entry, list) and entry and isinstance(entry[0], list | Mapping):
        return [row for inner in entry for row in _rows(inner, columns, None)]
    return [entry if isinstance(entry, list) else [entry]]


def _inner(entry: Mapping[str, Any], columns: Sequence[str], features_path: str | None) -> Any:
    if features_path is not None:
        import jmespath

        found = jmespath.search(features_path, entry)
        if found is not None:
            return found
    missing = [name for name in columns if name not in entry]
    raise InputError(
        f"the background of SHAP lacks features of the data: {', '.join(missing)}; it has {', '.join(entry)}"
    )


def _series(name: str, cells: Sequence[Any]) -> pl.Series:
    return pl.Series(name, cells, strict=False)
