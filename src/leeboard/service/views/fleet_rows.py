"""Rows of schedules with the last execution of each that has ended, read again only where they changed.

What tells that a row has changed is read each time, from indexes alone. All writers of a schedule set the
time of its change, and an execution that has ended changes no more without another end.
"""

from collections.abc import Sequence
from functools import cache
from typing import Any
from weakref import WeakKeyDictionary

from sqlalchemy import ColumnElement, Connection, Engine, FromClause, Select, Text, cast, select, true

from leeboard.service.arns import SCHEDULE
from leeboard.state.raw import raw_rows
from leeboard.state.tables import alerts, executions, resources

Raw = tuple[Any, ...]
MOST_KEPT = 100_000
MANY = 1000
"""From there on all rows are read rather than those of so many numbers."""
_ENDED = executions.alias("ended")
_LATEST = (
    select(_ENDED)
    .where(_ENDED.c.schedule_id == resources.c.id, _ENDED.c.ended_at.is_not(None))
    .order_by(_ENDED.c.scheduled_at.desc(), _ENDED.c.run.desc())
    .limit(1)
    .correlate(resources)
)
"""The last execution of a schedule that has ended."""


class Rows:
    """Those of one database, as they were read the last time, by the numbers of schedules."""

    def __init__(self) -> None:
        self._kept: dict[int, tuple[Raw, Raw]] = {}

    def read(self, connection: Connection, *where: ColumnElement[bool]) -> list[Raw]:
        """One or two queries, whatever there is."""
        if len(self._kept) > MOST_KEPT:
            self._kept.clear()
        kept = self._kept.copy()  # others may read at the same time
        stamps = raw_rows(connection, _stamps(connection.dialect.name).where(*where))
        changed = [stamp for stamp in stamps if (kept.get(stamp[0]) or (None,))[0] != stamp]
        if changed:
            numbers = [stamp[0] for stamp in changed]
            narrow = (resources.c.id.in_(numbers),) if len(numbers) < MANY else where
            rows = {
                row[0]: row for row in raw_rows(connection, _rows(connection.dialect.name).where(*narrow))
            }
            new = {stamp[0]: (stamp, rows[stamp[0]]) for stamp in changed}
            kept |= new
            self._kept |= new
        return [kept[stamp[0]][1] for stamp in stamps]


_OF: WeakKeyDictionary[Engine, Rows] = WeakKeyDictionary()


def rows_of(connection: Connection) -> Rows:
    """The same for all who read from one database."""
    return _OF.setdefault(connection.engine, Rows())


@cache
def _stamps(dialect: str) -> Select[Any]:
    """Begins with the number of the schedule."""
    c, a = resources.c, alerts.c
    end, joined = _last_end(dialect)
    return (
        select(
            c.id,
            c.status,
            c.due_at,
            c.modified_at,
            a.status,
            a.datapoints_to_alert,
            a.evaluation_period,
            *end,
        )
        .select_from(joined.outerjoin(alerts, a.schedule_id == c.id))
        .where(c.kind == SCHEDULE)
    )


def _last_end(dialect: str) -> tuple[Sequence[ColumnElement[Any]], FromClause]:
    """The number and the end of the last execution, and what they are to be read from."""
    if dialect == "sqlite":  # one look into the index for both
        both = cast(_ENDED.c.id, Text) + " " + cast(_ENDED.c.ended_at, Text)
        return [_LATEST.with_only_columns(both).scalar_subquery()], resources
    last = _LATEST.lateral("last")
    return [last.c.id, last.c.ended_at], resources.outerjoin(last, true())


@cache
def _rows(dialect: str) -> Select[Any]:
    c, a = resources.c, alerts.c
    last, is_last = _last_ended(dialect)
    e = last.c
    return (
        select(
            c.id, c.name, c.endpoint, c.monitoring_type, c.definition, c.status, c.created_at, c.modified_at,
            c.due_at, a.status, a.datapoints_to_alert, a.evaluation_period,
            e.id, e.scheduled_at, e.ended_at, e.n_violations, e.status, e.failure_reason, e.cause,
        )
        .select_from(resources)
        .outerjoin(last, is_last)
        .outerjoin(alerts, a.schedule_id == c.id)
        .where(c.kind == SCHEDULE)
    )  # fmt: skip


def _last_ended(dialect: str) -> tuple[FromClause, ColumnElement[bool]]:
    """The last execution of each schedule that has ended, to be joined.

    SQLite has no LATERAL; without it, PostgreSQL would read all executions of all times.
    """
    if dialect == "sqlite":
        number = _LATEST.with_only_columns(_ENDED.c.id).scalar_subquery()
        return executions, executions.c.id == number
    return _LATEST.lateral("last"), true()
