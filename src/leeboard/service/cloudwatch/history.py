"""What became of alarms: states that follow from the points that are kept, and changes of the alarms."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, Connection, Row, select

from leeboard.service.cloudwatch.alarm_rules import period_of, queries_of
from leeboard.service.cloudwatch.alarms import SET
from leeboard.service.cloudwatch.data import Span, page
from leeboard.service.cloudwatch.periods import SECOND_US, Grid, microseconds, time_of
from leeboard.service.cloudwatch.standing import (
    UNCHECKED,
    UNKNOWN,
    Judgement,
    Point,
    Rule,
    Standing,
    judgements,
)
from leeboard.service.refusals import RefusalError
from leeboard.state.tables import alarms

STATE, CONFIGURATION, ACTION = "StateUpdate", "ConfigurationUpdate", "Action"
MOST_PERIODS = 1_440
"""How far back states of one alarm are worked out."""


CREATED, UPDATED, TURNED, OPENED, RESOLVED, TOLD = range(6)
"""Ranks: alarms on metrics before alerts, whose keys are numbers."""


State = Standing | Judgement


class Place(NamedTuple):
    """Of an item in the history; pages go on behind one."""

    at_us: int
    rank: int
    key: int | str


@dataclass(frozen=True, slots=True)
class Item:
    """Something that became of an alarm.

    Attributes:
        data: what programs read of it.
        key: what tells it from others of its rank at the same moment.
    """

    name: str
    at: datetime
    kind: str
    summary: str
    data: Mapping[str, Any]
    rank: int
    key: int | str

    @property
    def place(self) -> Place:
        return Place(microseconds(self.at), self.rank, self.key)


def state_change(name: str, at: datetime, old: State, new: State, rank: int, key: int | str) -> Item:
    """As CloudWatch tells of one."""
    states = {"oldState": old, "newState": new}
    told = {name: {"stateValue": one.state, "stateReason": one.reason} for name, one in states.items()}
    summary = f"Alarm updated from {old.state} to {new.state}"
    return Item(name, at, STATE, summary, {"version": "1.0", **told}, rank, key)


def metric_alarm_items(
    connection: Connection, until: datetime, *where: ColumnElement[bool]
) -> Iterator[Item]:
    """Of the alarms that are there now; a deleted one has no history."""
    for row in connection.execute(select(alarms).where(*where).order_by(alarms.c.name)).all():
        yield from _changes(row)
        try:
            yield from _states(connection, row, until)
        except RefusalError:  # it cannot be computed any more, and hides no others
            continue


def _changes(row: Row[Any]) -> Iterator[Item]:
    """What it was before its last change is not kept."""
    document = {name: value for name, value in row.document.items() if name != SET}
    is_changed = row.modified_at > row.created_at
    told = {} if is_changed else {"createdAlarm": document}
    data = {"version": "1.0", "type": "Create", **told}
    summary = f'Alarm "{row.name}" created'
    yield Item(row.name, row.created_at, CONFIGURATION, summary, data, CREATED, row.name)
    if is_changed:
        data = {"version": "1.0", "type": "Update", "updatedAlarm": document}
        summary = f'Alarm "{row.name}" updated'
        yield Item(row.name, row.modified_at, CONFIGURATION, summary, data, UPDATED, row.name)


def _states(connection: Connection, row: Row[Any], until: datetime) -> Iterator[Item]:
    """Judged by whole periods, so that whoever asks later is told the same times."""
    rule, period_s = Rule.of(row.document), period_of(queries_of(row.document))
    period, given = period_s * SECOND_US, row.document.get(SET)
    end = Grid(0, period).at_or_before(microseconds(until))
    span = Span(
        start_at=_back(end, MOST_PERIODS + rule.range, period_s), end_at=time_of(end), is_rising=False
    )
    series = next((one for some in page(connection, queries_of(row.document), span).series.values()
                   for one in some), {})  # fmt: skip
    points = [Point((end - at) // period - 1, value, time_of(at)) for at, value in sorted(series.items())]
    judged = judgements(rule, points, MOST_PERIODS)
    seen: list[tuple[datetime, State]] = [(_back(end, each.age, period_s), each) for each in judged]
    if given is not None:
        seen.append((time_of(given["at"]), Standing(given["state"], given["reason"])))
        seen.sort(key=lambda pair: pair[0])
    yield from _turns(row, seen)


def _back(end: int, n_periods: int, period_s: int) -> datetime:
    return time_of(max(0, end - n_periods * period_s * SECOND_US))


def _turns(row: Row[Any], seen: Sequence[tuple[datetime, State]]) -> Iterator[Item]:
    """An alarm that was put on a metric that has points already begins with the state that they give."""
    first = [(row.modified_at, each) for at, each in seen if at <= row.modified_at][-1:]
    state: State = Standing(UNKNOWN, UNCHECKED)
    for at, each in [*first, *(pair for pair in seen if pair[0] > row.modified_at)]:
        if each.state != state.state:
            yield state_change(row.name, at, state, each, TURNED, row.name)
            state = each
