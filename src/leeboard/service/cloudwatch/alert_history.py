"""Alerts of leeboard as the history of alarms: what opened, what is over, and who was told.

Their names are those that the sink `sns` gives them: rule, schedule (or pipeline, or job) and feature.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Column, ColumnElement, Connection, Select, and_, or_, select

from leeboard.alerts.naming import alarm_name
from leeboard.service.alerting.incidents import COLUMNS, Incident
from leeboard.service.alerting.notifying import DELIVERED, GIVEN_UP
from leeboard.service.alerting.subjects import feature_key
from leeboard.service.cloudwatch.history import ACTION, OPENED, RESOLVED, TOLD, Item, Place, state_change
from leeboard.service.cloudwatch.periods import time_of
from leeboard.service.cloudwatch.standing import ALARM, OK, Standing
from leeboard.state.alerting_tables import incidents, notices

NOTHING = Standing(OK, "Nothing was found.")


@dataclass(frozen=True, slots=True)
class Part:
    """A part of the history.

    Attributes:
        name: of the one alarm that is asked for.
        start_at, end_at: both included.
        behind: the place of the last item of the page before.
        limit: items of each rank.
    """

    name: str | None
    start_at: datetime | None
    end_at: datetime | None
    is_rising: bool
    behind: Place | None
    limit: int

    def has(self, item: Item) -> bool:
        """Whether an item is in it."""
        is_in = (self.start_at is None or item.at >= self.start_at) and (
            self.end_at is None or item.at <= self.end_at
        )
        if self.behind is None or not is_in:
            return is_in
        return item.place > self.behind if self.is_rising else item.place < self.behind

    def choose(self, query: Select[Any], at: Column[Any], rank: int, number: Column[Any]) -> Select[Any]:
        """The rows that are in it, in its order."""
        where: list[ColumnElement[bool]] = [at.is_not(None)]
        if self.start_at is not None:
            where.append(at >= self.start_at)
        if self.end_at is not None:
            where.append(at <= self.end_at)
        if self.behind is not None:
            where.append(self._is_behind(self.behind, at, rank, number))
        order = (at.asc(), number.asc()) if self.is_rising else (at.desc(), number.desc())
        return query.where(*where).order_by(*order).limit(self.limit)

    def _is_behind(
        self, place: Place, at: Column[Any], rank: int, number: Column[Any]
    ) -> ColumnElement[bool]:
        moment, last_rank, last_number = time_of(place.at_us), place.rank, place.key
        follows = at > moment if self.is_rising else at < moment
        if rank == last_rank:
            is_next = number > last_number if self.is_rising else number < last_number
            return or_(follows, and_(at == moment, is_next))
        return or_(follows, at == moment) if (rank > last_rank) == self.is_rising else follows


def alert_items(connection: Connection, part: Part) -> Iterator[Item]:
    """Alerts that opened, alerts that are over, and notices that were handed over or given up."""
    c = incidents.c
    about = select(*COLUMNS).where(*_named(part))
    for row in connection.execute(part.choose(about, c.opened_at, OPENED, c.id)):
        incident = Incident.of(row)
        yield state_change(
            _name(incident), incident.opened_at, NOTHING, _in_alarm(incident), OPENED, incident.id
        )
    for row in connection.execute(part.choose(about, c.resolved_at, RESOLVED, c.id)):
        incident, over = Incident.of(row), Standing(OK, str(row.document.get("resolved", "")))
        yield state_change(_name(incident), row.resolved_at, _in_alarm(incident), over, RESOLVED, incident.id)
    yield from _notices(connection, part)


def _in_alarm(incident: Incident) -> Standing:
    return Standing(ALARM, str(incident.document.get("text", "")))


def _named(part: Part) -> list[ColumnElement[bool]]:
    """By what a name consists of; names of rules, schedules, pipelines and jobs hold no stroke."""
    if part.name is None:
        return []
    rule, _, rest = part.name.partition("/")
    about, _, feature = rest.partition("/")
    c = incidents.c
    is_about = or_(c.schedule_name == about, c.pipeline == about, c.job == about)
    is_of_feature = c.subject.endswith("/" + feature_key(feature))
    is_of_none = c.subject.not_like("schedule/%/%")
    return [c.rule == rule, is_about, is_of_feature if feature else is_of_none]


def _notices(connection: Connection, part: Part) -> Iterator[Item]:
    c = notices.c
    columns = (c.id, c.sink, c.state, c.created_at, c.last_error, c.event)
    ended = (c.state.in_((DELIVERED, GIVEN_UP)), *_named(part))
    query = select(*columns, *COLUMNS).join(incidents, incidents.c.id == c.incident_id).where(*ended)
    for row in connection.execute(part.choose(query, c.created_at, TOLD, c.id)):
        yield _action(row[: len(columns)], Incident.of(row[len(columns) :]))


def _action(told: Sequence[Any], incident: Incident) -> Item:
    number, sink, state, at, error, event = told
    is_done = state == DELIVERED
    data = {
        "actionState": "Succeeded" if is_done else "Failed",
        "notificationResource": sink,
        "event": event,
        **({"error": error} if error else {}),
    }
    summary = f"Successfully told {sink}" if is_done else f"Failed to tell {sink}"
    return Item(_name(incident), at, ACTION, summary, data, TOLD, number)


def _name(incident: Incident) -> str:
    return alarm_name(incident.rule, incident.about, incident.document.get("feature"))
