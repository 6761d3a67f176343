"""What only the clock brings about: overdue runs, repetitions, silences that are over."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from threading import Event

from sqlalchemy import Connection, and_, func, select, update

from leeboard.alerts import REPEATED
from leeboard.alerts.document import RouteEntry
from leeboard.alerts.rules import Rule
from leeboard.clock import now
from leeboard.service.alerting import rulebook
from leeboard.service.alerting.hook import is_about
from leeboard.service.alerting.incidents import (
    COLUMNS,
    OPEN,
    OVER,
    Found,
    Incident,
    Monitored,
    in_force_of_rule,
    set_repeat,
    settle,
)
from leeboard.service.alerting.notifying import (
    NOTICE,
    SILENCED,
    WAITING,
    announce,
    due_repeats,
    put_work,
)
from leeboard.service.alerting.silences import active, is_silenced
from leeboard.service.arns import SCHEDULE
from leeboard.service.repeating import Repeating
from leeboard.service.service import Service
from leeboard.state.alerting_tables import incidents, notices
from leeboard.state.tables import executions, resources, work

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
    n = _overdue(service, at) + _repeat(service, at) + _unsilence(service, at) + _put_lost(service, at)
    if n:
        service.bell.ring()


def _overdue(service: Service, at: datetime) -> int:
    with service.database.read() as connection:
        rules = [rule for rule in rulebook.rules(connection) if rule.when == "overdue"]
        if not rules:
            return 0
        late = _late(connection, at)
        plans = [plan for rule in rules for plan in _changes(connection, rule, late, at)]
    if not plans:
        return 0
    with service.database.write() as connection:
        routes = rulebook.routes(connection)
        for rule, monitored, found, in_force in plans:
            settle(
                connection, rule.name, monitored, found, in_force=in_force,
                over="Nothing of this schedule is overdue any more.", routes=routes, now=at,
            )  # fmt: skip
    return len(plans)


_Late = Mapping[int, tuple[Monitored, datetime]]
_Change = tuple[Rule, Monitored, list[Found], list[Incident]]


def _late(connection: Connection, at: datetime) -> _Late:
    """For each schedule that waits for something: since when that is due."""
    e, r = executions.c, resources.c
    since = func.min(e.created_at)
    query = (
        select(e.schedule_id, e.schedule_name, e.endpoint, e.monitoring_type, since)
        .where(e.status.in_(UNFINISHED))
        .group_by(e.schedule_id, e.schedule_name, e.endpoint, e.monitoring_type)
        .limit(MOST_UNFINISHED)
    )
    late = {row[0]: (Monitored(*row[:4]), row[4]) for row in connection.execute(query)}
    unplanned = (r.kind == SCHEDULE, r.status == "Scheduled", r.due_at < at)
    query = select(r.id, r.name, r.endpoint, r.monitoring_type, r.due_at).where(*unplanned)
    for row in connection.execute(query.limit(MOST_UNFINISHED)):
        since_at = min(row.due_at, late[row.id][1]) if row.id in late else row.due_at
        late[row.id] = (Monitored(*row[:4]), since_at)
    return late


def _changes(connection: Connection, rule: Rule, late: _Late, at: datetime) -> list[_Change]:
    """What is new of one rule, and what is over."""
    before = {each.schedule_id: each for each in in_force_of_rule(connection, rule.name)}
    limit = timedelta(seconds=rule.after_s)
    overdue = {
        number: (monitored, since_at)
        for number, (monitored, since_at) in late.items()
        if at - since_at > limit and is_about(rule, monitored)
    }
    new = [
        (rule, monitored, [_found(rule, monitored, since_at)], list[Incident]())
        for number, (monitored, since_at) in overdue.items()
        if number not in before
    ]
    over = [
        (rule, _monitored(incident), list[Found](), [incident])
        for number, incident in before.items()
        if number not in overdue
    ]
    return (new + over)[:MOST]


def _monitored(incident: Incident) -> Monitored:
    return Monitored(
        incident.schedule_id, incident.schedule_name, incident.endpoint, incident.monitoring_type
    )


def _found(rule: Rule, monitored: Monitored, since_at: datetime) -> Found:
    text = (
        f"{rule.description} An execution that was due at {since_at:%Y-%m-%d %H:%M} UTC has not ended "
        f"{_lasting(rule.after_s)} later."
    )
    return Found(title=f"{monitored.schedule}: overdue", text=text.strip(), severity=rule.severity)


def _lasting(seconds: float) -> str:
    """An amount of time in words."""
    for unit_s, word in ((86_400, "day"), (3_600, "hour"), (60, "minute")):
        if seconds >= unit_s and seconds % unit_s == 0:
            n = int(seconds // unit_s)
            return f"{n} {word}{'s' * (n != 1)}"
    return f"{seconds:g} seconds"


def _repeat(service: Service, at: datetime) -> int:
    due = and_(incidents.c.state == OPEN, incidents.c.repeat_at <= at)
    query = select(*COLUMNS).where(due).order_by(incidents.c.repeat_at).limit(MOST)
    with service.database.read() as connection:
        if connection.execute(query).first() is None:
            return 0
    with service.database.write() as connection:
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
    query = (
        select(notices.c.id, notices.c.message, notices.c.sink, *COLUMNS)
        .join(incidents, incidents.c.id == notices.c.incident_id)
        .where(notices.c.state == SILENCED, incidents.c.state != OVER)
        .order_by(notices.c.id)
        .limit(MOST_UNFINISHED)
    )
    with service.database.read() as connection:
        quiet = active(connection, at)
        rows = connection.execute(query).all()
        free = [row for row in rows if not is_silenced(quiet, Incident.of(row[3:]).names)][:MOST]
    if not free:
        return 0
    with service.database.write() as connection:
        for row in free:
            kept_back = (notices.c.id == row[0], notices.c.state == SILENCED)
            told = update(notices).where(*kept_back).values(state=WAITING, due_at=at)
            if connection.execute(told).rowcount:
                put_work(connection, row.message, row.sink, at)
    return len(free)


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
        for row in lost:
            put_work(connection, row.message, row.sink, at)
    return len(lost)
