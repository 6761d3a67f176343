"""Logins to the dashboard: a cookie's value is known by a digest alone, of it and of what let its owner in.

So a session is not found any more once that does not hold. Named tokens are looked up instead.
"""

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, Row, delete, insert, or_, select, update

from leeboard.service.access.digests import digest_of, new_secret
from leeboard.service.access.visitors import Origin, Visitor
from leeboard.state.access_tables import access_tokens, sessions
from leeboard.state.database import Database
from leeboard.state.deleting import delete_portion

IDLE, WHOLE = timedelta(hours=12), timedelta(days=7)
SEEN_EVERY = timedelta(minutes=1)
MOST_CHARACTERS = 256
"""Of a cookie's value; ours is shorter."""


def begin(connection: Connection, visitor: Visitor, now: datetime) -> str:
    """A new session; gives the value of its cookie, which is not kept."""
    cookie = new_secret()
    connection.execute(
        insert(sessions).values(
            digest=visitor.origin.seal(cookie) if visitor.origin else digest_of(cookie),
            visitor=visitor.name,
            role=visitor.role,
            token_id=visitor.token_id,
            created_at=now,
            seen_at=now,
            expires_at=_end(connection, visitor, now),
        )
    )
    return cookie


def find_session(
    database: Database, cookie: str, now: datetime, origins: Iterable[Origin] = ()
) -> Visitor | None:
    """Whose session it is; None if it is over, or never was one.

    It is asked for each page: one row is read, and at most once a minute it is written that it was seen.

    Args:
        origins: what lets somebody in now, beside named tokens.
    """
    if not 0 < len(cookie) <= MOST_CHARACTERS:
        return None
    digests = _digests(cookie, origins)
    held = (access_tokens.c.role.label("held"), access_tokens.c.expires_at.label("held_until"))
    token = sessions.outerjoin(access_tokens, access_tokens.c.id == sessions.c.token_id)
    query = select(sessions, *held).select_from(token).where(sessions.c.digest.in_(digests))
    with database.read() as connection:
        row = connection.execute(query).first()
    if row is None or now >= row.expires_at or now - row.seen_at >= IDLE:
        return None
    origin = digests[row.digest]
    if origin is None and not _has_token(row, now):
        return None
    if now - row.seen_at >= SEEN_EVERY:
        with database.write() as connection:
            is_due = (sessions.c.digest == row.digest, sessions.c.seen_at <= now - SEEN_EVERY)
            connection.execute(update(sessions).where(*is_due).values(seen_at=now))
    return Visitor.by(origin) if origin else Visitor(row.visitor, row.role, row.token_id)


def end(connection: Connection, cookie: str, origins: Iterable[Origin] = ()) -> None:
    """Log out."""
    connection.execute(delete(sessions).where(sessions.c.digest.in_(_digests(cookie, origins))))


def _digests(cookie: str, origins: Iterable[Origin]) -> dict[str, Origin | None]:
    """Under which the session of a cookie may be kept; None for one that a named token began."""
    sealed: dict[str, Origin | None] = {origin.seal(cookie): origin for origin in origins}
    return sealed | {digest_of(cookie): None}


def _has_token(row: Row[Any], now: datetime) -> bool:
    """Whether the named token of a session is there with the role that it had."""
    return row.held == row.role and (row.held_until is None or now < row.held_until)


def end_all(connection: Connection) -> int:
    """Log everybody out; gives how many sessions there were."""
    return len(connection.execute(delete(sessions).returning(sessions.c.digest)).all())


def end_of_token(connection: Connection, token_id: int) -> None:
    """What was begun with a token ends with it."""
    connection.execute(delete(sessions).where(sessions.c.token_id == token_id))


def end_of_origin(connection: Connection, name: str, role: str) -> int:
    """What was begun with a key or token of the server that is another now; gives how many there were."""
    whose = (sessions.c.visitor == name, sessions.c.role == role, sessions.c.token_id.is_(None))
    return len(connection.execute(delete(sessions).where(*whose).returning(sessions.c.digest)).all())


def prune(connection: Connection, now: datetime, *, limit: int = 10_000) -> int:
    """Forget sessions that are over, so many at most; gives how many."""
    is_over = or_(sessions.c.expires_at <= now, sessions.c.seen_at <= now - IDLE)
    return delete_portion(connection, sessions.c.digest, is_over, limit=limit)


def _end(connection: Connection, visitor: Visitor, now: datetime) -> datetime:
    """No session outlives the token that began it; one whose token was removed meanwhile is over at once."""
    if visitor.token_id is None:
        return now + WHOLE
    held = select(access_tokens.c.expires_at).where(access_tokens.c.id == visitor.token_id)
    row = connection.execute(held.with_for_update(read=True)).first()  # who removes it waits, then ends this
    if row is None:
        return now
    return now + WHOLE if row.expires_at is None else min(now + WHOLE, row.expires_at)
