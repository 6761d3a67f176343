"""Every schedule with how it is now: what the overview, lists and pages of endpoints begin with."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

import msgspec
from sqlalchemy import ColumnElement, Connection, select

from leeboard.service.alerts import IN_ALERT
from leeboard.service.executions import ONCE, UNFINISHED
from leeboard.service.views.fleet_rows import MOST_KEPT, Raw, rows_of
from leeboard.service.views.states import OVERDUE_AFTER, WORST_FIRST, State, execution_state, schedule_state
from leeboard.state.columns import EPOCH, MICROSECOND
from leeboard.state.raw import instant_of
from leeboard.state.tables import executions

RANKS: Mapping[str, int] = {state: rank for rank, state in enumerate(WORST_FIRST)}
"""0 is the worst."""
MOST_UNFINISHED = 20_000
NEVER = datetime.min.replace(tzinfo=UTC)
Begun = tuple[bool, datetime | None]
NOT_BEGUN: Begun = (False, None)

ID, STATUS, DUE_AT = 0, 5, 8
INSTANTS = (6, 7, 8, 13, 14)
"""Where they stand in a row."""


class Line(msgspec.Struct, frozen=True, gc=False):
    """One schedule; a struct, as a page makes thousands.

    Attributes:
        state: that of its last execution that ended, unless it should have run again since, or is stopped.
        last: what its last execution that ended came to; None before the first.
        last_id, last_at, last_end_at: that execution, its scheduled time and its end.
        is_running: whether another one is under way.
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

    @property
    def is_in_alert(self) -> bool:
        return self.alert == IN_ALERT

    @property
    def rank(self) -> int:
        return RANKS[self.state]


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


def _unfinished(connection: Connection) -> dict[int, Begun]:
    """Of schedules with executions that have not ended: whether one runs, and the oldest one's time.

    Grouped here, and ordered by an index: else SQLite goes through the executions of all times.
    """
    e = executions.c
    query = select(e.schedule_id, e.status, e.created_at).where(e.status.in_(UNFINISHED))
    query = query.order_by(e.status, e.id)
    found: dict[int, Begun] = {}
    for schedule_id, status, at in connection.execute(query.limit(MOST_UNFINISHED)):
        is_running, oldest = found.get(schedule_id, NOT_BEGUN)
        found[schedule_id] = is_running or status != "Pending", at if oldest is None else min(oldest, at)
    return found


def _line(row: Sequence[Any], begun: Begun, now: datetime, grace: timedelta) -> Line:
    *values, status, reason, cause = row
    for at in INSTANTS:
        values[at] = instant_of(values[at])
    last = execution_state(status, reason) if status else None
    is_running, since = begun
    if cause == ONCE and since is None:  # it has stopped because it is done
        return _made(*values, last, last or "stopped", is_running)
    under_way: State | None = "running" if is_running else "waiting" if since else last
    waiting_since = since + grace if since else None
    state = schedule_state(values[STATUS], values[DUE_AT], under_way, now, waiting_since=waiting_since)
    if state in ("waiting", "running") and last is not None:
        state = last
    return _made(*values, last, state, is_running)


def _made(*fields: Any) -> Line:
    return Line(*fields)


class Lines:
    """Lines that were made, by the number of the schedule, each with the very row that it was made of."""

    def __init__(self) -> None:
        self._kept: dict[int, tuple[Raw, bool, Line]] = {}

    def made(
        self, rows: Iterable[Raw], begun: Mapping[int, Begun], now: datetime, grace: timedelta
    ) -> list[Line]:
        """Sorted by name."""
        kept = self._kept
        if len(kept) > MOST_KEPT:
            kept.clear()
        late_us = (now - OVERDUE_AFTER - EPOCH) // MICROSECOND
        found = []
        for row in rows:
            number, due_us = row[ID], row[DUE_AT]
            is_late = due_us is not None and due_us < late_us
            held = kept.get(number)
            if number in begun:  # what waits may be overdue a moment later
                line = _line(row, begun[number], now, grace)
            elif held is not None and held[0] is row and held[1] is is_late:
                line = held[2]
            else:
                line = _line(row, NOT_BEGUN, now, grace)
                kept[number] = row, is_late, line
            found.append(line)
        return sorted(found, key=lambda line: line.name.lower())


LINES = Lines()


def latest_first(of: Iterable[Line]) -> list[Line]:
    """By the end of their last execution; those without any are the last."""
    return sorted(of, key=lambda line: line.last_end_at or NEVER, reverse=True)


def worst(states: Iterable[State]) -> State:
    """The worst of some states; "not monitored" of none."""
    return min(states, key=RANKS.__getitem__, default="not monitored")
