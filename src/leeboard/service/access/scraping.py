"""Who may read the numbers at `/metrics`: they name endpoints and features."""

from base64 import b64decode
from collections import OrderedDict
from collections.abc import Mapping
from datetime import datetime, timedelta
from threading import Lock

from leeboard.service.access import audit, tokens
from leeboard.service.access.digests import digest_of
from leeboard.service.access.front import Front
from leeboard.service.access.login import NOBODY, Credentials, doorman_of, find
from leeboard.service.access.visitors import Visitor
from leeboard.service.keys import KeyRing
from leeboard.service.refusals import RefusalError
from leeboard.service.service import Service

AUTO, OPEN, TOKEN = "auto", "open", "token"
ACCESS = (AUTO, OPEN, TOKEN)
"""Open on this machine and else by token; to all; by token always."""
KNOWN_FOR = timedelta(hours=1)
MOST_KNOWN = 1000
CHALLENGE = 'Bearer realm="leeboard metrics", Basic realm="leeboard metrics"'


class UnknownScraperError(RefusalError):
    """Who reads numbers gives no token, or a wrong one."""

    code = "AccessDeniedException"
    status = 401


class Scrapes:
    """Lets readers of numbers in; any thread may ask."""

    def __init__(self, service: Service, keys: KeyRing, front: Front) -> None:
        self._service, self._keys, self._front = service, keys, front
        self._doorman = doorman_of(service.settings.home)
        self._known: OrderedDict[tuple[str, str], datetime] = OrderedDict()
        self._lock = Lock()

    def is_open(self, peer: str, headers: Mapping[str, str]) -> bool:
        """Whether nobody is asked for a token.

        Args:
            peer: the other end of the connection.
            headers: by lower-case name.
        """
        access = self._service.settings.metrics_access
        return access == OPEN or (access == AUTO and self._front.is_of_this_machine(peer, headers))

    def admit(self, peer: str, headers: Mapping[str, str], now: datetime) -> None:
        """Let somebody in who has a token or a key pair; wrong ones count as logins that failed.

        Raises:
            UnknownScraperError: there is none, or it is not right.
            TooManyAttemptsError: too many failed; nothing was looked at.
        """
        given = credentials_of(headers, self._keys)
        if given is None:
            raise UnknownScraperError(
                "these numbers are for who has a token: send it as Authorization: Bearer TOKEN. On the "
                "server's machine, `leeboard tokens add prometheus` makes one"
            )
        client = self._front.client(peer, headers)
        who = client, digest_of("\0".join((given.token, given.access_key, given.secret)))
        is_known = self._knows(who, now)
        self._doorman.enter(client, now, is_known=is_known)
        visitor = find(self._service, self._keys, given, now)
        if visitor is None:
            self._refuse(given, client, now)
        else:
            self._doorman.succeeded(client)
            if not is_known:
                self._remember(who, visitor, now)

    def _refuse(self, given: Credentials, client: str, now: datetime) -> None:
        with self._service.database.write() as connection:
            audit.write(
                connection,
                at=now,
                visitor=NOBODY,
                via="metrics",
                action=audit.LOGIN,
                subject="metrics",
                outcome="refused",
                details={"by": given.kind, "client": client[:64]},
            )
        raise UnknownScraperError("that is no token or key pair of this server, or it is over")

    def _knows(self, who: tuple[str, str], now: datetime) -> bool:
        with self._lock:
            until = self._known.get(who)
        return until is not None and now < until

    def _remember(self, who: tuple[str, str], visitor: Visitor, now: datetime) -> None:
        """Who came before is kept out by nobody else's failures; and a use is noted once an hour."""
        with self._lock:
            self._known[who] = now + KNOWN_FOR
            self._known.move_to_end(who)
            while len(self._known) > MOST_KNOWN:
                self._known.popitem(last=False)
        if visitor.token_id is not None:
            with self._service.database.write() as connection:
                tokens.note_use(connection, visitor.token_id, now)


def credentials_of(headers: Mapping[str, str], keys: KeyRing) -> Credentials | None:
    """What the Authorization header has: a token, or by `Basic` a key pair, or a token as the password."""
    scheme, _, given = headers.get("authorization", "").partition(" ")
    given = given.strip()
    if scheme.lower() == "bearer" and given:
        return Credentials(token=given)
    if scheme.lower() != "basic":
        return None
    try:
        name, _, secret = b64decode(given, validate=True).decode().partition(":")
    except ValueError:
        return None
    if name in keys.secrets:
        return Credentials(access_key=name, secret=secret)
    return Credentials(token=secret) if secret else None
