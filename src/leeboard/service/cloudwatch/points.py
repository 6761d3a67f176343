"""Emitted values as points: what PutMetricData brings, checked."""

import math
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any

from leeboard.service.cloudwatch.refused import BadCombinationError, BadValueError, MissingParameterError
from leeboard.service.metrics import MOST_DIMENSIONS_TEXT, dimensions_key
from leeboard.state.columns import EPOCH

MOST_DATA, MOST_VALUES = 1000, 150
FORMS = ("Value", "Values", "StatisticValues")


def points_of(data: Sequence[Mapping[str, Any]], now: datetime) -> list[dict[str, Any]]:
    """The rows of metric data.

    Raises:
        RefusalError: one of them cannot be.
    """
    if len(data) > MOST_DATA:
        raise BadValueError(f"The collection MetricData must not have more than {MOST_DATA} members.")
    return [row for number, datum in enumerate(data, 1) for row in _rows(datum, now, f"member.{number}")]


def _rows(datum: Mapping[str, Any], now: datetime, which: str) -> Iterator[dict[str, Any]]:
    where = f"MetricData.{which}"
    at = datum.get("Timestamp", now)
    if at < EPOCH:
        raise BadValueError(f"The parameter {where}.Timestamp must be 1970 or later.")
    row = {
        "name": _plain(datum["MetricName"], f"{where}.MetricName"),
        "dimensions": checked_dimensions(datum.get("Dimensions", []), where),
        "at": at,
        "unit": datum.get("Unit", "None"),
    }
    return ({**row, **sums} for sums in _sums(datum, where))


def checked_dimensions(dimensions: Sequence[Mapping[str, str]], where: str) -> str:
    """The key of dimensions that can be kept."""
    names = [each["Name"] for each in dimensions]
    if len(set(names)) < len(names):
        raise BadValueError(f"The parameter {where}.Dimensions names a dimension twice.")
    for each in dimensions:
        _plain(each["Name"], f"{where}.Dimensions.Name")
        _plain(each["Value"], f"{where}.Dimensions.Value")
    key = dimensions_key(dimensions)
    if len(key) > MOST_DIMENSIONS_TEXT:
        raise BadValueError(
            f"The parameter {where}.Dimensions has {len(key)} characters with its marks; leeboard keeps up "
            f"to {MOST_DIMENSIONS_TEXT}."
        )
    return key


def _plain(text: str, where: str) -> str:
    if not text.strip() or any(character < " " for character in text):
        raise BadValueError(f"The parameter {where} must not be blank or hold control characters.")
    return text


def _sums(datum: Mapping[str, Any], where: str) -> list[dict[str, float]]:
    given = [form for form in FORMS if form in datum]
    if not given:
        raise MissingParameterError(f"At least one of the parameters {', '.join(FORMS)} must be in {where}.")
    if len(given) > 1:
        raise BadCombinationError(f"The parameters {where}.{given[0]} and {given[1]} are mutually exclusive.")
    if given == ["StatisticValues"]:
        return [_of_set(datum["StatisticValues"], f"{where}.StatisticValues")]
    values = datum["Values"] if given == ["Values"] else [datum["Value"]]
    counts = datum.get("Counts") or [1.0] * len(values)
    if not 1 <= len(values) <= MOST_VALUES or len(counts) != len(values):
        raise BadValueError(
            f"The parameter {where}.Values must have 1 to {MOST_VALUES} members, and Counts as many."
        )
    return [_of_value(value, n, where) for value, n in zip(values, counts, strict=True)]


def _of_value(value: float, count: float, where: str) -> dict[str, float]:
    _finite(f"{where}.Value", value, count, value * count)
    if count <= 0:
        raise BadValueError(f"The parameter {where}.Counts must have values greater than 0.")
    return {"sample_count": count, "sum": value * count, "minimum": value, "maximum": value}


def _of_set(given: Mapping[str, float], where: str) -> dict[str, float]:
    n, total, low, high = (given[name] for name in ("SampleCount", "Sum", "Minimum", "Maximum"))
    _finite(where, n, total, low, high)
    if n <= 0 or low > high:
        raise BadValueError(f"The parameter {where} must have a SampleCount above 0 and Minimum <= Maximum.")
    return {"sample_count": n, "sum": total, "minimum": low, "maximum": high}


def _finite(where: str, *values: float) -> None:
    if not all(math.isfinite(value) and abs(value) <= 2.0**360 for value in values):
        raise BadValueError(f"The parameter {where} must be a number between -2^360 and 2^360, not NaN.")
