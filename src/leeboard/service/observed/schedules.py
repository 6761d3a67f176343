"""How each schedule stands: its last execution, its next, its alert."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, Row, Select, func, select

from leeboard.service.alerts import COUNTED, IN_ALERT
from leeboard.service.arns import SCHEDULE
from leeboard.service.observed import families
from leeboard.service.observed.exposition import Family, Series
from leeboard.service.views.states import is_overdue
from leeboard.state.tables import alerts, executions, resources

ENDED = (*COUNTED, "Stopped")


@dataclass(frozen=True, slots=True)
class Scheduled:
    """One schedule, and its execution that ended last by scheduled time."""

    id: int
    name: str
    endpoint: str
    monitoring_type: str
    is_started: bool
    due_at: datetime | None
    is_in_alert: bool
    status: str | None
    n_violations: int | None
    ended_at: datetime | None
    waits_since: datetime | None

    @classmethod
    def of(cls, row: Row[Any], waits_since: datetime | None) -> "Scheduled":
        return cls(
            id=row.id,
            name=row.name,
            endpoint=row.endpoint or "",
            monitoring_type=row.monitoring_type or "",
            is_started=row.status == "Scheduled",
            due_at=row.due_at,
            is_in_alert=row.alert == IN_ALERT,
            status=row.last_status,
            n_violations=row.n_violations,
            ended_at=row.ended_at,
            waits_since=waits_since,
        )

    def is_overdue(self, now: datetime, grace: timedelta) -> bool:
        """As the dashboard's pages have it."""
        return is_overdue(self.due_at, self.waits_since, now, grace, is_enabled=self.is_started)


def find_scheduled(connection: Connection) -> list[Scheduled]:
    """All schedules by name, with two queries."""
    oldest = func.min(executions.c.created_at)
    waiting = select(executions.c.schedule_id, oldest.label("since"))
    waiting = waiting.where(executions.c.status == "Pending").group_by(executions.c.schedule_id)
    since = {row.schedule_id: row.since for row in connection.execute(waiting)}
    return [Scheduled.of(row, since.get(row.id)) for row in connection.execute(_query())]


def _query() -> Select[Any]:
    other = executions.alias("other")
    last = (
        select(other.c.id)
        .where(other.c.schedule_id == resources.c.id, other.c.status.in_(ENDED))
        .order_by(other.c.scheduled_at.desc(), other.c.id.desc())
        .limit(1)
        .scalar_subquery()
    )
    told = (
        resources.c.id, resources.c.name, resources.c.endpoint, resources.c.monitoring_type,
        resources.c.status, resources.c.due_at, alerts.c.status.label("alert"),
        executions.c.status.label("last_status"), executions.c.n_violations, executions.c.ended_at,
    )  # fmt: skip
    return (
        select(*told)
        .outerjoin(alerts, alerts.c.schedule_id == resources.c.id)
        .outerjoin(executions, executions.c.id == last)
        .where(resources.c.kind == SCHEDULE)
        .order_by(resources.c.key)
    )


def series_of(schedules: list[Scheduled], now: datetime, grace: timedelta) -> Series:
    """The series of all of them.

    Args:
        grace: how long an execution waits for its last records before it begins.
    """
    series = Series()
    for each in schedules:
        overdue = each.is_overdue(now, grace)
        labels = (each.endpoint, each.name, each.monitoring_type)
        is_urgent = each.is_in_alert or overdue or each.status not in (None, "Completed")
        if each.status is not None:
            series.add(families.LAST_STATUS, (*labels, each.status), 1, is_urgent=is_urgent)
        key = families.ACTIVE.key(*labels)
        for family, number in _numbers(each, overdue):
            if number is not None:
                series.put(family, key, number, is_urgent=is_urgent)
    return series


def _numbers(each: Scheduled, overdue: bool) -> Iterator[tuple[Family, float | None]]:
    yield families.VIOLATIONS, each.n_violations
    yield families.LAST_END, each.ended_at.timestamp() if each.ended_at else None
    yield families.NEXT_DUE, each.due_at.timestamp() if each.due_at else None
    yield families.ACTIVE, each.is_started
    yield families.OVERDUE, overdue
    yield families.ALERT, each.is_in_alert
