"""Executions of schedules: planned once for each scheduled time, and how they end."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Self

from sqlalchemy import ColumnElement, Connection, Row, bindparam, func, insert, select, update
from sqlalchemy.exc import IntegrityError

from leeboard.service import alerts
from leeboard.service.alerting.hook import execution_ended
from leeboard.service.alerting.turn import in_turn
from leeboard.service.queue import put
from leeboard.service.resources import Resource
from leeboard.service.schedules.names import JOB_KINDS, MERGE_KIND, job_name
from leeboard.service.schedules.windows import Window
from leeboard.state.asked import Asked
from leeboard.state.tables import executions, resources

EXECUTION = "execution"
PLANNED, CAUGHT_UP, BY_HAND, ONCE = "planned", "catch-up", "by hand", "once"
"""Why an execution was made."""
UNFINISHED = ("Pending", "InProgress", "Stopping")


@dataclass(frozen=True, slots=True)
class Execution:
    """One run of a schedule as it was read."""

    id: int
    schedule_id: int
    schedule_name: str
    endpoint: str | None
    monitoring_type: str
    definition: str | None
    scheduled_at: datetime
    run: int
    cause: str
    window_start_at: datetime
    window_end_at: datetime
    status: str
    failure_reason: str | None
    job_name: str | None
    n_violations: int | None
    started_at: datetime | None
    ended_at: datetime | None
    created_at: datetime
    modified_at: datetime

    @classmethod
    def of(cls, row: Row[Any] | Sequence[Any]) -> Self:
        return cls(*tuple(row)[: len(COLUMNS)])

    @property
    def merge_name(self) -> str:
        """Name of the job that joins what was captured with its labels, where there is one."""
        return job_name(MERGE_KIND, self.scheduled_at, f"execution {self.id}")

    @property
    def analysis_name(self) -> str:
        """Name of the job that analyses the window."""
        return job_name(JOB_KINDS[self.monitoring_type], self.scheduled_at, f"execution {self.id}")


COLUMNS = [executions.c[name] for name in Execution.__slots__]
LATEST = Asked(
    select(*COLUMNS)
    .where(executions.c.schedule_id == bindparam("schedule"))
    .order_by(executions.c.scheduled_at.desc(), executions.c.id.desc())
    .limit(1)
)
_OTHER = executions.alias("other")
_LAST_ID = (
    select(_OTHER.c.id)
    .where(_OTHER.c.schedule_id == resources.c.id)
    .order_by(_OTHER.c.scheduled_at.desc(), _OTHER.c.id.desc())
    .limit(1)
    .scalar_subquery()
)
LAST_OF_MANY = select(_LAST_ID).where(resources.c.id.in_(bindparam("schedules", expanding=True)))
OF_NUMBERS = select(*COLUMNS).where(executions.c.id.in_(bindparam("numbers", expanding=True)))
"""Apart from the query before: in one, PostgreSQL reads all executions of all times to join them."""
PORTION = 10_000
"""Schedules of one query."""


def plan(
    connection: Connection,
    schedule: Resource,
    window: Window,
    *,
    scheduled_at: datetime,
    ready_at: datetime,
    cause: str,
    now: datetime,
    run: int = 0,
    refused: str | None = None,
) -> Execution | None:
    """Make the execution of a scheduled time; None if it is there already.

    Args:
        run: 0 for the one that the schedule itself makes, which there is once; others by hand.
        refused: why it is not run at all; it then counts as failed.
    """
    values = {
        "schedule_id": schedule.id,
        "schedule_key": schedule.name.lower(),
        "schedule_name": schedule.name,
        "endpoint": schedule.endpoint,
        "monitoring_type": schedule.monitoring_type,
        "definition": schedule.definition,
        "scheduled_at": scheduled_at,
        "run": run,
        "cause": cause,
        "window_start_at": window.start_at,
        "window_end_at": window.end_at,
        "status": "Failed" if refused else "Pending",
        "failure_reason": refused,
        "created_at": now,
        "modified_at": now,
    }
    try:
        with connection.begin_nested():
            row = connection.execute(insert(executions).values(values).returning(*COLUMNS)).one()
    except IntegrityError:
        return None
    execution = Execution.of(row)
    if refused:
        alerts.evaluate(connection, schedule.id, now=now)
        execution_ended(connection, execution.id, now=now)
    else:
        put(connection, EXECUTION, str(execution.id), ready_at=ready_at, lane=f"schedule/{schedule.id}")
    return execution


def next_run(connection: Connection, schedule: Resource, scheduled_at: datetime) -> int:
    """The number of the next run by hand for a scheduled time; others who ask wait for this transaction."""
    connection.execute(select(resources.c.id).where(resources.c.id == schedule.id).with_for_update())
    same = (executions.c.schedule_id == schedule.id, executions.c.scheduled_at == scheduled_at)
    return (connection.execute(select(func.max(executions.c.run)).where(*same)).scalar() or 0) + 1


def find_execution(connection: Connection, execution_id: int | None) -> Execution | None:
    """The one with that number; None if there is none, and for no number."""
    if execution_id is None:
        return None
    row = connection.execute(select(*COLUMNS).where(executions.c.id == execution_id)).first()
    return Execution.of(row) if row else None


def find_by_job(connection: Connection, schedule_id: int, job_name: str) -> Execution | None:
    """The execution that a processing job belongs to."""
    same = (executions.c.schedule_id == schedule_id, executions.c.job_name == job_name)
    row = connection.execute(select(*COLUMNS).where(*same)).first()
    return Execution.of(row) if row else None


def unfinished(connection: Connection, schedule_id: int) -> list[Execution]:
    """Those that have not ended, oldest first."""
    where = (executions.c.schedule_id == schedule_id, executions.c.status.in_(UNFINISHED))
    query = select(*COLUMNS).where(*where).order_by(executions.c.scheduled_at, executions.c.id)
    return [Execution.of(row) for row in connection.execute(query)]


def latest(connection: Connection, schedule_ids: Sequence[int]) -> dict[int, Execution]:
    """The last execution of each schedule, by scheduled time."""
    if len(schedule_ids) == 1:
        row = LATEST.first(connection, schedule=schedule_ids[0])
        return {schedule_ids[0]: Execution.of(row)} if row else {}
    found: dict[int, Execution] = {}
    for at in range(0, len(schedule_ids), PORTION):
        last = connection.execute(LAST_OF_MANY, {"schedules": schedule_ids[at : at + PORTION]})
        numbers = [number for number in last.scalars() if number is not None]
        rows = connection.execute(OF_NUMBERS, {"numbers": numbers})
        found |= {row.schedule_id: Execution.of(row) for row in rows}
    return found


def set_execution(
    connection: Connection, execution_id: int, *where: ColumnElement[bool], now: datetime, **columns: Any
) -> bool:
    """Set columns of one execution, if the conditions still hold; gives whether they did."""
    changed = update(executions).where(executions.c.id == execution_id, *where)
    return connection.execute(changed.values(modified_at=now, **columns)).rowcount == 1


def begin(connection: Connection, execution: Execution, job_name: str, *, now: datetime) -> bool:
    """A worker runs it as this job; False if somebody has stopped it meanwhile."""
    is_wanted = executions.c.status.in_(("Pending", "InProgress"))
    started_at = execution.started_at or now
    return set_execution(
        connection, execution.id, is_wanted, now=now,
        status="InProgress", job_name=job_name, started_at=started_at,
    )  # fmt: skip


def end(
    connection: Connection,
    execution: Execution,
    status: str,
    *,
    now: datetime,
    reason: str | None = None,
    **columns: Any,
) -> None:
    """An execution is over: its alert is judged, and a schedule that runs once has stopped."""
    reason = reason[:1024] if reason else None
    if execution.cause == ONCE:  # first of all, as who deletes the schedule holds it before all else
        once = update(resources).where(resources.c.id == execution.schedule_id)
        connection.execute(
            once.where(resources.c.status == "Scheduled").values(status="Stopped", modified_at=now)
        )
    in_turn(connection)
    set_execution(
        connection, execution.id, now=now, status=status, failure_reason=reason, ended_at=now, **columns
    )
    alerts.evaluate(connection, execution.schedule_id, now=now)
    execution_ended(connection, execution.id, now=now)
