"""Forgets lines of logs and points of metrics that are old; executions and jobs are history, and stay."""

import logging
from collections.abc import Callable
from datetime import datetime, timedelta
from threading import Event, Thread

from leeboard.clock import now
from leeboard.service import logs, metric_series, metrics
from leeboard.service.service import Service

PORTION = 10_000
"""Rows in one transaction: others have to write too."""
FIRST_S, EVERY_S = 60.0, 3600.0
PAUSE_S = 0.05

_log = logging.getLogger(__name__)


def prune(service: Service, at: datetime, *, should_end: Callable[[], bool] = lambda: False) -> int:
    """Forget what is older than the settings say; gives how many rows.

    Args:
        should_end: asked after each portion; it may wait, so that others get in.
    """
    days = service.settings.retention_days
    if days is None:
        return 0
    before = at - timedelta(days=days)
    total = 0
    for forget in (logs.prune, logs.prune_streams, metrics.prune, metric_series.prune):
        while n := _portion(service, forget, before):
            total += n
            if should_end():
                return total
    return total


def _portion(service: Service, forget: Callable[..., int], before: datetime) -> int:
    with service.database.write() as connection:
        return forget(connection, before, limit=PORTION)


class Housekeeping:
    """A thread that prunes from time to time; any number of processes may have one."""

    def __init__(self, service: Service, *, first_s: float = FIRST_S, every_s: float = EVERY_S) -> None:
        self._service = service
        self._first_s, self._every_s = first_s, every_s
        self._closing = Event()
        self._thread = Thread(target=self._run, name="leeboard-housekeeping", daemon=True)

    def start(self) -> None:
        self._thread.start()

    def close(self) -> None:
        self._closing.set()
        self._thread.join()

    def _run(self) -> None:
        wait_s = self._first_s
        while not self._closing.wait(wait_s):
            wait_s = self._every_s
            try:
                if n := prune(self._service, now(), should_end=lambda: self._closing.wait(PAUSE_S)):
                    _log.info("forgot %d old rows of logs and metrics", n)
            except Exception:
                _log.exception("old logs and metrics could not be forgotten; it is tried again")
