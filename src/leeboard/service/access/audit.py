"""The audit log: who changed what, when, and how it ended."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import msgspec
from sqlalchemy import ColumnElement, Connection, Row, insert, or_, select

from leeboard.state.access_tables import audit_log
from leeboard.state.database import Database
from leeboard.state.deleting import delete_portion

KEPT_DAYS = 400
"""At least: a whole year can be looked back on, however soon logs and metrics are forgotten."""
MOST = {"visitor": 128, "via": 16, "action": 64, "subject": 256, "outcome": 64}
"""Characters of each text."""
MOST_DETAILS_BYTES = 4096
SECRET_WORDS = ("secret", "password", "token", "credential", "cookie", "authorization")
HIDDEN = "(hidden)"
LOGIN = "login"
"""The one action that changes nothing."""
PORTION = 1000
Place = tuple[datetime, int]
COLUMNS = ("at", "visitor", "via", "action", "subject", "outcome", "details")
"""Of `rows`, which are taken away as CSV or JSON."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One change.

    Attributes:
        visitor: name of a token, or an access key id.
        via: `dashboard`, `api` (AWS's operations), `own` (our calls, which the commands use).
        outcome: `ok`, or the code of the refusal.
        details: small facts; never a secret or a whole document.
        id: of its row; 0 before it has one.
    """

    at: datetime
    visitor: str
    via: str
    action: str
    subject: str
    outcome: str
    details: Mapping[str, Any]
    id: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """Which lines are wanted; None for all."""

    subject: str | None = None
    visitor: str | None = None
    action: str | None = None
    since: datetime | None = None
    until: datetime | None = None


EVERYTHING = Asked()


def write(
    connection: Connection,
    *,
    at: datetime,
    visitor: str,
    via: str,
    action: str,
    subject: str,
    outcome: str = "ok",
    details: Mapping[str, Any] | None = None,
) -> None:
    """Add a line."""
    line = Line(
        at=at,
        visitor=visitor,
        via=via,
        action=action,
        subject=subject,
        outcome=outcome,
        details=details or {},
    )
    write_all(connection, [line])


def write_all(connection: Connection, lines: Sequence[Line]) -> None:
    """Add lines, oldest first."""
    if lines:
        connection.execute(insert(audit_log), [_row(line) for line in lines])


def read(
    connection: Connection, asked: Asked = EVERYTHING, *, before: Place | None = None, limit: int = 100
) -> list[Line]:
    """The youngest lines, youngest first.

    Args:
        before: (`at`, `id`) of the last line of the page before.
    """
    filters = _filters(asked)
    table = audit_log.c
    if before is not None:
        at, number = before
        filters += [table.at <= at, or_(table.at < at, table.id < number)]  # the first finds by the index
    query = select(audit_log).where(*filters).order_by(table.at.desc(), table.id.desc()).limit(limit)
    return [_line(row) for row in connection.execute(query)]


def lines_of(database: Database, asked: Asked = EVERYTHING) -> Iterator[Line]:
    """All of them, youngest first, read in portions."""
    before: Place | None = None
    while True:
        with database.read() as connection:
            lines = read(connection, asked, before=before, limit=PORTION)
        yield from lines
        if len(lines) < PORTION:
            return
        before = lines[-1].at, lines[-1].id


def rows(database: Database, asked: Asked = EVERYTHING) -> Iterator[tuple[str, ...]]:
    """The same as texts, for a file: times in ISO 8601, details as JSON."""
    for line in lines_of(database, asked):
        texts = (line.visitor, line.via, line.action, line.subject, line.outcome)
        yield (line.at.isoformat(), *texts, msgspec.json.encode(line.details).decode())


def prune(connection: Connection, before: datetime, *, limit: int = 10_000) -> int:
    """Forget lines that are older, so many at most; gives how many."""
    return delete_portion(connection, audit_log.c.id, audit_log.c.at < before, limit=limit)


def kept(retention_days: int) -> timedelta:
    """How long lines stay, given the days of logs and metrics."""
    return timedelta(days=max(KEPT_DAYS, retention_days))


def _filters(asked: Asked) -> list[ColumnElement[bool]]:
    table = audit_log.c
    equals = {"subject": asked.subject, "visitor": asked.visitor, "action": asked.action}
    filters = [table[name] == plain(value, MOST[name]) for name, value in equals.items() if value is not None]
    if asked.since is not None:
        filters.append(table.at >= asked.since)
    if asked.until is not None:
        filters.append(table.at < asked.until)
    return filters


def _row(line: Line) -> dict[str, Any]:
    texts = {name: plain(getattr(line, name), most) for name, most in MOST.items()}
    return {"at": line.at, "details": _small(line.details), **texts}


def plain(text: str, most: int) -> str:
    """As every database takes it, and not longer than its column; nothing in it ends a line, moves a cursor
    or turns the direction of writing, so that no name looks like another line.
    """
    told = "".join(each if each.isprintable() else "\N{REPLACEMENT CHARACTER}" for each in text[: 2 * most])
    return told if len(told) <= most else f"{told[: most - 1]}\N{HORIZONTAL ELLIPSIS}"


def _small(details: Mapping[str, Any]) -> dict[str, Any]:
    told = {name: HIDDEN if _is_secret(name) else value for name, value in details.items()}
    n_bytes = len(msgspec.json.encode(told))
    return told if n_bytes <= MOST_DETAILS_BYTES else {"left_out": f"{n_bytes} bytes of details"}


def _is_secret(name: str) -> bool:
    return any(word in name.lower() for word in SECRET_WORDS)


def _line(row: Row[Any]) -> Line:
    return Line(
        at=row.at,
        visitor=row.visitor,
        via=row.via,
        action=row.action,
        subject=row.subject,
        outcome=row.outcome,
        details=row.details,
        id=row.id,
    )
