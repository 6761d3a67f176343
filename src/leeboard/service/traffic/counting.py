"""Counts the invocations that one process answers, and writes them in batches, so that none waits."""

import logging
from collections.abc import Callable, Mapping
from contextlib import suppress
from datetime import datetime
from threading import Lock, Thread

from sqlalchemy.exc import SQLAlchemyError

from leeboard import clock
from leeboard.service.repeating import Repeating
from leeboard.service.traffic.hours import last_day
from leeboard.service.traffic.minutes import MINUTE_S, Key, Minute, write
from leeboard.service.traffic.tallies import Tally, Variant
from leeboard.state.database import Database

EVERY_S = 5.0
"""How often counts are written; a process that is killed loses so much."""
MOST_MINUTES = 20_000
"""Minutes of variants that are kept while the database is away."""
PORTION = 200
"""Minutes of variants in one transaction: others have to write too."""

_log = logging.getLogger(__name__)


class Traffic:
    """The invocations of one process; what it counted is written when it is closed, at the latest."""

    def __init__(
        self, database: Database, *, every_s: float = EVERY_S, now: Callable[[], datetime] = clock.now
    ) -> None:
        self._database, self._now = database, now
        self._fresh: dict[Key, Tally] = {}
        self._since_start: dict[Variant, Tally] = {}
        self._minutes: dict[Key, Minute] = {}
        self._n_lost = 0
        self._lock, self._writing = Lock(), Lock()
        self._thread = Repeating("traffic", lambda closing: self.flush(), every_s=every_s)
        self._first_look = Thread(target=self._look, name="traffic-first-look", daemon=True)
        self._is_started = False

    def count(self, variant: Variant, status: int, model_s: float | None, whole_s: float) -> None:
        """One invocation that has been answered; never waits for the database.

        Args:
            status: that of the model, or what stands for it if there was no answer.
            model_s: how long the model took; None if it did not answer.
            whole_s: from the time when the request was there to that of the reply.
        """
        key = (variant, int(self._now().timestamp()) // MINUTE_S)
        with self._lock:
            tally = self._fresh.get(key)
            if tally is None:
                tally = self._fresh[key] = Tally()
            tally.add(status, None if model_s is None else model_s * 1e6, whole_s * 1e6)

    def since_start(self) -> Mapping[Variant, Tally]:
        """What this process has counted so far."""
        found: dict[Variant, Tally] = {}
        with self._lock:
            for variant, tally in self._since_start.items():
                found.setdefault(variant, Tally()).merge(tally)
            for (variant, _), tally in self._fresh.items():
                found.setdefault(variant, Tally()).merge(tally)
        return found

    def start(self) -> None:
        self._is_started = True
        self._thread.start()
        self._first_look.start()

    def flush(self) -> None:
        """Write what was counted so far; while the database is away, it waits on."""
        with self._writing:
            self._take()
            waiting = [pair for pair in self._minutes.items() if not pair[1].is_written]
            try:
                for begin in range(0, len(waiting), PORTION):
                    self._write(waiting[begin : begin + PORTION])
            except SQLAlchemyError as error:
                _log.warning("counts of invocations wait for the database: %s", error)
            self._forget()

    def close(self) -> None:
        """Everything is written, but for what the database would not take."""
        if self._is_started:
            self._thread.close()
            self._first_look.join()
        self.flush()
        n_lost = self._n_lost + sum(each.tally.n for each in self._minutes.values() if not each.is_written)
        if n_lost:
            _log.error("up to %d invocations were counted for nothing: the database was away", n_lost)

    def _look(self) -> None:
        """The day before the start is read before a page asks for it: of a busy fleet that takes seconds."""
        with suppress(SQLAlchemyError), self._database.read() as connection:
            last_day(self._database, connection, self._now())

    def _take(self) -> None:
        """What is fresh joins its minute."""
        with self._lock:
            fresh, self._fresh = self._fresh, {}
            for (variant, _), tally in fresh.items():
                self._since_start.setdefault(variant, Tally()).merge(tally)
        for key, tally in fresh.items():
            if key not in self._minutes and len(self._minutes) >= MOST_MINUTES:
                self._n_lost += tally.n
                continue
            minute = self._minutes.setdefault(key, Minute())
            minute.tally.merge(tally)
            minute.is_written = False

    def _write(self, part: list[tuple[Key, Minute]]) -> None:
        with self._database.write() as connection:
            made = write(connection, part)
        for each in made:
            each.minute.points[each.metric] = each.point
        for _, minute in part:
            minute.is_written = True

    def _forget(self) -> None:
        """Minutes that are over and written; what might still come to one becomes a point of its own."""
        this = int(self._now().timestamp()) // MINUTE_S
        over = [key for key, minute in self._minutes.items() if minute.is_written and key[1] < this]
        for key in over:
            del self._minutes[key]
