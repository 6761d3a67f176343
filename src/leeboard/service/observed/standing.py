"""How the server stands: its queue, its endpoints and schedules, the incidents that are open."""

from datetime import datetime

from sqlalchemy import Connection, case, func, select

from leeboard.service.arns import ENDPOINT, SCHEDULE
from leeboard.service.observed import families
from leeboard.service.observed.exposition import Series
from leeboard.state.alerting_tables import incidents
from leeboard.state.tables import resources, work


def look(connection: Connection, kinds: list[str], now: datetime) -> Series:
    """The series; of the queue for all kinds of work, so that one without work tells 0."""
    series = Series()
    _queue(connection, series, kinds, now)
    _resources(connection, series)
    query = select(incidents.c.severity, func.count()).where(incidents.c.resolved_at.is_(None))
    for severity, n in connection.execute(query.group_by(incidents.c.severity)):
        series.add(families.INCIDENTS, (severity,), n)
    return series


def _queue(connection: Connection, series: Series, kinds: list[str], now: datetime) -> None:
    is_running = work.c.state == "Running"
    query = select(
        work.c.kind,
        func.sum(case((~is_running, 1), else_=0)).label("waiting"),
        func.sum(case((is_running, 1), else_=0)).label("running"),
        func.sum(case((is_running & (work.c.lease_until < now), 1), else_=0)).label("abandoned"),
        func.max(work.c.attempt).label("attempts"),
        func.min(case((~is_running & (work.c.ready_at <= now), work.c.ready_at))).label("oldest"),
    )
    found = {row.kind: row for row in connection.execute(query.group_by(work.c.kind))}
    for kind in sorted({*kinds, *found}):
        row = found.get(kind)
        waited_s = (now - row.oldest).total_seconds() if row and row.oldest else 0.0
        series.add(families.QUEUE_WAITING, (kind,), row.waiting if row else 0)
        series.add(families.QUEUE_RUNNING, (kind,), row.running if row else 0)
        series.add(families.QUEUE_ABANDONED, (kind,), row.abandoned if row else 0)
        series.add(families.QUEUE_ATTEMPTS, (kind,), row.attempts if row else 0)
        series.add(families.QUEUE_OLDEST, (kind,), max(0.0, waited_s))


def _resources(connection: Connection, series: Series) -> None:
    names = {ENDPOINT: families.ENDPOINTS, SCHEDULE: families.SCHEDULES}
    query = select(resources.c.kind, resources.c.status, func.count()).where(resources.c.kind.in_(names))
    for kind, status, n in connection.execute(query.group_by(resources.c.kind, resources.c.status)):
        series.add(names[kind], (status,), n)
