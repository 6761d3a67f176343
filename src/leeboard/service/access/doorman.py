"""Slows down who guesses: one client after a few failures, all together after many."""

from collections import OrderedDict
from dataclasses import dataclass
from datetime import datetime, timedelta
from ipaddress import IPv6Address, ip_address, ip_network
from threading import Lock

from leeboard.service.refusals import RefusalError

FREE = 5
"""Failures of a client before it has to wait."""
FIRST_WAIT, LONGEST_WAIT = timedelta(seconds=1), timedelta(minutes=15)
MOST_CLIENTS = 10_000
OVERALL, MINUTE = 60, timedelta(minutes=1)
"""Failures of all clients in a minute, after which no one is asked in until it is over."""


class TooManyAttemptsError(RefusalError):
    """Somebody has to wait before the next login.

    Attributes:
        wait_s: seconds, at least 1; what `Retry-After` says.
    """

    code = "ThrottlingException"
    status = 429

    def __init__(self, wait: timedelta) -> None:
        self.wait_s = max(1, -(-wait // timedelta(seconds=1)))
        super().__init__(
            f"too many logins failed; wait {self.wait_s} s before the next one. On the server's machine, "
            "`leeboard dashboard` opens a page without waiting"
        )


@dataclass(slots=True)
class _Tries:
    """Those of one client; the last one may still succeed, and the one before was at `before_at`."""

    n_failed: int
    failed_at: datetime
    before_at: datetime

    def wait(self, now: datetime) -> timedelta:
        if self.n_failed < FREE:
            return timedelta(0)
        doublings = min(self.n_failed - FREE, 20)
        return self.failed_at + min(FIRST_WAIT * (1 << doublings), LONGEST_WAIT) - now


class Doorman:
    """Remembers who failed, in this process; it forgets the longest-known first.

    A client is an address, or a network of IPv6 that one subscriber has.
    """

    def __init__(self) -> None:
        self._clients: OrderedDict[str, _Tries] = OrderedDict()
        self._minute_from: datetime | None = None
        self._n_in_minute = 0
        self._lock = Lock()

    def enter(self, client: str, now: datetime, *, is_known: bool = False) -> None:
        """Before a login is looked at; it counts as failed until it succeeds, so that many at once do too.

        Args:
            is_known: it came with this very secret before, so that the failures of others keep it not out.

        Raises:
            TooManyAttemptsError: it has to wait, and nothing is looked at.
        """
        key = _network(client)
        with self._lock:
            tries = self._clients.get(key)
            own = tries.wait(now) if tries else timedelta(0)
            wait = own if is_known else max(own, self._overall(now))
            if wait > timedelta(0):
                raise TooManyAttemptsError(wait)
            self._count(key, tries, now)

    def succeeded(self, client: str) -> None:
        """The last try was no guess; those before stay, or who has one secret could guess another."""
        key = _network(client)
        with self._lock:
            if tries := self._clients.get(key):
                tries.n_failed, tries.failed_at = tries.n_failed - 1, tries.before_at
                if tries.n_failed <= 0:
                    self._clients.pop(key)
            self._n_in_minute = max(0, self._n_in_minute - 1)

    def _count(self, key: str, tries: _Tries | None, now: datetime) -> None:
        is_old = tries is None or now - tries.failed_at > 2 * LONGEST_WAIT
        if tries is None or is_old:
            self._clients[key] = _Tries(1, now, now)
        else:
            self._clients[key] = _Tries(tries.n_failed + 1, now, tries.failed_at)
        self._clients.move_to_end(key)
        while len(self._clients) > MOST_CLIENTS:
            self._clients.popitem(last=False)
        if self._minute_from is None or now - self._minute_from >= MINUTE:
            self._minute_from, self._n_in_minute = now, 0
        self._n_in_minute += 1

    def _overall(self, now: datetime) -> timedelta:
        if self._minute_from is None or self._n_in_minute < OVERALL:
            return timedelta(0)
        return self._minute_from + MINUTE - now


def _network(client: str) -> str:
    """An address of IPv4 in the clothes of IPv6 is itself: in one network they would all be one client."""
    try:
        address = ip_address(client.partition("%")[0])
    except ValueError:
        return client[:64]
    if isinstance(address, IPv6Address) and address.ipv4_mapped is None:
        return str(ip_network((address, 64), strict=False))
    return str(getattr(address, "ipv4_mapped", None) or address)
