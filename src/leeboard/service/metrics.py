"""Emitted metrics in the database, in CloudWatch's terms."""

import math
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

import msgspec
from sqlalchemy import Connection, insert

from leeboard.service.metric_series import numbers_of
from leeboard.service.monitor_types import MONITOR_TYPES
from leeboard.state.deleting import delete_portion
from leeboard.state.tables import metric_points

TIME = "%Y-%m-%dT%H:%M:%SZ"
MOST_DIMENSIONS = 30
MOST_DIMENSIONS_TEXT = 4096
"""Characters of a key; the column holds no more."""


def namespace_of(monitoring_type: str, *, is_endpoint: bool) -> str:
    """Where the metrics of a monitor go."""
    place = "Endpoints" if is_endpoint else "ModelMonitoring"
    return f"aws/sagemaker/{place}/{MONITOR_TYPES[monitoring_type].metrics}"


def dimensions_key(dimensions: Iterable[Mapping[str, str]]) -> str:
    """The same text for the same dimensions in any order."""
    pairs = sorted((each["Name"], each["Value"]) for each in dimensions)
    return msgspec.json.encode(pairs).decode()


def dimensions_of(key: str) -> list[dict[str, str]]:
    """The dimensions that a key stands for."""
    return [{"Name": name, "Value": value} for name, value in msgspec.json.decode(key)]


def add_points(connection: Connection, namespace: str, points: Sequence[dict[str, Any]]) -> None:
    """Keep points; each has `name` and `dimensions` (their key) beside a row's members."""
    if not points:
        return
    numbers = numbers_of(connection, namespace, points)
    connection.execute(insert(metric_points), [_row(point, numbers) for point in points])


def add_numbered(connection: Connection, namespace: str, points: Sequence[dict[str, Any]]) -> list[int]:
    """Keep points, and tell their numbers."""
    if not points:
        return []
    numbers = numbers_of(connection, namespace, points)
    rows = [_row(point, numbers) for point in points]
    return list(connection.execute(insert(metric_points).returning(metric_points.c.id), rows).scalars())


def _row(point: Mapping[str, Any], numbers: Mapping[tuple[str, str], int]) -> dict[str, Any]:
    values = {name: point[name] for name in ("at", "sample_count", "sum", "minimum", "maximum", "unit")}
    return {"series_id": numbers[point["name"], point["dimensions"]], **values}


def point_of(metric: Mapping[str, Any], default_at: datetime) -> dict[str, Any] | None:
    """A line of a job's metric file as a point; None if it cannot be one."""
    try:
        statistics = metric.get("StatisticValues")
        value = float(metric["Value"]) if statistics is None else 0.0
        given = statistics or {"SampleCount": 1.0, "Sum": value, "Minimum": value, "Maximum": value}
        at = metric.get("Timestamp")
        point = {
            "name": str(metric["MetricName"])[:255],
            "dimensions": dimensions_key(list(metric.get("Dimensions") or [])[:MOST_DIMENSIONS]),
            "at": datetime.strptime(at, TIME).replace(tzinfo=UTC) if at else default_at,
            "sample_count": float(given["SampleCount"]),
            "sum": float(given["Sum"]),
            "minimum": float(given["Minimum"]),
            "maximum": float(given["Maximum"]),
            "unit": str(metric.get("Unit") or "None")[:32],
        }
    except (AttributeError, KeyError, TypeError, ValueError):
        return None
    return point if _can_be_kept(point) else None


def _can_be_kept(point: Mapping[str, Any]) -> bool:
    numbers = (point["sample_count"], point["sum"], point["minimum"], point["maximum"])
    is_told = all(map(math.isfinite, numbers)) and point["sample_count"] > 0
    has_nul = "\0" in point["name"] + point["unit"]
    return is_told and not has_nul and len(point["dimensions"]) <= MOST_DIMENSIONS_TEXT


def prune(connection: Connection, before: datetime, *, limit: int = 10_000) -> int:
    """Forget points that are older, so many at most; gives how many: call it until that is 0."""
    return delete_portion(connection, metric_points.c.id, metric_points.c.at < before, limit=limit)
