"""Forgets logs, metrics, notices and logins that are old; executions and jobs are history, and stay."""

import logging
from collections.abc import Callable
from datetime import datetime, timedelta
from threading import Event

from leeboard.clock import now
from leeboard.service import logs, metric_series, metrics
from leeboard.service.access import audit, sessions
from leeboard.service.alerting import delivering
from leeboard.service.repeating import Repeating
from leeboard.service.service import Service

OF_AGE = (logs.prune, logs.prune_streams, metrics.prune, metric_series.prune, delivering.prune)
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
    total = 0
    for forget, before in _due(service, at):
        while n := _portion(service, forget, before):
            total += n
            if should_end():
                return total
    return total


def _due(service: Service, at: datetime) -> list[tuple[Callable[..., int], datetime]]:
    """What forgets, and up to when; sessions know themselves when they are over."""
    days = service.settings.retention_days
    due: list[tuple[Callable[..., int], datetime]] = [(sessions.prune, at)]
    if days is None:
        return due
    old = at - timedelta(days=days)
    due += [(forget, old) for forget in OF_AGE]
    return [*due, (audit.prune, at - audit.kept(days))]


def _portion(service: Service, forget: Callable[..., int], before: datetime) -> int:
    with service.database.write() as connection:
        return forget(connection, before, limit=PORTION)


def housekeeping(service: Service, *, first_s: float = FIRST_S, every_s: float = EVERY_S) -> Repeating:
    """A thread that prunes from time to time; any number of processes may have one."""

    def forget(closing: Event) -> None:
        if n := prune(service, now(), should_end=lambda: closing.wait(PAUSE_S)):
            _log.info("forgot %d old rows of logs, metrics and logins", n)

    return Repeating("housekeeping", forget, first_s=first_s, every_s=every_s)
