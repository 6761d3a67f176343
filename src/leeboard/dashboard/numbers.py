"""The numbers of a chart as a table."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

MOST_ROWS = 500
"""In the page; the exports of the page have all."""


@dataclass(frozen=True, slots=True)
class Numbers:
    """A table; the first cell of a row names it."""

    columns: Sequence[str]
    rows: Sequence[Sequence[Any]]


def numbers_of(kind: str, data: Mapping[str, Any]) -> Numbers:
    """The table of a chart's data, in the form that its kind has."""
    numbers = FORMS[kind](data)
    return Numbers(numbers.columns, numbers.rows[-MOST_ROWS:])


def _lines(data: Mapping[str, Any]) -> Numbers:
    series = data["series"]
    rows = [(at, *(one["values"][i] for one in series)) for i, at in enumerate(data["times"])]
    return Numbers(("Time", *(one["name"] for one in series)), rows)


def _bars(data: Mapping[str, Any]) -> Numbers:
    series = data["series"]
    rows = [(name, *(one["values"][i] for one in series)) for i, name in enumerate(data["categories"])]
    return Numbers(("", *(one["name"] for one in series)), rows)


def _histogram(data: Mapping[str, Any]) -> Numbers:
    edges, series = data["edges"], data["series"]
    names = [f"{_edge(low, '-∞')} to {_edge(high, '∞')}" for low, high in pairwise(edges)]
    rows = [(name, *(one["shares"][i] for one in series)) for i, name in enumerate(names)]
    return Numbers(("Values", *(one["name"] for one in series)), rows)


def _edge(value: float | None, absent: str) -> str:
    return absent if value is None else f"{value:g}"


def _heat(data: Mapping[str, Any]) -> Numbers:
    return Numbers(("", *data["times"]), [(n, *v) for n, v in zip(data["rows"], data["values"], strict=True)])


def _ranks(data: Mapping[str, Any]) -> Numbers:
    columns = ("", data.get("was_name", "baseline"), data.get("now_name", "now"))
    return Numbers(columns, [(item["name"], item["was"], item["now"]) for item in data["items"]])


def _matrix(data: Mapping[str, Any]) -> Numbers:
    classes = data["classes"]
    rows = [(name, *counts) for name, counts in zip(classes, data["counts"], strict=False)]
    return Numbers(("actual, then predicted", *classes), rows)


def _curve(data: Mapping[str, Any]) -> Numbers:
    return Numbers(("Curve", data.get("x_name", "x"), data.get("y_name", "y")), list(_points(data)))


def _points(data: Mapping[str, Any]) -> Iterator[tuple[Any, ...]]:
    for one in data["series"]:
        yield from ((one["name"], x, y) for x, y in zip(one["x"], one["y"], strict=True))


def _scatter(data: Mapping[str, Any]) -> Numbers:
    rows = [(point["name"], point["x"], point["y"]) for point in data["points"]]
    return Numbers(("", data["x_name"], data["y_name"]), rows)


FORMS: Mapping[str, Callable[[Mapping[str, Any]], Numbers]] = {
    "lines": _lines,
    "bars": _bars,
    "histogram": _histogram,
    "heat": _heat,
    "ranks": _ranks,
    "matrix": _matrix,
    "curve": _curve,
    "calibration": _curve,
    "scatter": _scatter,
}
