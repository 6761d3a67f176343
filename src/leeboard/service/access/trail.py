"""Takes lines of the audit log that belong to no change and writes them in batches, so that nobody waits."""

import logging
from collections.abc import Callable
from threading import Event, Lock, Thread

from sqlalchemy.exc import SQLAlchemyError

from leeboard.service.access.audit import Line, write_all
from leeboard.state.database import Database

EVERY_S = 0.5
"""How long a line waits at most; a process that is killed loses so much."""
MOST_WAITING = 10_000
"""Lines that are kept while the database is away."""
PORTION = 500

Recorder = Callable[[Line], None]

_log = logging.getLogger(__name__)


class Trail:
    """The audit log of one process; what it took is written when it is closed, at the latest."""

    def __init__(self, database: Database, *, every_s: float = EVERY_S) -> None:
        self._database, self._every_s = database, every_s
        self._waiting: list[Line] = []
        self._n_lost = 0
        self._lock, self._writing = Lock(), Lock()
        self._closing, self._came = Event(), Event()
        self._thread = Thread(target=self._run, name="leeboard-audit", daemon=True)

    def put(self, line: Line) -> None:
        """Take one line; never waits for the database."""
        with self._lock:
            if len(self._waiting) >= MOST_WAITING:
                self._n_lost += 1
                return
            self._waiting.append(line)
        self._came.set()

    def start(self) -> None:
        self._thread.start()

    def flush(self) -> None:
        """Write what was taken so far; where the database is away, it waits on."""
        with self._writing:
            while lines := self._taken():
                try:
                    with self._database.write() as connection:
                        write_all(connection, lines)
                except SQLAlchemyError as error:
                    with self._lock:
                        self._waiting[:0] = lines
                    _log.warning("%d lines of the audit log wait for the database: %s", len(lines), error)
                    return

    def close(self) -> None:
        """Everything is written, but for what the database would not take."""
        self._closing.set()
        self._came.set()
        if self._thread.is_alive():
            self._thread.join()
        self.flush()
        with self._lock:
            n_lost = self._n_lost + len(self._waiting)
        if n_lost:
            _log.error("%d lines of the audit log are lost: the database was away for too long", n_lost)

    def _taken(self) -> list[Line]:
        with self._lock:
            lines = self._waiting[:PORTION]
            del self._waiting[:PORTION]
        return lines

    def _run(self) -> None:
        while not self._closing.is_set():
            self._came.wait()
            self._came.clear()
            self._closing.wait(self._every_s)
            self.flush()
            if self._waiting:
                self._came.set()
