"""What became of CloudWatch's alarms, and of leeboard's own alerts."""

from collections.abc import Iterator
from datetime import datetime
from typing import Any

import msgspec
from sqlalchemy import Connection

from leeboard.api.operations import Operations
from leeboard.api.wire import Call
from leeboard.service.cloudwatch.alert_history import Part, alert_items
from leeboard.service.cloudwatch.history import OPENED, TOLD, Item, Place, metric_alarm_items
from leeboard.service.cloudwatch.periods import time_of
from leeboard.service.cloudwatch.refused import BadTokenError
from leeboard.service.cloudwatch.tokens import read_token, write_token
from leeboard.state.tables import alarms

PAGE = 100
MOST_NUMBER = 2**63 - 1
"""Of a row."""
MOST_DATA = 4_095
"""Characters of HistoryData, as AWS has it."""


def describe_alarm_history(call: Call) -> dict[str, Any]:
    """All alarms here are on metrics: of others there is nothing to tell."""
    params = call.params
    if "MetricAlarm" not in params.get("AlarmTypes", ["MetricAlarm"]) or "AlarmContributorId" in params:
        return {"AlarmHistoryItems": []}
    size, part = params.get("MaxRecords", PAGE), _part(call)
    kind = params.get("HistoryItemType")
    with call.desk.database.read() as connection:
        found = [
            each
            for each in _items(connection, part, call.now)
            if (kind is None or each.kind == kind) and part.has(each)
        ]
    found.sort(key=lambda each: each.place, reverse=not part.is_rising)
    return {
        "AlarmHistoryItems": [_told(each) for each in found[:size]],
        "NextToken": write_token(found[size - 1].place) if len(found) > size else None,
    }


def _part(call: Call) -> Part:
    params = call.params
    return Part(
        name=params.get("AlarmName"),
        start_at=params.get("StartDate"),
        end_at=params.get("EndDate"),
        is_rising=params.get("ScanBy") == "TimestampAscending",
        behind=_behind(params.get("NextToken")),
        limit=params.get("MaxRecords", PAGE) + 1,
    )


def _behind(token: str | None) -> Place | None:
    if token is None:
        return None
    try:
        place = read_token(token, Place)
        time_of(place.at_us)
        if isinstance(place.key, int) != (place.rank >= OPENED) or not 0 <= place.rank <= TOLD:
            raise ValueError(f"{token[:64]!r} names no place in the history")
    except (ValueError, OverflowError) as error:
        raise BadTokenError(f"NextToken: {error}") from None
    return place if isinstance(place.key, str) else place._replace(key=min(max(place.key, 0), MOST_NUMBER))


def _items(connection: Connection, part: Part, now: datetime) -> Iterator[Item]:
    """Those of alarms on metrics are worked out as a whole, those of alerts by pages."""
    where = [] if part.name is None else [alarms.c.name == part.name]
    until = now if part.end_at is None else min(now, part.end_at)
    yield from metric_alarm_items(connection, until, *where)
    yield from alert_items(connection, part)


def _told(item: Item) -> dict[str, Any]:
    return {
        "AlarmName": item.name,
        "AlarmType": "MetricAlarm",
        "Timestamp": item.at,
        "HistoryItemType": item.kind,
        "HistorySummary": item.summary,
        "HistoryData": _data(item),
    }


def _data(item: Item) -> str:
    """What is too long is left away from, so that it stays JSON."""
    text = msgspec.json.encode(item.data).decode()
    if len(text) <= MOST_DATA:
        return text
    kept = {key: value for key, value in item.data.items() if isinstance(value, str)}
    states = {key: _cut(value) for key, value in item.data.items() if key in ("oldState", "newState")}
    return msgspec.json.encode(kept | states).decode()


def _cut(state: dict[str, str]) -> dict[str, str]:
    return {key: value[:500] for key, value in state.items()}


ENTRY = Operations("cloudwatch", "alarm history", (describe_alarm_history,))
