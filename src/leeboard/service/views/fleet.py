"""Every schedule with how it is now: what the overview, lists and pages of endpoints begin with."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

import msgspec
from sqlalchemy import ColumnElement, Connection, select

from leeboard.service.alerts import IN_ALERT
from leeboard.service.arns import key_of
from leeboard.service.executions import ONCE, UNFINISHED
from leeboard.service.views.fleet_rows import MOST_KEPT, Raw, rows_of
from leeboard.service.views.states import (
    OVERDUE_AFTER,
    WORST_FIRST,
    State,
    execution_state,
    is_overdue,
    schedule_state,
)
from leeboard.state.columns import EPOCH, MICROSECOND
from leeboard.state.raw import instant_of
from leeboard.state.tables import executions, resources

RANKS: Mapping[str, int] = {state: rank for rank, state in enumerate(WORST_FIRST)}
"""0 is the worst."""
MOST_UNFINISHED = 20_000
NEVER = datetime.min.replace(tzinfo=UTC)
Begun = tuple[bool, datetime | None]
"""Whether one runs, and since when the oldest waits that does not."""

ID, STATUS, DUE_AT = 0, 5, 8
INSTANTS = (6, 7, 8, 13, 14)
"""Where they stand in a row."""


class Line(msgspec.Struct, frozen=True, gc=False):
    """One schedule; a struct, as a page makes thousands.

    Attributes:
        state: that of its last execution that ended, unless it is stopped, or overdue and that is worse.
        last: what its last execution that ended came to; None before the first.
        last_id, last_at, last_end_at: that execution, its scheduled time and its end.
        is_running: whether another one is under way.
        is_overdue: whether another one should have been made or begun, whatever the state.
    """

    id: int
    name: str
    endpoint: str | None
    monitoring_type: str
    definition: str | None
    status: str
    created_at: datetime
    modified_at: datetime
    due_at: datetime | None
    alert: str | None
    datapoints: int | None
    period: int | None
    last_id: int | None
    last_at: datetime | None
    last_end_at: datetime | None
    n_violations: int | None
    last: State | None
    state: State
    is_running: bool
    is_overdue: bool

    @property
    def was(self) -> State | None:
        """How its last run ended, where the state does not say it."""
        return self.last if self.state in ("stopped", "overdue") else None

    @property
    def is_in_alert(self) -> bool:
        return self.alert == IN_ALERT

    @property
    def rank(self) -> int:
        return rank(self.state, self.is_overdue)


def rank(state: State, overdue: bool) -> int:
    """Of two in one state the one that is overdue too is worse; less is worse."""
    return 2 * RANKS[state] - overdue


def lines(
    connection: Connection, *where: ColumnElement[bool], now: datetime, grace_s: float = 0.0
) -> list[Line]:
    """Schedules by name: at most three queries, whatever there is.

    Args:
        where: conditions on their rows in `resources`; all without.
        grace_s: how long an execution waits for its last records before it begins.
    """
    rows = rows_of(connection).read(connection, *where)
    return LINES.made(rows, _unfinished(connection), now, timedelta(seconds=grace_s))


def line_named(connection: Connection, name: str, *, now: datetime, grace_s: float = 0.0) -> Line | None:
    """The schedule of a name; None if there is none any more."""
    return next(iter(lines(connection, resources.c.key == key_of(name), now=now, grace_s=grace_s)), None)


def _unfinished(connection: Connection) -> dict[int, Begun]:
    """Of schedules with executions that have not ended.

    Grouped here, and ordered by an index: else SQLite goes through the executions of all times.
    """
    e = executions.c
    query = select(e.schedule_id, e.status, e.created_at).where(e.status.in_(UNFINISHED))
    query = query.order_by(e.status, e.id)
    found: dict[int, Begun] = {}
    for schedule_id, status, at in connection.execute(query.limit(MOST_UNFINISHED)):
        is_running, oldest = found.get(schedule_id, (False, None))
        waits = status == "Pending"
        since = min(at, oldest or at) if waits else oldest
        found[schedule_id] = is_running or not waits, since
    return found


def _line(row: Sequence[Any], begun: Begun | None, now: datetime, grace: timedelta) -> Line:
    *values, ended, reason, cause = row
    for at in INSTANTS:
        values[at] = instant_of(values[at])
    last = execution_state(ended, reason) if ended else None
    if cause == ONCE and begun is None:  # it has stopped because it is done
        return _made(*values, last, last or "stopped", False, False)
    is_running, waits_since = begun or (False, None)
    under_way: State | None = "running" if is_running else "waiting" if begun else None
    status = values[STATUS]
    overdue = is_overdue(values[DUE_AT], waits_since, now, grace, is_enabled=status == "Scheduled")
    state = schedule_state(status, last, under_way, overdue=overdue)
    return _made(*values, last, state, is_running, overdue)


def _made(*fields: Any) -> Line:
    return Line(*fields)


class Lines:
    """Lines that were made, by the number of the schedule, each with the very row that it was made of."""

    def __init__(self) -> None:
        self._kept: dict[int, tuple[Raw, int, Line]] = {}

    def made(
        self, rows: Iterable[Raw], begun: Mapping[int, Begun], now: datetime, grace: timedelta
    ) -> list[Line]:
        """Sorted by name."""
        kept = self._kept
        if len(kept) > MOST_KEPT:
            kept.clear()
        late_at = now - OVERDUE_AFTER
        late_us = (late_at - EPOCH) // MICROSECOND
        found = []
        for row in rows:
            number, due_us = row[ID], row[DUE_AT]
            one = begun.get(number)
            how = _how(one, late_at - grace) + (due_us is not None and due_us < late_us)
            held = kept.get(number)
            if held is not None and held[0] is row and held[1] == how:
                line = held[2]
            else:
                line = _line(row, one, now, grace)
                kept[number] = row, how, line
            found.append(line)
        return sorted(found, key=lambda line: line.name.lower())


def _how(begun: Begun | None, late_at: datetime) -> int:
    """All that counts of what has not ended, in one even number."""
    if begun is None:
        return 0
    is_running, waits_since = begun
    return 2 + 4 * is_running + 8 * (waits_since is not None and waits_since < late_at)


LINES = Lines()


def latest_first(of: Iterable[Line]) -> list[Line]:
    """By the end of their last execution; those without any are the last."""
    return sorted(of, key=lambda line: line.last_end_at or NEVER, reverse=True)


def worst(states: Iterable[State]) -> State:
    """The worst of some states; "not monitored" of none."""
    return min(states, key=RANKS.__getitem__, default="not monitored")
