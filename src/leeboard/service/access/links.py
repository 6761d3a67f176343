"""Login links: a code that is good once, for a minute."""

from collections.abc import Iterable
from datetime import datetime, timedelta

from sqlalchemy import Connection, delete, insert

from leeboard.service.access.digests import new_secret
from leeboard.service.access.sessions import MOST_CHARACTERS
from leeboard.service.access.visitors import Origin, Visitor
from leeboard.state.access_tables import login_codes

GOOD_FOR = timedelta(minutes=1)
PATH = "/dashboard/login"
"""Of the page that takes a code; the code stands behind `?code=`."""


def make(connection: Connection, origin: Origin, now: datetime) -> str:
    """A code for who has a key pair; only a digest of both is kept."""
    prune(connection, now)
    code = new_secret()
    row = {"digest": origin.seal(code), "visitor": origin.name, "role": origin.role}
    connection.execute(insert(login_codes).values(**row, expires_at=now + GOOD_FOR))
    return code


def redeem(connection: Connection, code: str, now: datetime, origins: Iterable[Origin]) -> Visitor | None:
    """Whose code it was; None if it was used before, is too old, never was one, or the key is another now.

    The one statement takes the code away and reads it, so that of two who come at once one goes in.
    """
    if not 0 < len(code) <= MOST_CHARACTERS:
        return None
    sealed = {origin.seal(code): origin for origin in origins}
    taken = delete(login_codes).where(login_codes.c.digest.in_(sealed)).returning(login_codes)
    row = connection.execute(taken).first()
    return Visitor.by(sealed[row.digest]) if row is not None and now < row.expires_at else None


def prune(connection: Connection, now: datetime) -> None:
    """Forget codes that nobody used."""
    connection.execute(delete(login_codes).where(login_codes.c.expires_at <= now))
