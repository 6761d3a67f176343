"""Alarms: kept as they were put; their state follows from the points when it is asked for."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, delete, select, update

from leeboard.service.cloudwatch.alarm_rules import check_alarm, period_of, queries_of
from leeboard.service.cloudwatch.data import Span, page
from leeboard.service.cloudwatch.periods import SECOND_US, Grid, microseconds, time_of
from leeboard.service.cloudwatch.standing import (
    REMEMBERED_PERIODS,
    UNKNOWN,
    Point,
    Rule,
    Standing,
    standing,
)
from leeboard.service.refusals import RefusalError, ResourceNotFoundError
from leeboard.state.inserting import insert_of
from leeboard.state.tables import alarms

SET = "_set"
"""Member of the document with the state that somebody set by hand."""


@dataclass(frozen=True, slots=True)
class Alarm:
    """An alarm at one moment.

    Attributes:
        document: what PutMetricAlarm said.
        changed_at: since when the state is so.
    """

    name: str
    document: Mapping[str, Any]
    modified_at: datetime
    state: str
    reason: str
    changed_at: datetime


def put_alarm(connection: Connection, document: Mapping[str, Any], now: datetime) -> None:
    """Keep it, in place of one of the same name.

    Raises:
        RefusalError: it cannot be judged.
    """
    check_alarm(document)
    page(connection, queries_of(document), Span(start_at=now, end_at=now))  # expressions may be wrong
    name = document["AlarmName"]
    values = {"document": dict(document), "modified_at": now}
    put = insert_of(connection, alarms).values(name=name, created_at=now, **values)
    connection.execute(put.on_conflict_do_update(index_elements=["name"], set_=values))


def delete_alarms(connection: Connection, names: Sequence[str]) -> None:
    """Raises ResourceNotFoundError, and deletes none, if one of them is not there."""
    known = set(connection.execute(select(alarms.c.name).where(alarms.c.name.in_(names))).scalars())
    if absent := [name for name in names if name not in known]:
        raise ResourceNotFoundError(f"There is no alarm named {', '.join(absent)}; none was deleted.")
    connection.execute(delete(alarms).where(alarms.c.name.in_(names)))


def change_alarm(connection: Connection, name: str, members: Mapping[str, Any]) -> bool:
    """Add members to its document; False if there is none of that name."""
    alone = select(alarms.c.document).where(alarms.c.name == name).with_for_update()
    document = connection.execute(alone).scalar()
    if document is None:
        return False
    changed = update(alarms).where(alarms.c.name == name).values(document={**document, **members})
    connection.execute(changed)
    return True


def set_state(connection: Connection, name: str, state: str, reason: str, now: datetime) -> None:
    """The state until its next period is judged.

    Raises:
        ResourceNotFoundError: there is no such alarm.
    """
    told = {"state": state, "reason": reason, "at": microseconds(now)}
    if not change_alarm(connection, name, {SET: told}):
        raise ResourceNotFoundError(f"There is no alarm named {name}.")


def found_alarms(connection: Connection, now: datetime, *where: ColumnElement[bool]) -> Iterator[Alarm]:
    """Alarms by name, each judged when it is reached."""
    rows = connection.execute(select(alarms).where(*where).order_by(alarms.c.name)).all()
    return (_judged(connection, row, now) for row in rows)


def _judged(connection: Connection, row: Row[Any], now: datetime) -> Alarm:
    """One that cannot be computed hides no others."""
    period_s = period_of(queries_of(row.document))
    end = _end(row.document, period_s, now)
    try:
        found = _standing(connection, row.document, period_s, end)
    except RefusalError as error:
        found = Standing(UNKNOWN, f"It could not be evaluated: {error.message}"[:1023])
    changed_at: datetime = row.modified_at
    if found.age is not None:
        changed_at = max(changed_at, time_of(end) - timedelta(seconds=found.age * period_s))
    return Alarm(row.name, row.document, row.modified_at, found.state, found.reason, changed_at)


def _standing(connection: Connection, document: Mapping[str, Any], period_s: int, end: int) -> Standing:
    rule, period, given = Rule.of(document), period_s * SECOND_US, document.get(SET)
    n_judged = REMEMBERED_PERIODS
    if given is not None:
        n_judged = min(n_judged, (end - given["at"]) // period)
        if n_judged <= 0:
            return Standing(given["state"], given["reason"], max(0, (end - given["at"]) // period))
    start_at = time_of(max(0, end - (n_judged + rule.range) * period))
    span = Span(start_at=start_at, end_at=time_of(end), is_rising=False)
    found = page(connection, queries_of(document), span)
    series = next((each for some in found.series.values() for each in some), {})
    points = [Point((end - at) // period - 1, value, time_of(at)) for at, value in sorted(series.items())]
    return standing(rule, points, given["state"] if given else UNKNOWN, periods=n_judged)


def _end(document: Mapping[str, Any], period_s: int, now: datetime) -> int:
    """Where the last judged period ends: a whole minute, or a whole period by the clock."""
    is_by_clock = "WallClockWindow" in document.get("EvaluationWindow", {})
    step = period_s if is_by_clock else min(period_s, 60)
    return Grid(0, step * SECOND_US).at_or_before(microseconds(now))
