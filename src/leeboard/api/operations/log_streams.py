"""CloudWatch Logs, to read: groups, streams and lines. Streams begin with the first line of a job."""

from typing import Any

from sqlalchemy import ColumnElement, Connection

from leeboard.api.operations import Operations
from leeboard.api.wire import Call
from leeboard.service.cloudwatch import log_places
from leeboard.service.cloudwatch.log_events import MOST_LINES, Place, filtered, stream_page, time_ms
from leeboard.service.cloudwatch.log_terms import Terms
from leeboard.service.refusals import InvalidRequestError
from leeboard.state.tables import log_events


def describe_log_groups(call: Call) -> dict[str, Any]:
    params = call.params
    if "logGroupNamePrefix" in params and "logGroupNamePattern" in params:
        raise InvalidRequestError("logGroupNamePrefix and logGroupNamePattern are mutually exclusive.")
    if params.get("logGroupClass", "STANDARD") != "STANDARD":
        return {"logGroups": []}
    with call.desk.database.read() as connection:
        rows, token = log_places.groups(connection, params)
    return {"logGroups": [_group(call, row) for row in rows], "nextToken": token}


def _group(call: Call, row: Any) -> dict[str, Any]:
    arn = _arn(call, row.log_group)
    return {
        "logGroupName": row.log_group,
        "creationTime": time_ms(row.created_at),
        "metricFilterCount": 0,
        "arn": f"{arn}:*",
        "logGroupArn": arn,
        "logGroupClass": "STANDARD",
    }


def _arn(call: Call, group: str) -> str:
    return f"arn:aws:logs:{call.caller.region}:{call.caller.account}:log-group:{group}"


def describe_log_streams(call: Call) -> dict[str, Any]:
    with call.desk.database.read() as connection:
        group = log_places.existing_group(connection, call.params)
        rows, token = log_places.streams(connection, group, call.params)
    return {
        "logStreams": [
            {
                "logStreamName": row.name,
                "creationTime": time_ms(row.created_at),
                "firstEventTimestamp": time_ms(row.created_at),
                "lastEventTimestamp": time_ms(row.last_at),
                "lastIngestionTime": time_ms(row.last_at),
                "arn": f"{_arn(call, group)}:log-stream:{row.name}",
            }
            for row in rows
        ],
        "nextToken": token,
    }


def get_log_events(call: Call) -> dict[str, Any]:
    params, token = call.params, call.params.get("nextToken")
    place = Place.read(token) if token else Place(params.get("startFromHead", False))
    with call.desk.database.read() as connection:
        group = log_places.existing_group(connection, params)
        log_places.check_stream(connection, group, params["logStreamName"])
        page = stream_page(
            connection,
            group,
            params["logStreamName"],
            place,
            start_ms=params.get("startTime"),
            end_ms=params.get("endTime"),
            limit=params.get("limit", MOST_LINES),
        )
    return {
        "events": [_event(row) for row in page.lines],
        "nextForwardToken": page.forward,
        "nextBackwardToken": page.backward,
    }


def filter_log_events(call: Call) -> dict[str, Any]:
    """Lines in the order in which they came, over all streams."""
    params = call.params
    if params.get("startFromHead") is False:
        raise InvalidRequestError("startFromHead is false: lines are found here from the oldest on.")
    terms = Terms.read(params.get("filterPattern", ""))
    place = Place.read(params["nextToken"]) if "nextToken" in params else Place(True, 0)
    with call.desk.database.read() as connection:
        group = log_places.existing_group(connection, params)
        lines, last = filtered(
            connection,
            group,
            _streams(connection, group, params),
            terms,
            after=place.line or 0,
            start_ms=params.get("startTime"),
            end_ms=params.get("endTime"),
            limit=params.get("limit", MOST_LINES),
        )
    return {
        "events": [{**_event(row), "logStreamName": row.stream, "eventId": f"{row.id:056}"} for row in lines],
        "searchedLogStreams": [],
        "nextToken": None if last is None else f"f/{last:019}",
    }


def _streams(connection: Connection, group: str, params: dict[str, Any]) -> list[ColumnElement[bool]]:
    names, prefix = params.get("logStreamNames"), params.get("logStreamNamePrefix")
    if names is not None and prefix is not None:
        raise InvalidRequestError("logStreamNames and logStreamNamePrefix are mutually exclusive.")
    if names is not None:
        for name in names:
            log_places.check_stream(connection, group, name)
        return [log_events.c.stream.in_(names)]
    return [] if prefix is None else [log_places.starts_with(log_events.c.stream, prefix)]


def _event(row: Any) -> dict[str, Any]:
    at = time_ms(row.at)
    return {"timestamp": at, "message": row.message, "ingestionTime": at}


ENTRY = Operations(
    "logs",
    "log streams",
    (describe_log_groups, describe_log_streams, get_log_events, filter_log_events),
)
