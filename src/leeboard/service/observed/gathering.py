"""All numbers of one server in Prometheus's text form, gathered at most every few seconds."""

import logging
from collections.abc import Callable, Iterator, Sequence
from datetime import datetime, timedelta
from threading import Lock
from time import monotonic, perf_counter

from sqlalchemy.exc import DBAPIError

from leeboard import clock
from leeboard.service.observed import families, standing
from leeboard.service.observed.emitted import Emitted
from leeboard.service.observed.ended import EndedCounts
from leeboard.service.observed.exposition import Family, Series, written
from leeboard.service.observed.schedules import find_scheduled, series_of
from leeboard.service.observed.windows import Windows
from leeboard.service.service import Service
from leeboard.service.work.kinds import KINDS

MOST_SERIES = 10_000
"""Of one family."""
FRESH_S = 5.0

_log = logging.getLogger(__name__)


class ServiceNumbers:
    """The numbers of a service; any thread may ask.

    Args:
        most_series: of each family; what tells of trouble comes first, and what is left out is counted.
        fresh_s: how long an answer is given again.
    """

    def __init__(
        self,
        service: Service,
        *,
        version: str = "",
        most_series: int = MOST_SERIES,
        fresh_s: float = FRESH_S,
        now: Callable[[], datetime] = clock.now,
    ) -> None:
        self._service, self._version, self._now = service, version, now
        self._most, self._fresh_s = most_series, fresh_s
        self._lock = Lock()
        self._windows, self._emitted = Windows(most_series), Emitted(most_series)
        self._text, self._until_s = b"", float("-inf")
        with service.database.read() as connection:
            self._ended = EndedCounts(connection)

    def text(self) -> bytes:
        """The families; without a database only that it does not answer."""
        with self._lock:
            if monotonic() >= self._until_s:
                self._text = self._gathered()
                self._until_s = monotonic() + self._fresh_s
            return self._text

    def _gathered(self) -> bytes:
        start_s, own = perf_counter(), Series()
        own.add(families.INFO, (self._version,), 1)
        try:
            parts, dropped = self._parts()
        except DBAPIError as error:
            _log.warning("no numbers of the state: the database does not answer: %s", error.orig)
            own.add(families.UP, (), 0)
            return _encoded(written(families.OWN_FAMILIES, [own], self._most, {}))
        own.add(families.UP, (), 1)
        for name, n in dropped.items():
            own.add(families.DROPPED, (name,), n)
        own.add(families.TOOK, (), perf_counter() - start_s)
        return _encoded([*parts, *self._ended.text(), *written(families.OWN_FAMILIES, [own], self._most, {})])

    def _parts(self) -> tuple[list[str], dict[str, int]]:
        now, grace = self._now(), timedelta(seconds=self._service.settings.grace_s)
        with self._service.database.read() as connection:
            schedules = find_scheduled(connection)
            windows = self._windows.look(connection, schedules)
            emitted = self._emitted.look(connection, schedules)
            stands = standing.look(connection, KINDS.names(), now)
            self._ended.look(connection)
        dropped: dict[str, int] = {}
        found: list[tuple[tuple[Family, ...], list[Series]]] = [(families.WINDOW_FAMILIES, windows)]
        found += [(families.EMITTED_FAMILIES, emitted)]
        found += [(families.SCHEDULE_FAMILIES, [series_of(schedules, now, grace)])]
        found += [(families.STANDING_FAMILIES, [stands])]
        parts = [part for wanted, some in found for part in written(wanted, some, self._most, dropped)]
        if n_beyond := self._emitted.n_beyond:
            dropped[families.EMITTED.name] = dropped.get(families.EMITTED.name, 0) + n_beyond
        return parts, dropped


def _encoded(parts: Sequence[str] | Iterator[str]) -> bytes:
    return "".join(parts).encode("utf-8", "replace")
