"""CloudWatch metrics: put, listed, and read back as statistics."""

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection

from leeboard.api.operations import Operations
from leeboard.api.wire import Call
from leeboard.service.cloudwatch import data, listed, statistic
from leeboard.service.cloudwatch.percentiles import percentiles
from leeboard.service.cloudwatch.periods import Grid, Metric, Range, microseconds, time_of
from leeboard.service.cloudwatch.points import checked_dimensions, points_of
from leeboard.service.cloudwatch.queries import Query, read_queries
from leeboard.service.cloudwatch.refused import (
    BadCombinationError,
    BadTokenError,
    BadValueError,
    MissingParameterError,
)
from leeboard.service.cloudwatch.statistic import Statistic
from leeboard.service.cloudwatch.tokens import read_token, write_token
from leeboard.service.metrics import add_points

MOST_DATAPOINTS = 1440
RESERVED = "AWS/"
"""Namespaces of what AWS's services count, and the server here: `AWS/SageMaker`."""


def put_metric_data(call: Call) -> dict[str, Any]:
    """Data that belong to an entity are kept as all others; the entity is not."""
    given = list(call.params.get("MetricData", []))
    for entity in call.params.get("EntityMetricData", []):
        given += entity.get("MetricData", [])
    if not given:
        raise MissingParameterError("The parameter MetricData is required.")
    if call.params["Namespace"].startswith(RESERVED):
        raise BadValueError(f"The value {RESERVED} for parameter Namespace is invalid.")
    points = points_of(given, call.now)
    with call.desk.database.write() as connection:
        add_points(connection, call.params["Namespace"], points)
    return {}


def list_metrics(call: Call) -> dict[str, Any]:
    with call.desk.database.read() as connection:
        found, token = listed.metrics(connection, call.params, call.now)
    return {"Metrics": found, "NextToken": token}


def get_metric_statistics(call: Call) -> dict[str, Any]:
    params = call.params
    simple, extended = params.get("Statistics", []), params.get("ExtendedStatistics", [])
    if not simple and not extended:
        raise MissingParameterError("Statistics or ExtendedStatistics must be given.")
    shares = [_percentile(name) for name in extended]
    dimensions = checked_dimensions(params.get("Dimensions", []), "GetMetricStatistics")
    metric = Metric(params["Namespace"], params["MetricName"], dimensions, params.get("Unit"))
    part = _range(params)
    with call.desk.database.read() as connection:
        points = list(_datapoints(connection, metric, part, simple, shares))
    return {"Label": metric.name, "Datapoints": points}


def _percentile(name: str) -> Statistic:
    found = Statistic.read(name)
    if found.share is None:
        raise BadValueError(f"The extended statistic {name} is a simple one; ask for it in Statistics.")
    return found


def _range(params: dict[str, Any]) -> Range:
    start_at, end_at = _span(params)
    grid = Grid.of(start_at, params["Period"])
    end = microseconds(end_at)
    n = -(-(end - grid.start) // grid.period)
    if n > MOST_DATAPOINTS:
        raise BadCombinationError(
            f"You have requested up to {n:,} datapoints, which exceeds the limit of {MOST_DATAPOINTS:,}. You "
            "may reduce the datapoints requested by increasing Period, or decreasing the time range."
        )
    return Range(grid, grid.start, end, MOST_DATAPOINTS * 32)  # 32: a period has a row for each unit


def _span(params: dict[str, Any]) -> tuple[datetime, datetime]:
    start_at, end_at = params["StartTime"], params["EndTime"]
    if start_at >= end_at:
        raise BadValueError("The parameter StartTime must be less than the parameter EndTime.")
    return start_at, end_at


def _datapoints(
    connection: Connection, metric: Metric, part: Range, simple: Sequence[str], shares: Sequence[Statistic]
) -> Iterator[dict[str, Any]]:
    wanted = [Statistic.read(name) for name in simple]
    found = percentiles(connection, metric, part, *(each.share or 0.0 for each in shares)) if shares else []
    extended = {each.name: dict(points) for each, points in zip(shares, found, strict=True)}
    for row in statistic.sums(connection, metric, part, by_unit=True):
        told = {name: values[row.at] for name, values in extended.items() if row.at in values}
        yield {
            "Timestamp": time_of(row.at),
            "Unit": row.unit,
            "ExtendedStatistics": told or None,
            **{each.name: each.of(row) for each in wanted},
        }


def get_metric_data(call: Call) -> dict[str, Any]:
    params = call.params
    queries = read_queries(params["MetricDataQueries"])
    start_at, end_at = _span(params)
    is_rising = params.get("ScanBy") == "TimestampAscending"
    most = params.get("MaxDatapoints", data.MOST_POINTS)
    if not 1 <= most <= data.MOST_POINTS:
        raise BadValueError(f"The parameter MaxDatapoints must be 1 to {data.MOST_POINTS}.")
    span = data.Span(
        start_at=start_at,
        end_at=end_at,
        is_rising=is_rising,
        most=most,
        cursor=_cursor(params.get("NextToken"), is_rising),
    )
    with call.desk.database.read() as connection:
        page = data.page(connection, queries, span)
    return {
        "MetricDataResults": list(_results(queries, page, is_rising)),
        "NextToken": None if page.cursor is None else write_token((page.cursor, is_rising)),
        "Messages": [],
    }


def _cursor(token: str | None, is_rising: bool) -> int | None:
    if token is None:
        return None
    try:
        cursor, was_rising = read_token(token, tuple[int, bool])
    except ValueError as error:
        raise BadTokenError(f"NextToken: {error}") from None
    if was_rising != is_rising:
        raise BadTokenError("NextToken was given out for the other ScanBy.")
    return cursor


def _results(queries: Sequence[Query], page: data.Page, is_rising: bool) -> Iterator[dict[str, Any]]:
    for query in queries:
        for series in page.series.get(query.id, []):
            times = sorted(series, reverse=not is_rising)
            yield {
                "Id": query.id,
                "Label": query.label,
                "Timestamps": [time_of(at) for at in times],
                "Values": [series[at] for at in times],
                "StatusCode": "Complete" if page.cursor is None else "PartialData",
            }


ENTRY = Operations(
    "cloudwatch", "metrics", (put_metric_data, list_metrics, get_metric_statistics, get_metric_data)
)
