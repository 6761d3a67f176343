"""Emitted metrics in the database, in CloudWatch's terms."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

import msgspec
from sqlalchemy import Connection, insert

from leeboard.state.tables import metric_points

NAMESPACES = {
    "DataQuality": "data-metrics",
    "ModelQuality": "model-metrics",
    "ModelBias": "bias-metrics",
    "ModelExplainability": "explainability-metrics",
}
TIME = "%Y-%m-%dT%H:%M:%SZ"
MOST_DIMENSIONS = 30


def namespace_of(monitoring_type: str, *, is_endpoint: bool) -> str:
    """Where the metrics of a monitor go."""
    place = "Endpoints" if is_endpoint else "ModelMonitoring"
    return f"aws/sagemaker/{place}/{NAMESPACES[monitoring_type]}"


def dimensions_key(dimensions: Iterable[Mapping[str, str]]) -> str:
    """The same text for the same dimensions in any order."""
    pairs = sorted((each["Name"], each["Value"]) for each in dimensions)
    return msgspec.json.encode(pairs).decode()


def dimensions_of(key: str) -> list[dict[str, str]]:
    """The dimensions that a key stands for."""
    return [{"Name": name, "Value": value} for name, value in msgspec.json.decode(key)]


def add_points(connection: Connection, namespace: str, points: Sequence[dict[str, Any]]) -> None:
    """Keep points; each has a row's members but the namespace."""
    if points:
        connection.execute(insert(metric_points), [{"namespace": namespace, **point} for point in points])


def point_of(metric: Mapping[str, Any], default_at: datetime) -> dict[str, Any] | None:
    """A line of a job's metric file as a point; None if it cannot be one."""
    try:
        statistics = metric.get("StatisticValues")
        value = float(metric["Value"]) if statistics is None else 0.0
        given = statistics or {"SampleCount": 1.0, "Sum": value, "Minimum": value, "Maximum": value}
        at = metric.get("Timestamp")
        return {
            "name": str(metric["MetricName"])[:255],
            "dimensions": dimensions_key(list(metric.get("Dimensions") or [])[:MOST_DIMENSIONS]),
            "at": datetime.strptime(at, TIME).replace(tzinfo=UTC) if at else default_at,
            "sample_count": float(given["SampleCount"]),
            "sum": float(given["Sum"]),
            "minimum": float(given["Minimum"]),
            "maximum": float(given["Maximum"]),
            "unit": str(metric.get("Unit") or "None"),
        }
    except (KeyError, TypeError, ValueError):
        return None
