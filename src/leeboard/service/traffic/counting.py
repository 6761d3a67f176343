"""Counts the invocations that one process answers, and writes them in batches, so that none waits."""

import logging
from collections.abc import Callable, Iterator, Mapping
from datetime import datetime
from itertools import groupby
from threading import Event, Lock

from sqlalchemy.exc import SQLAlchemyError

from leeboard import clock
from leeboard.service.repeating import Repeating
from leeboard.service.traffic import filling, kept_hours
from leeboard.service.traffic.kept_hours import HOUR_S, Hour
from leeboard.service.traffic.minutes import MINUTE_S, Key, Minute
from leeboard.service.traffic.tallies import Tally, Variant
from leeboard.service.traffic.writing import Writer
from leeboard.state.database import Database

EVERY_S = 5.0
"""How often counts are written; a process that is killed loses so much."""
MOST_MINUTES = 10_000
"""Minutes of variants that are kept while the database is away; a busy one takes 5 kB."""
FILL_S, AGAIN_S = 2.0, 600.0
"""After so long hours are made of older minutes, and again if the database was away."""
PAUSE_S = 0.01
PORTION = 200
"""Minutes of variants in one transaction, or an hour's more: others have to write too."""

_log = logging.getLogger(__name__)


class Traffic:
    """The invocations of one process; what it counted is written when it is closed, at the latest."""

    def __init__(
        self, database: Database, *, every_s: float = EVERY_S, now: Callable[[], datetime] = clock.now
    ) -> None:
        self._database, self._writer, self._now = database, Writer(database), now
        self._fresh: dict[Key, Tally] = {}
        self._since_start: dict[Variant, Tally] = {}
        self._minutes: dict[Key, Minute] = {}
        self._hours: dict[kept_hours.Key, Hour] = {}
        self._n_lost = 0
        self._lock, self._telling, self._writing = Lock(), Lock(), Lock()
        self._thread = Repeating("traffic", lambda closing: self.flush(), every_s=every_s)
        self._filling = Repeating("hours of traffic", self._fill, every_s=AGAIN_S, first_s=FILL_S)
        self._is_started = self._is_filled = False

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
        """What this process has counted so far; who counts meanwhile waits for the fresh part alone."""
        found: dict[Variant, Tally] = {}
        with self._telling:
            with self._lock:
                for (variant, _), tally in self._fresh.items():
                    found.setdefault(variant, Tally()).merge(tally)
            for variant, tally in self._since_start.items():
                found.setdefault(variant, Tally()).merge(tally)
        return found

    def start(self) -> None:
        self._is_started = True
        self._thread.start()
        self._filling.start()

    def flush(self) -> None:
        """Write what was counted so far; while the database is away, it waits on."""
        with self._writing:
            self._take()
            try:
                for part in self._portions():
                    hours = {_hour_of(key): self._hours[_hour_of(key)] for key, _ in part}
                    self._writer.write(part, hours)
            except SQLAlchemyError as error:
                _log.warning("counts of invocations wait for the database: %s", error)
            self._forget()

    def close(self) -> None:
        """Everything is written, but for what the database would not take."""
        if self._is_started:
            self._filling.close()
            self._thread.close()
        self.flush()
        n_lost = self._n_lost + sum(each.tally.n for each in self._minutes.values() if not each.is_written)
        if n_lost:
            _log.error("up to %d invocations were counted for nothing: the database was away", n_lost)

    def _fill(self, closing: Event) -> None:
        """Once in the life of a process."""
        if not self._is_filled:
            n = filling.fill(self._database, self._now(), lambda: closing.wait(PAUSE_S))
            self._is_filled = True
            if n:
                _log.info("made %d hours of invocations of minutes that were kept before", n)

    def _take(self) -> None:
        """What is fresh joins its minute and its hour."""
        with self._telling:
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
            self._hours.setdefault(_hour_of(key), Hour()).tally.merge(tally)

    def _portions(self) -> Iterator[list[tuple[Key, Minute]]]:
        """The minutes that wait; all of an hour in one portion, as their hour is written with them."""
        waiting = [pair for pair in self._minutes.items() if not pair[1].is_written]
        part: list[tuple[Key, Minute]] = []
        for _, of_hour in groupby(sorted(waiting, key=_place), lambda pair: _hour_of(pair[0])):
            part += of_hour
            if len(part) >= PORTION:
                yield part
                part = []
        if part:
            yield part

    def _forget(self) -> None:
        """Minutes that are over and written; what might still come to one becomes a point of its own."""
        this = int(self._now().timestamp()) // MINUTE_S
        over = [key for key, minute in self._minutes.items() if minute.is_written and key[1] < this]
        for key in over:
            del self._minutes[key]
        held = {_hour_of(key) for key in self._minutes}
        this_hour = this * MINUTE_S // HOUR_S
        self._hours = {key: hour for key, hour in self._hours.items() if key in held or key[1] >= this_hour}


def _hour_of(key: Key) -> kept_hours.Key:
    variant, minute = key
    return variant, minute * MINUTE_S // HOUR_S


def _place(pair: tuple[Key, Minute]) -> Key:
    return pair[0]
