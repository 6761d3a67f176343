"""Forgets old executions of pipelines that have ended, with their steps; the last one of each stays."""

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, delete, func, select

from leeboard.service.arns import PIPELINE
from leeboard.service.keeping.counts import PORTION, Counts, told
from leeboard.service.pipelines.kept import UNFINISHED
from leeboard.service.service import Service
from leeboard.state.tables import pipeline_executions, pipeline_steps, resources


def forget(service: Service, before: datetime, *, is_trial: bool = False) -> Iterator[Counts]:
    """In the order in which they were started; a step that is looked for in the cache is found no more."""
    database, last = service.database, 0
    with database.read() as connection:
        newest = _newest(connection)
    while True:
        with database.read() as connection:
            rows = _next(connection, last)
        old = [row for row in rows if row.created_at < before]
        gone = [row.id for row in old if row.id not in newest and _is_over(row, before)]
        if not old:
            return
        last, counts = rows[-1].id, told(pipeline_executions=len(gone))
        if gone and not is_trial:
            with database.write() as connection:
                counts = _forget(connection, gone)
        yield counts


def _next(connection: Connection, last: int) -> Sequence[Any]:
    c = pipeline_executions.c
    query = select(c.id, c.status, c.created_at, c.ended_at, c.modified_at).where(c.id > last)
    return connection.execute(query.order_by(c.id).limit(PORTION)).all()


def _is_over(row: Any, before: datetime) -> bool:
    return row.status not in UNFINISHED and (row.ended_at or row.modified_at) < before


def _newest(connection: Connection) -> set[int]:
    """The last execution of each pipeline that there is."""
    c = pipeline_executions.c
    there = select(resources.c.id).where(resources.c.kind == PIPELINE)
    query = select(func.max(c.id)).where(c.pipeline_id.in_(there)).group_by(c.pipeline_id)
    return set(connection.execute(query).scalars())


def _forget(connection: Connection, numbers: Sequence[int]) -> Counts:
    c = pipeline_executions.c
    ended = (c.id.in_(numbers), c.status.not_in(UNFINISHED))
    chosen = select(c.id).where(*ended).order_by(c.id).with_for_update(skip_locked=True)
    ours = connection.execute(chosen).scalars().all()
    connection.execute(delete(pipeline_steps).where(pipeline_steps.c.execution_id.in_(ours)))
    n = connection.execute(delete(pipeline_executions).where(c.id.in_(ours))).rowcount
    return told(pipeline_executions=n)
