"""Makes the executions of schedules whose time has come."""

import logging
from collections.abc import Sequence
from datetime import datetime, timedelta
from threading import Event

from sqlalchemy import Connection, func, select

from leeboard.clock import now
from leeboard.service import executions
from leeboard.service.arns import SCHEDULE
from leeboard.service.refusals import RefusalError
from leeboard.service.repeating import Repeating
from leeboard.service.resources import Resource, change, find_all, tags_of
from leeboard.service.schedules.planning import MisfirePolicy, missed, overlap_failure
from leeboard.service.scheduling import expression_of, window_at
from leeboard.service.service import Service
from leeboard.state.tables import executions as executions_table
from leeboard.state.tables import resources

TICK_S = 0.5
POLICY_TAG = "leeboard:missed-windows"
"""Tag by which a schedule says what becomes of windows that nobody planned in time."""
LEAST = timedelta(microseconds=1)

_log = logging.getLogger(__name__)


def planner(service: Service) -> Repeating:
    """A thread that plans; any number of processes may have one."""

    def plan(_closing: Event) -> None:
        if plan_due(service, now()):
            service.bell.ring()

    return Repeating("planner", plan, every_s=TICK_S)


def plan_due(service: Service, at: datetime) -> int:
    """Make the executions of all schedules that are due; gives how many were made."""
    due = (resources.c.status == "Scheduled", resources.c.due_at <= at)
    with service.database.read() as connection:
        schedules = find_all(connection, SCHEDULE, *due)
    return sum(_plan_or_fail(service, schedule, at) for schedule in schedules)


def _plan_or_fail(service: Service, schedule: Resource, at: datetime) -> int:
    """A schedule that cannot be planned, say one of another version, says so and holds up no other."""
    try:
        return _plan(service, schedule, at)
    except RefusalError as refusal:
        _log.error("schedule %s cannot be planned: %s", schedule.name, refusal)
        facts = schedule.facts | {"failure": str(refusal)[:1024]}
        unchanged = resources.c.modified_at == schedule.modified_at
        with service.database.write() as connection:
            change(connection, schedule, unchanged, now=at, status="Failed", due_at=None, facts=facts)
        return 0


def _plan(service: Service, schedule: Resource, at: datetime) -> int:
    expression = expression_of(service, schedule)
    assert schedule.due_at is not None  # noqa: S101 - it was chosen by it
    with service.database.write() as connection:
        is_ours = change(
            connection,
            schedule,
            resources.c.due_at == schedule.due_at,
            resources.c.modified_at == schedule.modified_at,
            resources.c.status == "Scheduled",
            now=schedule.modified_at,
            due_at=expression.next_after(at),
        )
        if not is_ours:  # another planner was quicker, or somebody has changed what the schedule does
            return 0
        missed_times = missed(
            expression,
            schedule.due_at - LEAST,
            at,
            policy=_policy(service, connection, schedule),
            limit=service.settings.catch_up_limit,
        )
        if missed_times.n_skipped:
            _log.warning(
                "schedule %s: %d scheduled times before %s passed while nobody ran, and are left out",
                schedule.name, missed_times.n_skipped, at.isoformat(),
            )  # fmt: skip
        due = _still_kept(service, schedule, missed_times.due, at)
        return sum(_execution(service, connection, schedule, time, at) for time in due)


def _still_kept(
    service: Service, schedule: Resource, times: Sequence[datetime], at: datetime
) -> Sequence[datetime]:
    """Without those of windows that are forgotten by now: they may have been run once."""
    begins_at = service.settings.history_begins_at(at)
    kept = [time for time in times if begins_at is None or time >= begins_at]
    if len(kept) < len(times):
        _log.warning(
            "schedule %s: %d scheduled times are older than history is kept, and are left out",
            schedule.name, len(times) - len(kept),
        )  # fmt: skip
    return kept


def _policy(service: Service, connection: Connection, schedule: Resource) -> MisfirePolicy:
    given = tags_of(connection, schedule.arn).get(POLICY_TAG, service.settings.missed)
    return "skip" if given == "skip" else "catch-up"


def _execution(
    service: Service, connection: Connection, schedule: Resource, scheduled_at: datetime, at: datetime
) -> bool:
    is_late = at - scheduled_at > timedelta(minutes=1)
    try:
        window = window_at(service, connection, schedule, scheduled_at)
    except RefusalError as refusal:
        _log.error("schedule %s has no window at %s: %s", schedule.name, scheduled_at, refusal)
        return False
    made = executions.plan(
        connection,
        schedule,
        window,
        scheduled_at=scheduled_at,
        ready_at=scheduled_at + timedelta(seconds=service.settings.grace_s),
        cause=executions.CAUGHT_UP if is_late else executions.PLANNED,
        now=at,
        refused=None if is_late else overlap_failure(_n_waiting(connection, schedule)),
    )
    return made is not None


def _n_waiting(connection: Connection, schedule: Resource) -> int:
    table = executions_table
    where = (
        table.c.schedule_id == schedule.id,
        table.c.status.in_(executions.UNFINISHED),
        table.c.cause == executions.PLANNED,
    )
    return connection.execute(select(func.count()).select_from(table).where(*where)).scalar_one()
