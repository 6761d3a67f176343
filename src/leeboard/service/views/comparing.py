"""How far the numbers of two summaries are apart, by feature, measure or group."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from math import log
from typing import Any

from leeboard.formats.summary import FeatureColumns, Summary

ALONE, RETYPED = 1e6, 1e3
"""Effects that stand before all numbers."""
OF_COMPLETENESS, OF_DISTANCE, OF_DISTINCT = 10.0, 5.0, 0.5
"""What a change weighs beside a mean that moved by one standard deviation."""
SHOWN = ("type", "completeness", "mean", "std_dev", "minimum", "maximum", "n_distinct", "distance")


@dataclass(frozen=True, slots=True)
class Compared:
    """One thing on both sides.

    Attributes:
        left, right: numbers by name; empty where a side does not have it.
        effect: how much they differ; sorts.
        words: what differs most: a name of a number, "type", "only left", "only right", or "".
    """

    name: str
    left: dict[str, Any]
    right: dict[str, Any]
    effect: float
    words: str

    @property
    def is_alone(self) -> bool:
        return not self.left or not self.right


def compared(left: Summary, right: Summary) -> list[Compared]:
    """What either side has, what differs most first."""
    if left.features.name or right.features.name:
        found = _pairs(_features(left.features), _features(right.features), _of_feature)
    elif left.measures or right.measures:
        found = _pairs(_measures(left), _measures(right), _of_measure)
    elif left.bias or right.bias:
        found = _pairs(_biases(left), _biases(right), _of_value)
    else:
        found = _pairs(_attributions(left), _attributions(right), _of_value)
    return sorted(found, key=lambda one: -one.effect)


Sides = dict[str, dict[str, Any]]
Effect = Callable[[dict[str, Any], dict[str, Any]], tuple[float, str]]


def _pairs(left: Sides, right: Sides, effect: Effect) -> Iterator[Compared]:
    for name in dict.fromkeys([*right, *left]):
        a, b = left.get(name, {}), right.get(name, {})
        if not a or not b:
            yield Compared(name, a, b, ALONE, "only left" if a else "only right")
        else:
            yield Compared(name, a, b, *effect(a, b))


def _features(columns: FeatureColumns) -> Sides:
    lists = [getattr(columns, name) for name in SHOWN]
    present = (presence != "gone" for presence in columns.presence)
    rows = zip(columns.name, present, zip(*lists, strict=True), strict=True)
    return {name: dict(zip(SHOWN, row, strict=True)) for name, is_there, row in rows if is_there}


def _of_feature(a: dict[str, Any], b: dict[str, Any]) -> tuple[float, str]:
    if a["type"] != b["type"]:
        return RETYPED, "type"
    found = {
        "mean": _mean(a, b),
        "std_dev": _ratio(a["std_dev"], b["std_dev"]),
        "completeness": OF_COMPLETENESS * _gap(a["completeness"], b["completeness"]),
        "distance": OF_DISTANCE * _gap(a["distance"], b["distance"]),
        "n_distinct": OF_DISTINCT * _ratio(a["n_distinct"], b["n_distinct"]),
    }
    name = max(found, key=lambda each: found[each])
    return (found[name], name) if found[name] > 0 else (0.0, "")


def _mean(a: dict[str, Any], b: dict[str, Any]) -> float:
    """In standard deviations of both sides."""
    if a["mean"] is None or b["mean"] is None:
        return 0.0
    spread = (((a["std_dev"] or 0.0) ** 2 + (b["std_dev"] or 0.0) ** 2) / 2) ** 0.5
    gap = abs(b["mean"] - a["mean"])
    return min(gap / spread, RETYPED - 1) if spread else (RETYPED - 1 if gap else 0.0)


def _ratio(a: float | None, b: float | None) -> float:
    return abs(log(b / a)) if a and b and a > 0 and b > 0 else 0.0


def _gap(a: float | None, b: float | None) -> float:
    return abs(b - a) if a is not None and b is not None else 0.0


def _measures(summary: Summary) -> Sides:
    names = ("value", "low", "high", "deviation", "limit", "is_broken")
    return {one.name: {name: getattr(one, name) for name in names} for one in summary.measures}


def _of_measure(a: dict[str, Any], b: dict[str, Any]) -> tuple[float, str]:
    """In standard deviations of the difference, where both sides tell theirs."""
    gap = _gap(a["value"], b["value"])
    spread = ((a["deviation"] or 0.0) ** 2 + (b["deviation"] or 0.0) ** 2) ** 0.5
    return (gap / spread if spread else gap), "value"


def _biases(summary: Summary) -> Sides:
    names = ("facet", "group", "metric", "title", "value", "low", "high", "is_broken")
    return {
        f"{one.facet} {one.group}: {one.metric}": {name: getattr(one, name) for name in names}
        for one in summary.bias
        if one.value is not None
    }


def _attributions(summary: Summary) -> Sides:
    several = len({one.label for one in summary.attributions}) > 1
    return {
        f"{one.label}: {one.feature}" if several else one.feature: {"value": one.value, "rank": one.rank}
        for one in summary.attributions
        if one.value is not None
    }


def _of_value(a: dict[str, Any], b: dict[str, Any]) -> tuple[float, str]:
    return _gap(a["value"], b["value"]), "value"
