"""Named access tokens: shown once, kept as digests."""

import re
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, Row, delete, insert, select, update
from sqlalchemy.exc import IntegrityError

from leeboard.service.access.digests import digest_of, new_secret
from leeboard.service.access.sessions import end_of_token
from leeboard.service.access.visitors import ROLES, Visitor
from leeboard.service.refusals import InvalidRequestError, ResourceInUseError, ResourceNotFoundError
from leeboard.state.access_tables import access_tokens

PREFIX = "lbt_"
"""So that who finds one knows what it is, scanners for secrets too."""
NAME = re.compile(r"[a-z0-9][a-z0-9._-]{0,62}")
HOME_NAMES = ("dashboard", "reader")
"""Of the two tokens that every home has."""
MOST_DAYS = 3650
MOST_TOKENS = 1000


@dataclass(frozen=True, slots=True)
class Token:
    """What is known of a token."""

    id: int
    name: str
    role: str
    created_at: datetime
    expires_at: datetime | None
    used_at: datetime | None


def add(
    connection: Connection, name: str, role: str, now: datetime, *, days: int | None = None
) -> tuple[Token, str]:
    """A new token and its secret, which is not kept.

    Raises:
        RefusalError: the name is taken or none, or there is no such role.
    """
    _check(name, role, days)
    if len(connection.execute(select(access_tokens.c.id)).all()) >= MOST_TOKENS:
        raise InvalidRequestError(f"there are {MOST_TOKENS} tokens; remove those that nobody uses")
    secret = new_secret(PREFIX)
    expires_at = None if days is None else now + timedelta(days=days)
    row = {"name": name, "role": role, "digest": digest_of(secret), "created_at": now}
    made = insert(access_tokens).values(**row, expires_at=expires_at).returning(access_tokens)
    try:
        with connection.begin_nested():
            return _token(connection.execute(made).one()), secret
    except IntegrityError:
        raise ResourceInUseError(
            f"there is a token named {name}; remove it first: leeboard tokens remove {name}"
        ) from None


def remove(connection: Connection, name: str) -> Token:
    """Take a token away; sessions that were begun with it end.

    Raises:
        ResourceNotFoundError: there is none of that name.
    """
    gone = delete(access_tokens).where(access_tokens.c.name == name).returning(access_tokens)
    row = connection.execute(gone).first()
    if row is None:
        known = ", ".join(token.name for token in all_of(connection)) or "none"
        raise ResourceNotFoundError(f"there is no token named {name[:64]!r}; known: {known}")
    end_of_token(connection, row.id)
    return _token(row)


def all_of(connection: Connection) -> list[Token]:
    """By name; those that are over too."""
    return [_token(row) for row in connection.execute(select(access_tokens).order_by(access_tokens.c.name))]


def find(connection: Connection, secret: str, now: datetime) -> Visitor | None:
    """Who has this token; None if nobody, or not any more.

    It is looked up by its digest: how long that takes says nothing about the secrets of others.
    """
    row = connection.execute(select(access_tokens).where(access_tokens.c.digest == digest_of(secret))).first()
    if row is None or (row.expires_at is not None and now >= row.expires_at):
        return None
    return Visitor(row.name, row.role, row.id)


def note_use(connection: Connection, token_id: int, now: datetime) -> None:
    """Write down that a token was used."""
    connection.execute(update(access_tokens).where(access_tokens.c.id == token_id).values(used_at=now))


def _check(name: str, role: str, days: int | None) -> None:
    if not NAME.fullmatch(name) or name in HOME_NAMES:
        raise InvalidRequestError(
            f"the name is {name[:64]!r}; expected up to 63 lower-case letters, digits, dots, dashes and "
            f"underscores, and none of {', '.join(HOME_NAMES)}, which are the server's own"
        )
    if role not in ROLES:
        raise InvalidRequestError(f"the role is {role[:64]!r}; known: {', '.join(ROLES)}")
    if days is not None and not 1 <= days <= MOST_DAYS:
        raise InvalidRequestError(f"days is {days}; expected 1 to {MOST_DAYS}, or none to keep the token")


def _token(row: Row[Any]) -> Token:
    return Token(row.id, row.name, row.role, row.created_at, row.expires_at, row.used_at)
