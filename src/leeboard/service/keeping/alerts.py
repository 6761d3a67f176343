"""Forgets alerts that are over for long, with their notices, and old changes of the alerts of schedules."""

from collections.abc import Iterator, Sequence
from datetime import datetime

from sqlalchemy import Connection, delete, func, select

from leeboard.service.alerting.incidents import OVER
from leeboard.service.alerting.notifying import WAITING
from leeboard.service.keeping.counts import BEGIN, PORTION, Counts, Place, behind, told
from leeboard.service.service import Service
from leeboard.state.alerting_tables import incidents, notices
from leeboard.state.deleting import delete_portion
from leeboard.state.tables import alert_changes


def forget(service: Service, before: datetime, *, is_trial: bool = False) -> Iterator[Counts]:
    """Those of which somebody is still to be told stay."""
    database, place = service.database, BEGIN
    while True:
        with database.read() as connection:
            rows = _old(connection, before, place)
            waits = _waiting(connection, [number for _, number in rows])
        if not rows:
            return
        place = rows[-1]
        gone = [number for _, number in rows if number not in waits]
        counts = told(alerts=len(gone))
        if gone and not is_trial:
            with database.write() as connection:
                counts = _forget(connection, gone)
        yield counts


def _old(connection: Connection, before: datetime, place: Place) -> list[Place]:
    c = incidents.c
    is_old = (c.state == OVER, c.opened_at < before, c.resolved_at < before)
    query = select(c.opened_at, c.id).where(*is_old, behind(incidents, "opened_at", place))
    rows = connection.execute(query.order_by(c.opened_at, c.id).limit(PORTION))
    return [(row.opened_at, row.id) for row in rows]


def _waiting(connection: Connection, numbers: Sequence[int]) -> set[int]:
    c = notices.c
    query = select(c.incident_id).where(c.incident_id.in_(numbers), c.state == WAITING)
    return set(connection.execute(query).scalars())


def _forget(connection: Connection, numbers: Sequence[int]) -> Counts:
    """None of them changes any more, so that only two servers that forget could meet."""
    c = incidents.c
    chosen = select(c.id).where(c.id.in_(numbers), c.state == OVER).order_by(c.id)
    ours = connection.execute(chosen.with_for_update(skip_locked=True)).scalars().all()
    of = delete(notices).where(notices.c.incident_id.in_(ours), notices.c.state != WAITING)
    n_notices = connection.execute(of).rowcount
    n = connection.execute(delete(incidents).where(c.id.in_(ours))).rowcount
    return told(alerts=n, notices=n_notices)


def forget_changes(service: Service, before: datetime, *, is_trial: bool = False) -> Iterator[Counts]:
    """What ListMonitoringAlertHistory tells; how an alert is now stays."""
    c = alert_changes.c
    if is_trial:
        with service.database.read() as connection:
            query = select(func.count()).select_from(alert_changes).where(c.created_at < before)
            yield told(changes_of_alerts=connection.execute(query).scalar_one())
        return
    while True:
        with service.database.write() as connection:
            n = delete_portion(connection, c.id, c.created_at < before, limit=PORTION, first=c.created_at)
        if not n:
            return
        yield told(changes_of_alerts=n)
