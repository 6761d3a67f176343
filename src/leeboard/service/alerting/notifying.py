"""From what happened to the notices that go out: which routes, which sinks, together with which others.

A notice is a row, written in the transaction of what happened, with work in the queue beside it. An event
has one row for a sink, however many routes lead there.
"""

from collections.abc import Collection, Mapping
from datetime import datetime, timedelta
from hashlib import sha256

from sqlalchemy import Connection, select, update

from leeboard.alerts import OPENED, REPEATED, RESOLVED, Notice
from leeboard.alerts.document import RouteEntry
from leeboard.service.alerting.silences import active, is_silenced
from leeboard.service.queue import hold_up, put
from leeboard.state.alerting_tables import notices
from leeboard.state.inserting import insert_of

NOTICE = "notice"
"""The kind of work."""
WAITING, SILENCED, DELIVERED, GIVEN_UP, DROPPED = "waiting", "silenced", "delivered", "given up", "dropped"
GROUP = "group"
Names = Mapping[str, str | None]


def announce(
    connection: Connection,
    notice: Notice,
    names: Names,
    *,
    routes: Collection[RouteEntry],
    now: datetime,
    incident_id: int | None = None,
) -> int:
    """Write what is to be told to whom; gives the number of notices.

    What is silenced is kept back while it opens, and not told otherwise. That something is over is told to
    those who were told that it began, also in a silence.
    """
    wanted = [route for route in routes if notice.kind in route.on and route.match.matches(**names)]
    if not wanted:
        return 0
    is_quiet = is_silenced(active(connection, now), dict(names))
    told = _told(connection, incident_id) if notice.kind == RESOLVED else {}
    n = 0
    for route in wanted:
        for sink in route.sinks:
            state = _state(notice.kind, is_quiet=is_quiet, before=told.get(sink))
            if state is not None:
                n += _write(connection, notice, names, route, sink, state, now, incident_id)
    return n


def _state(kind: str, *, is_quiet: bool, before: str | None) -> str | None:
    """The state of a new notice; None for none at all."""
    if kind == RESOLVED and before is not None:
        return None if before == SILENCED else WAITING
    if not is_quiet:
        return WAITING
    return SILENCED if kind == OPENED else None


def _told(connection: Connection, incident_id: int | None) -> dict[str, str]:
    """By sink, what became of the notice that it opened."""
    query = select(notices.c.sink, notices.c.state).where(
        notices.c.incident_id == incident_id, notices.c.event == f"incident/{incident_id}/opened"
    )
    return {row.sink: row.state for row in connection.execute(query)}


def drop_silenced(connection: Connection, incident_id: int) -> None:
    """Nobody was told that it began, and it is over."""
    kept_back = (notices.c.incident_id == incident_id, notices.c.state == SILENCED)
    connection.execute(update(notices).where(*kept_back).values(state=DROPPED))


def _write(
    connection: Connection,
    notice: Notice,
    names: Names,
    route: RouteEntry,
    sink: str,
    state: str,
    now: datetime,
    incident_id: int | None,
) -> bool:
    wait_s = route.group_wait_s if route.group_by else 0.0
    due_at = now + timedelta(seconds=wait_s)
    values = {
        "event": notice.event,
        "sink": sink,
        "route": route.name,
        "message": message_of(notice, names, route, sink, incident_id),
        "incident_id": incident_id,
        "state": state,
        "n_attempts": 0,
        "document": notice.document(),
        "created_at": now,
        "due_at": due_at,
    }
    made = insert_of(connection, notices).values(values).on_conflict_do_nothing().returning(notices.c.id)
    if connection.execute(made).first() is None:
        return False
    if state == WAITING:
        put_work(connection, str(values["message"]), sink, due_at)
    return True


def put_work(connection: Connection, message: str, sink: str, ready_at: datetime) -> None:
    """Have a message delivered; those of one sink go one after another."""
    hold_up(connection, NOTICE, message)  # who delivers it just now would end without this notice
    put(connection, NOTICE, message, ready_at=ready_at, lane=f"sink/{sink}")


def message_of(notice: Notice, names: Names, route: RouteEntry, sink: str, incident_id: int | None) -> str:
    """What tells the messages apart: notices of a group go out together, an end after its beginning."""
    if not route.group_by:
        is_either = notice.kind in (OPENED, RESOLVED)
        return f"{sink}/incident/{incident_id}" if is_either else f"{sink}/{notice.event}"[:128]
    values = [route.name, *(f"{key}={names.get(key) or ''}" for key in sorted(route.group_by))]
    return f"{sink}/{GROUP}/{sha256(chr(0).join(values).encode()).hexdigest()[:32]}"


def first_repeat(routes: Collection[RouteEntry], names: Names, now: datetime) -> datetime | None:
    """When something that opens now is to be told again first; None for never."""
    every = [route.repeat_s for route in _repeating(routes, names)]
    return now + timedelta(seconds=min(every)) if every else None


def due_repeats(
    routes: Collection[RouteEntry], names: Names, opened_at: datetime, now: datetime
) -> tuple[list[tuple[str, RouteEntry]], datetime | None]:
    """What ends the event of a repetition that is due by now, for each route; and when the next one is."""
    due, upcoming = [], []
    for route in _repeating(routes, names):
        n = max(int((now - opened_at).total_seconds() // route.repeat_s), 0)  # clocks are set back
        if n:
            due.append((f"repeated/{route.repeat_s:g}/{n}", route))
        upcoming.append(opened_at + timedelta(seconds=(n + 1) * route.repeat_s))
    return due, min(upcoming, default=None)


def _repeating(routes: Collection[RouteEntry], names: Names) -> list[RouteEntry]:
    return [
        route for route in routes if route.repeat_s and REPEATED in route.on and route.match.matches(**names)
    ]
