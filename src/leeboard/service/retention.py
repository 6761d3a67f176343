"""Forgets what is old: logs, metrics, notices and logins, history if it has a limit, files nobody needs."""

import logging
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from datetime import datetime, timedelta
from itertools import chain
from threading import Event

from sqlalchemy import func, select

from leeboard.clock import now
from leeboard.service import logs, metric_series, metrics
from leeboard.service.access import audit, sessions
from leeboard.service.alerting import delivering
from leeboard.service.keeping import dry_runs, history, uploads
from leeboard.service.keeping.counts import Counts
from leeboard.service.repeating import Repeating
from leeboard.service.service import Service
from leeboard.service.traffic import kept_hours
from leeboard.state.alerting_tables import notices
from leeboard.state.tables import log_events, metric_points, traffic_hours

OF_AGE: Mapping[str, Callable[..., int]] = {
    "lines of logs": logs.prune,
    "streams of logs": logs.prune_streams,
    "points of metrics": metrics.prune,
    "series of metrics": metric_series.prune,
    "hours of invocations": kept_hours.prune,
    "notices": delivering.prune,
}
TIMES = {
    "lines of logs": log_events.c.at,
    "points of metrics": metric_points.c.at,
    "hours of invocations": traffic_hours.c.at,
    "notices": notices.c.created_at,
}
"""By which the old ones can be counted."""
PORTION = 10_000
"""Rows in one transaction: others have to write too."""
FIRST_S, EVERY_S = 60.0, 3600.0
PAUSE_S = 0.05

_log = logging.getLogger(__name__)


def prune(service: Service, at: datetime, *, should_end: Callable[[], bool] = lambda: False) -> int:
    """Forget what is older than the settings say; gives how many rows and files.

    Args:
        should_end: asked after each portion; it may wait, so that others get in.
    """
    total = 0
    for n in chain(_of_age(service, at), *_kept(service, at)):
        total += n
        if should_end():
            break
    return total


def _of_age(service: Service, at: datetime) -> Iterator[int]:
    for forget, before in _due(service, at):
        while n := _portion(service, forget, before):
            yield n


def _kept(service: Service, at: datetime) -> Iterator[Iterator[int]]:
    """History, and then files, which may be in a store that does not answer."""
    if (before := service.settings.history_begins_at(at)) is not None:
        yield map(Counter.total, history.forget(service, before))
    yield map(Counter.total, dry_runs.forget(service, at))
    yield map(Counter.total, uploads.forget(service, at))


def _due(service: Service, at: datetime) -> list[tuple[Callable[..., int], datetime]]:
    """What forgets, and up to when; sessions know themselves when they are over."""
    days = service.settings.retention_days
    due: list[tuple[Callable[..., int], datetime]] = [(sessions.prune, at)]
    if days is None:
        return due
    old = at - timedelta(days=days)
    due += [(forget, old) for forget in OF_AGE.values()]
    return [*due, (audit.prune, at - audit.kept(days))]


def _portion(service: Service, forget: Callable[..., int], before: datetime) -> int:
    with service.database.write() as connection:
        return forget(connection, before, limit=PORTION)


def by_hand(service: Service, at: datetime, days: int | None, *, is_trial: bool) -> Iterator[Counts]:
    """What somebody wants forgotten who names the days; gives what went, after each portion.

    Args:
        days: None for files that nobody needs alone.
        is_trial: count it, and forget nothing; notices that wait are counted, too.
    """
    if days is not None:
        before = at - timedelta(days=days)
        yield from _counted(service, before) if is_trial else _told(service, before)
        yield from history.forget(service, before, is_trial=is_trial)
    yield from dry_runs.forget(service, at, is_trial=is_trial)
    yield from uploads.forget(service, at, is_trial=is_trial)


def _told(service: Service, before: datetime) -> Iterator[Counts]:
    for what, forget in OF_AGE.items():
        while n := _portion(service, forget, before):
            yield Counter({what: n})


def _counted(service: Service, before: datetime) -> Iterator[Counts]:
    with service.database.read() as connection:
        for what, time in TIMES.items():
            query = select(func.count()).select_from(time.table).where(time < before)
            yield +Counter({what: connection.execute(query).scalar_one()})


def housekeeping(service: Service, *, first_s: float = FIRST_S, every_s: float = EVERY_S) -> Repeating:
    """A thread that prunes from time to time; any number of processes may have one."""

    def forget(closing: Event) -> None:
        if n := prune(service, now(), should_end=lambda: closing.wait(PAUSE_S)):
            _log.info("forgot %d old rows and files", n)

    return Repeating("housekeeping", forget, first_s=first_s, every_s=every_s)
