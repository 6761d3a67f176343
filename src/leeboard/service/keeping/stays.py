"""Which old executions stay: the newest of every schedule, as many as rules count, and those of alerts."""

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Self

from sqlalchemy import Connection, func, or_, select

from leeboard.service.alerting.incidents import OVER
from leeboard.service.alerting.judging import n_to_read
from leeboard.service.alerting.rulebook import rules
from leeboard.service.arns import SCHEDULE
from leeboard.service.executions import Execution
from leeboard.service.keeping.counts import BEGIN, Place
from leeboard.state.alerting_tables import incidents
from leeboard.state.tables import alerts, executions, resources

PORTION = 500
"""Schedules of one query."""
PAGE = 5000
"""Incidents of one query."""


class Stays:
    """Asked while old executions are gone through; what it has learned of a schedule it does not ask again.

    That is safe: what is the oldest to stay becomes younger with time, never older.

    Args:
        n: executions of each schedule that stay, the newest.
        named: executions that alerts name.
    """

    def __init__(self, n: int, named: set[int]) -> None:
        self._n, self._named = n, named
        self._oldest: dict[int, Place | None] = {}

    @classmethod
    def read(cls, connection: Connection, before: datetime) -> Self:
        return cls(max(1, n_judged(connection)), set(_named(connection, before)))

    def learn(self, connection: Connection, schedules: set[int]) -> None:
        """Look up the schedules that are not known yet."""
        unknown = sorted(schedules - self._oldest.keys())
        for at in range(0, len(unknown), PORTION):
            portion = unknown[at : at + PORTION]
            self._oldest |= dict.fromkeys(portion, None) | _oldest(connection, portion, self._n)

    def has(self, execution: Execution) -> bool:
        """Whether it stays; its schedule has been learned. Of one that was removed, none does."""
        oldest = self._oldest[execution.schedule_id]
        is_new = oldest is not None and (execution.scheduled_at, execution.id) >= oldest
        return is_new or execution.id in self._named


def n_judged(connection: Connection) -> int:
    """How many of the last windows alerts and rules may look at."""
    longest = connection.execute(select(func.max(alerts.c.evaluation_period))).scalar() or 1
    return max(longest, n_to_read(rules(connection)))


def _oldest(connection: Connection, schedules: Sequence[int], n: int) -> dict[int, Place | None]:
    """The oldest execution that stays, of those schedules that there are."""
    other = executions.alias("other")
    nth = (
        select(other.c.id)
        .where(other.c.schedule_id == resources.c.id)
        .order_by(other.c.scheduled_at.desc(), other.c.id.desc())
        .limit(1)
        .offset(n - 1)
        .scalar_subquery()
    )
    there = select(resources.c.id, nth.label("nth")).where(
        resources.c.kind == SCHEDULE, resources.c.id.in_(schedules)
    )
    numbers = {row.id: row.nth for row in connection.execute(there)}
    c = executions.c
    wanted = [number for number in numbers.values() if number is not None]
    rows = connection.execute(select(c.id, c.scheduled_at).where(c.id.in_(wanted)))
    places = {row.id: (row.scheduled_at, row.id) for row in rows}
    return {schedule: places.get(number, BEGIN) for schedule, number in numbers.items()}


def _named(connection: Connection, before: datetime) -> Iterator[int]:
    """Executions that alerts name which stay themselves."""
    c, last = incidents.c, 0
    stays = or_(c.state != OVER, c.resolved_at >= before)
    while True:
        query = select(c.id, c.document).where(c.id > last, stays).order_by(c.id).limit(PAGE)
        rows = connection.execute(query).all()
        if not rows:
            return
        yield from (number for row in rows if isinstance(number := row.document.get("execution"), int))
        last = rows[-1].id
