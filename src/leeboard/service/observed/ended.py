"""Counts jobs and executions as they end, by looking at what is new; the database counts nothing."""

from bisect import bisect_left
from collections import Counter
from collections.abc import Iterator, Sequence
from itertools import accumulate
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, Table, func, select

from leeboard.service import jobs
from leeboard.service.arns import PROCESSING_JOB, TRANSFORM_JOB
from leeboard.service.observed import families
from leeboard.service.observed.exposition import Family, histogram, shown
from leeboard.service.observed.schedules import ENDED
from leeboard.state.tables import executions, resources

MOST_NEW = 20_000
"""Rows of one look; the next one goes on from there."""
PORTION = 500
BOUNDS_S = (1.0, 5.0, 15.0, 60.0, 300.0, 900.0, 3600.0, 14_400.0)
JOB_KINDS = (PROCESSING_JOB, TRANSFORM_JOB)


class _Follower:
    """Follows the rows of a table until they have ended."""

    def __init__(self, table: Table, ended: Sequence[str], *where: ColumnElement[bool]) -> None:
        self._table, self._ended, self._where = table, ended, where
        self._last = 0
        self._open: set[int] = set()

    def begin(self, connection: Connection) -> None:
        """What has ended until now is not counted."""
        self._last = connection.execute(select(func.max(self._table.c.id))).scalar() or 0
        unfinished = select(self._table.c.id).where(self._table.c.status.in_(self._unfinished), *self._where)
        self._open = set(connection.execute(unfinished).scalars())

    @property
    def _unfinished(self) -> tuple[str, ...]:
        return ("Pending", "InProgress", "Stopping")

    def ended(self, connection: Connection, *columns: ColumnElement[Any]) -> Iterator[Row[Any]]:
        """The rows that have ended since the last look."""
        table = self._table
        query = select(table.c.id, table.c.status, *columns)
        numbers = sorted(self._open)
        rows: list[Row[Any]] = []
        for at in range(0, len(numbers), PORTION):
            rows += connection.execute(query.where(table.c.id.in_(numbers[at : at + PORTION])))
        new = query.where(table.c.id > self._last, *self._where).order_by(table.c.id).limit(MOST_NEW)
        rows += connection.execute(new)
        self._open = {row.id for row in rows if row.status not in self._ended}
        self._last = max([self._last, *(row.id for row in rows)])
        return (row for row in rows if row.status in self._ended)


class EndedCounts:
    """What ended since this was made, in whichever process."""

    def __init__(self, connection: Connection) -> None:
        self._jobs = _Follower(resources, jobs.ENDED, resources.c.kind.in_(JOB_KINDS))
        self._executions = _Follower(executions, ENDED)
        self._n_jobs: Counter[tuple[str, str]] = Counter()
        self._n_executions: Counter[tuple[str, str]] = Counter()
        self._times = {kind: _Times() for kind in JOB_KINDS}
        for follower in (self._jobs, self._executions):
            follower.begin(connection)

    def look(self, connection: Connection) -> None:
        """Count what ended since the last look."""
        columns = (resources.c.kind, resources.c.started_at, resources.c.ended_at)
        for row in self._jobs.ended(connection, *columns):
            self._n_jobs[row.kind, row.status] += 1
            if row.started_at and row.ended_at:
                self._times[row.kind].add((row.ended_at - row.started_at).total_seconds())
        for row in self._executions.ended(connection, executions.c.monitoring_type):
            self._n_executions[row.monitoring_type, row.status] += 1

    def text(self) -> Iterator[str]:
        """The families; a kind of job that has not ended yet tells 0."""
        for kind in JOB_KINDS:
            for status in jobs.ENDED:
                self._n_jobs[kind, status] += 0
        yield _counted(families.JOBS, self._n_jobs)
        yield _counted(families.EXECUTIONS, self._n_executions)
        yield families.JOB_SECONDS.head()
        for kind, times in self._times.items():
            yield from times.lines(families.JOB_SECONDS, kind)


def _counted(family: Family, counts: Counter[tuple[str, str]]) -> str:
    lines = (f"{family.name}{{{family.key(*key)}}} {shown(n)}\n" for key, n in sorted(counts.items()))
    return family.head() + "".join(lines)


class _Times:
    """A histogram."""

    def __init__(self) -> None:
        self._counts = [0] * (len(BOUNDS_S) + 1)
        self._sum_s = 0.0

    def add(self, seconds: float) -> None:
        self._counts[bisect_left(BOUNDS_S, seconds)] += 1
        self._sum_s += seconds

    def lines(self, family: Family, kind: str) -> Iterator[str]:
        """As Prometheus wants them."""
        return histogram(family, [kind], BOUNDS_S, list(accumulate(self._counts)), self._sum_s)
