"""JSON values to rows: well-known wrappers taken off, objects by name, lists by position."""

from collections.abc import Sequence
from typing import Any

from leeboard.tables.options import Row

WRAPPERS = frozenset(
    [
        *("instances", "features", "input", "inputs", "data", "rows", "records"),
        *("predictions", "probabilities", "output", "outputs", "result", "results", "response"),
        *("dataframe_records", "dataframe_split"),
    ]
)
"""Keys that stand alone around the cells of a request or an answer."""
_SPLIT_FRAME = {"columns", "data"}


class NestedError(ValueError):
    """A cell is a list or an object; `path` says where."""

    def __init__(self, path: str, value: Any) -> None:
        kind = "an object" if isinstance(value, dict) else "a list"
        super().__init__(f"{path or 'the value'} is {kind}, not a cell")
        self.path = path


def rows_in(value: Any, path: str = "") -> list[Row]:
    """The rows of a JSON value.

    >>> rows_in({"instances": [{"features": [1, 2]}, {"features": [3, 4]}]})
    [[1, 2], [3, 4]]
    >>> rows_in({"predictions": [{"label": 0, "score": 0.1}]})
    [{'label': 0, 'score': 0.1}]
    >>> rows_in(0.5), rows_in([0.1, 0.9])
    ([[0.5]], [[0.1, 0.9]])

    Raises:
        NestedError: there are lists or objects within a row.
    """
    if isinstance(value, dict):
        return _rows_of_object(value, path)
    if isinstance(value, Sequence) and not isinstance(value, str):
        return _rows_of_list(value, path)
    return [[value]]


def _rows_of_object(value: dict[str, Any], path: str) -> list[Row]:
    if len(value) == 1:
        ((key, inner),) = value.items()
        if key in WRAPPERS and _is_nested(inner):
            return rows_in(inner, f"{path}.{key}".lstrip("."))
    if value.keys() >= _SPLIT_FRAME and value.keys() <= _SPLIT_FRAME | {"index"}:
        return [dict(zip(value["columns"], row, strict=False)) for row in value["data"]]
    for key, cell in value.items():
        if _is_nested(cell):
            raise NestedError(f"{path}.{key}".lstrip("."), cell)
    return [value]


def _rows_of_list(value: Sequence[Any], path: str) -> list[Row]:
    if not any(map(_is_nested, value)):
        return [value] if value else []
    if not all(map(_is_nested, value)):
        at = next(i for i, cell in enumerate(value) if _is_nested(cell))
        raise NestedError(f"{path}[{at}]", value[at])
    return [row for i, item in enumerate(value) for row in _rows_of_item(item, f"{path}[{i}]")]


def _rows_of_item(item: Any, path: str) -> list[Row]:
    if isinstance(item, dict):
        return _rows_of_object(item, path)
    for i, cell in enumerate(item):
        if _is_nested(cell):
            raise NestedError(f"{path}[{i}]", cell)
    return [item]


def _is_nested(value: Any) -> bool:
    return isinstance(value, dict) or (isinstance(value, Sequence) and not isinstance(value, str))
