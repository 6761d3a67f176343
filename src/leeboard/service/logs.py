"""Logs of jobs: lines in the database, so that every server on it can show them."""

import logging
from collections.abc import Callable, Sequence
from datetime import datetime
from threading import Lock
from types import TracebackType
from typing import Self

from sqlalchemy import Connection, delete, exists, func, insert, select, tuple_, update
from sqlalchemy.exc import OperationalError

from leeboard.state.columns import EPOCH
from leeboard.state.database import Database
from leeboard.state.deleting import delete_portion
from leeboard.state.inserting import insert_of
from leeboard.state.tables import log_events, log_streams
from leeboard.state.texts import storable

PROCESSING_GROUP = "/aws/sagemaker/ProcessingJobs"
TRANSFORM_GROUP = "/aws/sagemaker/TransformJobs"
Line = tuple[datetime, str]
KEEP_S = 0.3
"""How long lines of a job wait for more before they are written."""
KEEP_LINES = 500
MOST_WAITING = 50_000
"""Lines that are kept while the database is away; older ones are given up."""

_log = logging.getLogger(__name__)


def append(connection: Connection, group: str, stream: str, lines: Sequence[Line]) -> None:
    """Add lines to a stream, which is made with its first line."""
    if not lines:
        return
    first, last = lines[0][0], lines[-1][0]
    made = insert_of(connection, log_streams).values(
        log_group=group, name=stream, created_at=first, last_at=last
    )
    connection.execute(made.on_conflict_do_nothing())
    same = (log_streams.c.log_group == group, log_streams.c.name == stream)
    connection.execute(update(log_streams).where(*same).values(last_at=last))
    rows = [{"log_group": group, "stream": stream, "at": at, "message": text} for at, text in lines]
    connection.execute(insert(log_events), rows)


class JobLog:
    """Takes the lines of one job and writes them in batches; all of them at its end."""

    def __init__(self, database: Database, group: str, stream: str, now: Callable[[], datetime]) -> None:
        self._database = database
        self._group, self._stream = group, stream
        self._now = now
        self._lines: list[Line] = []
        self._last_at = EPOCH
        self._lock = Lock()

    def __call__(self, line: str) -> None:
        with self._lock:
            at = self._last_at = max(self._now(), self._last_at)  # readers go on by time
            self._lines.append((at, storable(line)))
            is_old = (at - self._lines[0][0]).total_seconds() >= KEEP_S
            is_due = is_old or len(self._lines) >= KEEP_LINES
        if is_due:
            self.flush()

    def flush(self) -> None:
        """Write what waits; where the database is away, it waits on, as no job is to fail for its log."""
        with self._lock:
            lines, self._lines = self._lines, []
        if not lines:
            return
        try:
            with self._database.write() as connection:
                append(connection, self._group, self._stream, lines)
        except OperationalError as error:
            _log.warning("%d lines of %s wait for the database: %s", len(lines), self._stream, error.orig)
            with self._lock:
                self._lines = [*lines, *self._lines][-MOST_WAITING:]

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.flush()


def stream_of(job_name: str, at: datetime) -> str:
    """What AWS calls the stream of a job on one machine."""
    return f"{job_name}/algo-1-{int(at.timestamp() * 1000)}"


def lines_of(
    connection: Connection, group: str, job_name: str, *, after: int = 0, limit: int
) -> list[tuple[int, datetime, str]]:
    """Number, time and text of a job's lines, over all its streams, in the order in which they came."""
    prefix = f"{job_name}/"
    of_job = (log_streams.c.log_group == group, func.substr(log_streams.c.name, 1, len(prefix)) == prefix)
    streams = connection.execute(select(log_streams.c.name).where(*of_job)).scalars().all()
    query = (
        select(log_events.c.id, log_events.c.at, log_events.c.message)
        .where(log_events.c.log_group == group, log_events.c.stream.in_(streams), log_events.c.id > after)
        .order_by(log_events.c.id)
        .limit(limit)
    )
    return [(row.id, row.at, row.message) for row in connection.execute(query)]


def prune(connection: Connection, before: datetime, *, limit: int = 10_000) -> int:
    """Forget lines that are older, so many at most; gives how many: call it until that is 0."""
    return delete_portion(connection, log_events.c.id, log_events.c.at < before, limit=limit)


def prune_streams(connection: Connection, before: datetime, *, limit: int = 10_000) -> int:
    """Forget streams without lines whose last one was older, so many at most; gives how many."""
    key = (log_streams.c.log_group, log_streams.c.name)
    lines = exists().where(log_events.c.log_group == key[0], log_events.c.stream == key[1])
    old = select(*key).where(log_streams.c.last_at < before, ~lines).limit(limit)
    chosen = old.with_for_update(skip_locked=True, of=log_streams).cte("chosen")
    gone = delete(log_streams).where(tuple_(*key).in_(select(*chosen.c)))
    return len(connection.execute(gone.returning(*key)).all())
