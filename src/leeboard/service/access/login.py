"""From what somebody gives at the door to who it is."""

from dataclasses import dataclass, field
from datetime import datetime
from functools import lru_cache
from pathlib import Path

from leeboard.service.access import audit, tokens
from leeboard.service.access.digests import is_same
from leeboard.service.access.doorman import Doorman
from leeboard.service.access.visitors import EDITOR, READER, Visitor
from leeboard.service.keys import KeyRing
from leeboard.service.service import Service

MOST_CHARACTERS = 512
"""Of a secret."""
NOBODY = "(unknown)"


@dataclass(frozen=True, slots=True)
class Given:
    """What was typed in: a token, or an access key id with its secret.

    Attributes:
        client: address that it came from.
    """

    token: str = field(default="", repr=False)
    access_key_id: str = ""
    secret: str = field(default="", repr=False)
    client: str = ""

    @property
    def kind(self) -> str:
        """What it is, for the audit log."""
        return "token" if self.token else "keys"

    @property
    def is_too_long(self) -> bool:
        return max(map(len, (self.token, self.access_key_id, self.secret))) > MOST_CHARACTERS


def login(service: Service, keys: KeyRing, given: Given, now: datetime) -> Visitor | None:
    """Who it is; None if what was given is not right. Both stand in the audit log.

    Raises:
        TooManyAttemptsError: this client, or all together, failed too often; nothing was looked at.
    """
    doorman = doorman_of(service.settings.home)
    doorman.check(given.client, now)
    visitor = None if given.is_too_long else _find(service, keys, given, now)
    if visitor is None:
        doorman.failed(given.client, now)
    else:
        doorman.succeeded(given.client)
    note(service, visitor, now, kind=given.kind, client=given.client)
    return visitor


def note(service: Service, visitor: Visitor | None, now: datetime, *, kind: str, client: str) -> None:
    """Write down that somebody came in, or not; nothing of what was given.

    Args:
        kind: of what was given: `token`, `keys` or `link`.
    """
    with service.database.write() as connection:
        if visitor is not None and visitor.token_id is not None:
            tokens.note_use(connection, visitor.token_id, now)
        audit.write(
            connection,
            at=now,
            visitor=visitor.name if visitor else NOBODY,
            via="dashboard",
            action="login",
            subject="dashboard",
            outcome="ok" if visitor else "refused",
            details={"by": kind, "client": client[:64], "role": visitor.role if visitor else None},
        )


@lru_cache(maxsize=64)
def doorman_of(home: Path) -> Doorman:
    """The one of a server; several servers of a process have one each."""
    return Doorman()


def _find(service: Service, keys: KeyRing, given: Given, now: datetime) -> Visitor | None:
    if not given.token:
        return _by_keys(keys, given)
    of_home = _by_home(keys, given.token)
    if of_home is not None:
        return of_home
    with service.database.read() as connection:
        return tokens.find(connection, given.token, now)


def _by_home(keys: KeyRing, token: str) -> Visitor | None:
    is_editor, is_reader = is_same(token, keys.dashboard_token), is_same(token, keys.reader_token)
    name = dict(zip((EDITOR, READER), tokens.HOME_NAMES, strict=True))
    role = EDITOR if is_editor else READER if is_reader else None
    return Visitor(name[role], role) if role else None


def _by_keys(keys: KeyRing, given: Given) -> Visitor | None:
    """A key id that is not known takes as long as a wrong secret."""
    is_right = is_same(given.secret, keys.secrets.get(given.access_key_id, ""))
    return Visitor(given.access_key_id, keys.role_of(given.access_key_id)) if is_right else None
