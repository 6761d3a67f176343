"""Which metrics there are."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

import msgspec
from sqlalchemy import ColumnElement, Connection, func, select, tuple_

from leeboard.service.cloudwatch.refused import BadValueError
from leeboard.service.cloudwatch.tokens import read_token, write_token
from leeboard.service.metrics import dimensions_of
from leeboard.state.tables import metric_series

PAGE = 500
RECENTLY = timedelta(hours=3)


def metrics(
    connection: Connection, given: Mapping[str, Any], now: datetime
) -> tuple[list[dict[str, Any]], str | None]:
    """One page of the metrics that a request asks for, and the token of the next.

    By dimensions alone the table is read from end to end: by the index, which cannot tell them, it takes six
    times as long.

    Raises:
        BadValueError: the token is none of ours.
    """
    columns = metric_series.c
    keys = (columns.namespace, columns.name, columns.id)
    wanted = _filters(connection, given, now)
    if given.get("Dimensions") and "MetricName" not in given:
        wanted = iter([columns.id.in_(select(columns.id).where(*wanted).correlate(None))])
    query = select(*keys, columns.dimensions).where(*wanted)
    if token := given.get("NextToken"):
        query = query.where(tuple_(*keys) > tuple_(*_last(token)))
    rows: Sequence[Any] = connection.execute(query.order_by(*keys).limit(PAGE + 1)).all()
    told = [
        {"Namespace": row.namespace, "MetricName": row.name, "Dimensions": dimensions_of(row.dimensions)}
        for row in rows[:PAGE]
    ]
    return told, write_token(list(rows[PAGE - 1][:3])) if len(rows) > PAGE else None


def _last(token: str) -> tuple[str, str, int]:
    try:
        return read_token(token, tuple[str, str, int])
    except ValueError as error:
        raise BadValueError(f"NextToken: {error}") from None


def _filters(
    connection: Connection, given: Mapping[str, Any], now: datetime
) -> Iterator[ColumnElement[bool]]:
    columns = metric_series.c
    if "Namespace" in given:
        is_narrow = "MetricName" in given or "Dimensions" not in given
        yield (columns.namespace if is_narrow else columns.namespace + "") == given["Namespace"]
    if "MetricName" in given:
        yield columns.name == given["MetricName"]
    if "RecentlyActive" in given:
        yield columns.last_at > now - RECENTLY
    place = func.strpos if connection.dialect.name == "postgresql" else func.instr
    for wanted in given.get("Dimensions", []):
        yield place(columns.dimensions, _in_key(wanted)) > 0


def _in_key(wanted: Mapping[str, str]) -> str:
    """How a dimension is written in the key; not by LIKE, which forgets about case."""
    if "Value" in wanted:
        return msgspec.json.encode((wanted["Name"], wanted["Value"])).decode()
    return msgspec.json.encode((wanted["Name"],)).decode().removesuffix("]") + ","
