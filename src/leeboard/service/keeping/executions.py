"""Forgets old executions that have ended, with their jobs and what was kept of their windows."""

from collections.abc import Iterator, Sequence
from datetime import datetime

from sqlalchemy import ColumnElement, Connection, delete, func, select

from leeboard.service import jobs
from leeboard.service.arns import PROCESSING_JOB
from leeboard.service.executions import COLUMNS, UNFINISHED, Execution
from leeboard.service.keeping.counts import BEGIN, PORTION, Counts, Place, behind, remove_ended, told
from leeboard.service.keeping.stays import Stays
from leeboard.service.keeping.used import Used
from leeboard.service.service import Service
from leeboard.state.tables import executions, resources, window_summaries


def forget(service: Service, before: datetime, *, is_trial: bool = False) -> Iterator[Counts]:
    """By the time at which they were made: a window that was run late is young.

    None is made again by catching up: a schedule goes on from its next time, not from its last execution.
    """
    database, place = service.database, BEGIN
    with database.read() as connection:
        stays, used = Stays.read(connection, before), Used.read(connection)
    while True:
        with database.read() as connection:
            rows = _old(connection, before, place)
            stays.learn(connection, {each.schedule_id for each in rows})
            gone = [each for each in rows if not stays.has(each)]
            counts = _counted(connection, gone) if is_trial and gone else Counts()
        if not rows:
            return
        place = (rows[-1].created_at, rows[-1].id)
        if gone and not is_trial:
            with database.write() as connection:
                counts = _forget(connection, gone, used.since(connection))
        yield counts


def n_old(connection: Connection, before: datetime) -> int:
    """How many executions there are to look at, of which some stay."""
    query = select(func.count()).select_from(executions).where(executions.c.created_at < before)
    return connection.execute(query).scalar_one()


def _old(connection: Connection, before: datetime, place: Place) -> list[Execution]:
    c = executions.c
    is_old = (c.created_at < before, c.modified_at < before, c.status.not_in(UNFINISHED))
    query = select(*COLUMNS).where(*is_old, behind(executions, "created_at", place))
    rows = connection.execute(query.order_by(c.created_at, c.id).limit(PORTION))
    return [Execution.of(row) for row in rows]


def _forget(connection: Connection, gone: Sequence[Execution], used: Used) -> Counts:
    """Those that another server forgets at the same moment are left to it."""
    c = executions.c
    wanted = (c.id.in_([each.id for each in gone]), c.status.not_in(UNFINISHED))
    chosen = select(c.id).where(*wanted).order_by(c.id).with_for_update(skip_locked=True)
    numbers = set(connection.execute(chosen).scalars())
    ours = [each for each in gone if each.id in numbers]
    n_jobs = remove_ended(connection, *_jobs_of(ours, used))
    summaries = delete(window_summaries).where(window_summaries.c.execution_id.in_(numbers))
    n_summaries = connection.execute(summaries).rowcount
    n = connection.execute(delete(executions).where(c.id.in_(numbers))).rowcount
    return told(executions=n, window_summaries=n_summaries, jobs=n_jobs)


def _counted(connection: Connection, gone: Sequence[Execution]) -> Counts:
    number = select(func.count())
    of = window_summaries.c.execution_id.in_([each.id for each in gone])
    n_summaries = connection.execute(number.select_from(window_summaries).where(of)).scalar_one()
    jobs_of = select(resources.c.status).where(*_jobs_of(gone, Used()))
    n_jobs = sum(status in jobs.ENDED for status in connection.execute(jobs_of).scalars())
    return told(executions=len(gone), window_summaries=n_summaries, jobs=n_jobs)


def _jobs_of(gone: Sequence[Execution], used: Used) -> tuple[ColumnElement[bool], ...]:
    names = {name for each in gone for name in names_of(each)}
    c = resources.c
    keys = [name for name in sorted(names) if name not in used.names]
    return c.kind == PROCESSING_JOB, c.key.in_(keys)


def names_of(execution: Execution) -> set[str]:
    """Keys of the jobs that an execution has, or may have had."""
    names = {execution.merge_name, execution.analysis_name, execution.job_name or ""}
    return {name.lower() for name in names if name}
