"""Login links: a code that is good once, for a minute."""

from datetime import datetime, timedelta

from sqlalchemy import Connection, delete, insert

from leeboard.service.access.digests import digest_of, new_secret
from leeboard.service.access.sessions import MOST_CHARACTERS
from leeboard.service.access.visitors import Visitor
from leeboard.state.access_tables import login_codes

GOOD_FOR = timedelta(minutes=1)
PATH = "/dashboard/login"
"""Of the page that takes a code; the code stands behind `?code=`."""


def make(connection: Connection, visitor: Visitor, now: datetime) -> str:
    """A code that stands for a visitor; only its digest is kept."""
    prune(connection, now)
    code = new_secret()
    row = {"digest": digest_of(code), "visitor": visitor.name, "role": visitor.role}
    connection.execute(insert(login_codes).values(**row, expires_at=now + GOOD_FOR))
    return code


def redeem(connection: Connection, code: str, now: datetime) -> Visitor | None:
    """Whose code it was; None if it was used before, is too old or never was one.

    The one statement takes the code away and reads it, so that of two who come at once one goes in.
    """
    if not 0 < len(code) <= MOST_CHARACTERS:
        return None
    taken = delete(login_codes).where(login_codes.c.digest == digest_of(code)).returning(login_codes)
    row = connection.execute(taken).first()
    return Visitor(row.visitor, row.role) if row is not None and now < row.expires_at else None


def prune(connection: Connection, now: datetime) -> None:
    """Forget codes that nobody used."""
    connection.execute(delete(login_codes).where(login_codes.c.expires_at <= now))
