"""From what somebody gives at the door to who it is."""

from dataclasses import dataclass, field
from datetime import datetime
from functools import lru_cache
from pathlib import Path

from sqlalchemy import Connection

from leeboard.service.access import audit, links, tokens
from leeboard.service.access.digests import is_same
from leeboard.service.access.doorman import Doorman
from leeboard.service.access.origins import of_key, origins_of
from leeboard.service.access.visitors import TOKEN, Visitor
from leeboard.service.keys import KeyRing
from leeboard.service.service import Service

MOST_CHARACTERS = 512
"""Of a secret."""
NOBODY = "(unknown)"


@dataclass(frozen=True, slots=True)
class Credentials:
    """What was typed in: a token, or an access key id with its secret."""

    token: str = field(default="", repr=False)
    access_key: str = ""
    secret: str = field(default="", repr=False)

    @property
    def kind(self) -> str:
        """What it is, for the audit log."""
        return "token" if self.token else "keys"

    @property
    def is_too_long(self) -> bool:
        return max(map(len, (self.token, self.access_key, self.secret))) > MOST_CHARACTERS


def login(
    service: Service, keys: KeyRing, given: Credentials, now: datetime, *, client: str = ""
) -> Visitor | None:
    """Who it is; None if what was given is not right. Both stand in the audit log.

    Args:
        client: address that it came from.

    Raises:
        TooManyAttemptsError: this client, or all together, failed too often; nothing was looked at.
    """
    doorman = doorman_of(service.settings.home)
    doorman.enter(client, now)
    visitor = find(service, keys, given, now)
    if visitor is not None:
        doorman.succeeded(client)
    with service.database.write() as connection:
        if visitor is not None and visitor.token_id is not None:
            tokens.note_use(connection, visitor.token_id, now)
        _note(connection, visitor, now, given.kind, client)
    return visitor


def redeem(service: Service, keys: KeyRing, code: str, now: datetime, *, client: str = "") -> Visitor | None:
    """Who came by a login link; None if its code is not good any more. It is never slowed down."""
    with service.database.write() as connection:
        visitor = links.redeem(connection, code, now, origins_of(keys))
        if visitor is not None:
            _note(connection, visitor, now, "link", client)
    return visitor


def _note(connection: Connection, visitor: Visitor | None, now: datetime, kind: str, client: str) -> None:
    """Write down that somebody came in, or not; nothing of what was given."""
    audit.write(
        connection,
        at=now,
        visitor=visitor.name if visitor else NOBODY,
        via="dashboard",
        action=audit.LOGIN,
        subject="dashboard",
        outcome="ok" if visitor else "refused",
        details={"by": kind, "client": client[:64], "role": visitor.role if visitor else None},
    )


@lru_cache(maxsize=64)
def doorman_of(home: Path) -> Doorman:
    """The one of a server; several servers of a process have one each."""
    return Doorman()


def find(service: Service, keys: KeyRing, given: Credentials, now: datetime) -> Visitor | None:
    """Who it is, without counting or writing anything down."""
    if given.is_too_long:
        return None
    if not given.token:
        return _by_keys(keys, given)
    own = [each for each in origins_of(keys) if each.kind == TOKEN and is_same(given.token, each.secret)]
    if own:
        return Visitor.by(own[0])
    with service.database.read() as connection:
        return tokens.find(connection, given.token, now)


def _by_keys(keys: KeyRing, given: Credentials) -> Visitor | None:
    """A key id that is not known takes as long as a wrong secret."""
    origin = of_key(keys, given.access_key)
    return Visitor.by(origin) if is_same(given.secret, origin.secret) else None
