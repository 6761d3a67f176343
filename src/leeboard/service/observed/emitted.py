"""What own containers wrote into their metric files, of the last window of each schedule, as series."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import Connection, select

from leeboard.service.arns import PROCESSING_JOB, SCHEDULE, key_of
from leeboard.service.emitted import FACT, means_of
from leeboard.service.observed import families
from leeboard.service.observed.exposition import Room, Series
from leeboard.service.observed.schedules import Scheduled
from leeboard.state.tables import executions, resources

PORTION = 500
MOST_OF_A_WINDOW = 200
"""Names; a program may put anything into one, such as the time."""
WITH_RESULTS = ("Completed", "CompletedWithViolations")


@dataclass(frozen=True, slots=True)
class _Kept:
    """The series of one window, and how many names it had beyond what is told."""

    execution_id: int
    labels: tuple[str, str]
    series: Series
    n_beyond: int


class Emitted:
    """Series of the last windows, kept from one time to the next; about `most` of them."""

    def __init__(self, most: int) -> None:
        self._room = Room(most)
        self._kept: dict[int, _Kept] = {}

    def look(self, connection: Connection, schedules: Sequence[Scheduled]) -> list[Series]:
        """The series of each schedule; what has not changed since is not read again."""
        last = _last(connection)
        wanted = {
            each.id: (last[each.id], (each.endpoint, each.name)) for each in schedules if each.id in last
        }
        kept = {number: (one.execution_id, one.labels) for number, one in self._kept.items()}
        for number in [number for number, about in kept.items() if wanted.get(number) != about]:
            self._room.leave(self._kept.pop(number).series)
        stale = [number for number in wanted if number not in self._kept]
        written = _written(connection, [wanted[number][0] for number in stale])
        for number in stale:
            execution_id, labels = wanted[number]
            self._kept[number] = self._read(connection, execution_id, labels, written.get(execution_id, ()))
        return [self._kept[number].series for number in wanted]

    @property
    def n_beyond(self) -> int:
        """Names of all windows that are not told, as their windows have too many."""
        return sum(one.n_beyond for one in self._kept.values())

    def _read(
        self, connection: Connection, execution_id: int, labels: tuple[str, str], ranges: Sequence[str]
    ) -> _Kept:
        series, n_beyond = Series(self._room), 0
        if ranges:
            values, n_all = means_of(connection, ranges, limit=MOST_OF_A_WINDOW)
            n_beyond = n_all - len(values)
            for name, value in values:
                series.add(families.EMITTED, (*labels, name), value)
        return _Kept(execution_id, labels, series, n_beyond)


def _last(connection: Connection) -> dict[int, int]:
    """The last execution that came to results, by schedule."""
    last = (
        select(executions.c.id)
        .where(executions.c.schedule_id == resources.c.id, executions.c.status.in_(WITH_RESULTS))
        .order_by(executions.c.scheduled_at.desc(), executions.c.id.desc())
        .limit(1)
        .scalar_subquery()
    )
    query = select(resources.c.id, last.label("execution_id")).where(resources.c.kind == SCHEDULE)
    return {row.id: row.execution_id for row in connection.execute(query) if row.execution_id is not None}


def _written(connection: Connection, execution_ids: Sequence[int]) -> Mapping[int, Sequence[str]]:
    """Which points the jobs of executions wrote, as ranges."""
    found: dict[int, Sequence[str]] = {}
    for at in range(0, len(execution_ids), PORTION):
        part = execution_ids[at : at + PORTION]
        query = select(executions.c.id, executions.c.job_name).where(executions.c.id.in_(part))
        keys = {key_of(row.job_name): row.id for row in connection.execute(query) if row.job_name}
        jobs = select(resources.c.key, resources.c.facts).where(
            resources.c.kind == PROCESSING_JOB, resources.c.key.in_(keys)
        )
        found |= {keys[row.key]: row.facts.get(FACT, ()) for row in connection.execute(jobs)}
    return found
