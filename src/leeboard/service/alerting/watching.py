"""What only the clock brings about: overdue runs, repetitions, silences that are over."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from threading import Event
from typing import Any

from sqlalchemy import Connection, Row, and_, select, update

from leeboard.alerts import REPEATED
from leeboard.alerts.document import RouteEntry
from leeboard.clock import now
from leeboard.service.alerting import rulebook
from leeboard.service.alerting.incidents import (
    COLUMNS,
    OPEN,
    OVER,
    Incident,
    set_repeat,
)
from leeboard.service.alerting.notifying import (
    NOTICE,
    SILENCED,
    WAITING,
    announce,
    due_repeats,
    put_work,
)
from leeboard.service.alerting.overdue import look_for_overdue
from leeboard.service.alerting.silences import active, is_silenced
from leeboard.service.alerting.turn import in_turn
from leeboard.service.repeating import Repeating
from leeboard.service.service import Service
from leeboard.state.alerting_tables import incidents, notices
from leeboard.state.tables import work

EVERY_S, FIRST_S = 5.0, 1.0
MOST = 500
"""Of each thing at a time; the others come next."""
MOST_UNFINISHED = 20_000
UNFINISHED = ("Pending", "InProgress", "Stopping")
LOST_AFTER = timedelta(seconds=30)


def watcher(service: Service) -> Repeating:
    """A thread that looks at the clock for alerts; any number of processes may have one."""

    def look(_closing: Event) -> None:
        watch(service, now())

    return Repeating("alerts", look, every_s=EVERY_S, first_s=FIRST_S)


def watch(service: Service, at: datetime) -> None:
    """Look once. Most times there is nothing to be written, and nothing is."""
    parts = (look_for_overdue, _repeat, _unsilence, _put_lost)
    n = sum([part(service, at) for part in parts])
    if n:
        service.bell.ring()


def _repeat(service: Service, at: datetime) -> int:
    due = and_(incidents.c.state == OPEN, incidents.c.repeat_at <= at)
    query = select(*COLUMNS).where(due).order_by(incidents.c.repeat_at).limit(MOST)
    with service.database.read() as connection:
        if connection.execute(query).first() is None:
            return 0
    with service.database.write() as connection:
        in_turn(connection)
        found = [Incident.of(row) for row in connection.execute(query.with_for_update(skip_locked=True))]
        routes = rulebook.routes(connection)
        return sum(_tell_again(connection, incident, routes, at) for incident in found)


def _tell_again(
    connection: Connection, incident: Incident, routes: Sequence[RouteEntry], at: datetime
) -> int:
    due, next_at = due_repeats(routes, incident.names, incident.opened_at, at)
    n = 0
    for ending, route in due:
        notice = incident.notice(f"incident/{incident.id}/{ending}", REPEATED, at)
        n += announce(connection, notice, incident.names, routes=[route], now=at, incident_id=incident.id)
    set_repeat(connection, incident.id, next_at)
    return n


def _unsilence(service: Service, at: datetime) -> int:
    """What was kept back and still lasts is told once nothing silences it."""
    with service.database.read() as connection:
        if not _free(connection, at):
            return 0
    with service.database.write() as connection:
        in_turn(connection)
        free = _free(connection, at)
        for row in free:
            told = update(notices).where(notices.c.id == row[0]).values(state=WAITING, due_at=at)
            connection.execute(told)
            put_work(connection, row.message, row.sink, at)
    return len(free)


def _free(connection: Connection, at: datetime) -> list[Row[Any]]:
    """Notices that were kept back, with their incidents, which nothing silences any more."""
    query = (
        select(notices.c.id, notices.c.message, notices.c.sink, *COLUMNS)
        .join(incidents, incidents.c.id == notices.c.incident_id)
        .where(notices.c.state == SILENCED, incidents.c.state != OVER)
        .order_by(notices.c.id)
        .limit(MOST_UNFINISHED)
    )
    quiet = active(connection, at)
    rows = connection.execute(query).all()
    return [row for row in rows if not is_silenced(quiet, Incident.of(row[3:]).names)][:MOST]


def _put_lost(service: Service, at: datetime) -> int:
    """A message whose last notice came in the moment in which it was delivered has no work left."""
    query = (
        select(notices.c.message, notices.c.sink)
        .outerjoin(work, and_(work.c.kind == NOTICE, work.c.subject == notices.c.message))
        .where(notices.c.state == WAITING, notices.c.due_at < at - LOST_AFTER, work.c.id.is_(None))
        .distinct()
        .limit(MOST)
    )
    with service.database.read() as connection:
        lost = connection.execute(query).all()
    if not lost:
        return 0
    with service.database.write() as connection:
        in_turn(connection)
        for row in lost:
            put_work(connection, row.message, row.sink, at)
    return len(lost)
