"""Executions of pipelines and their steps in the database."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Self

from sqlalchemy import Column, ColumnElement, Connection, Row, insert, null, select, update

from leeboard.service.arns import execution_arn
from leeboard.service.settings import Settings
from leeboard.state.tables import pipeline_executions as executions
from leeboard.state.tables import pipeline_steps as steps

UNFINISHED = ("Executing", "Stopping")
LONGEST_REASON = 1300
LONGEST_STEP_REASON = 1024


@dataclass(frozen=True, slots=True)
class PipelineExecution:
    """One run of a pipeline as it was read.

    Attributes:
        selective: its `SelectiveExecutionConfig`; None if all steps run.
    """

    id: int
    key: str
    pipeline_id: int
    pipeline_name: str
    status: str
    failure_reason: str | None
    display_name: str | None
    description: str | None
    role: str
    most_parallel: int | None
    parameters: dict[str, Any]
    definition: str
    selective: dict[str, Any] | None
    created_at: datetime
    modified_at: datetime
    ended_at: datetime | None

    @classmethod
    def of(cls, row: Row[Any] | Sequence[Any]) -> Self:
        return cls(*tuple(row)[: len(COLUMNS)])

    def arn(self, settings: Settings) -> str:
        return execution_arn(settings, self.pipeline_name, self.key)

    @property
    def selected(self) -> frozenset[str] | None:
        """The steps that run; None for all of them."""
        if self.selective is None:
            return None
        return frozenset(each["StepName"] for each in self.selective["SelectedSteps"])


@dataclass(frozen=True, slots=True)
class StepRow:
    """One step that was begun.

    Attributes:
        first_attempt: the one from which on retry policies count.
        asked: its `fields` and `arguments` as they were resolved; empty if they are yet to be.
        reused_from: the execution in which it ran, if it does not run in this one.
        begin_at: when its attempt begins.
        started_at: of its first attempt.
    """

    id: int
    name: str
    type: str
    status: str
    display_name: str | None
    description: str | None
    attempt: int
    first_attempt: int
    failure_reason: str | None
    asked: dict[str, Any]
    step_metadata: dict[str, Any]
    properties: dict[str, Any]
    cache_key: str | None
    cached_from: str | None
    reused_from: str | None
    begin_at: datetime
    started_at: datetime
    ended_at: datetime | None
    modified_at: datetime

    @classmethod
    def of(cls, row: Row[Any] | Sequence[Any]) -> Self:
        return cls(*tuple(row)[: len(STEP_COLUMNS)])

    @property
    def is_running(self) -> bool:
        return self.status in ("Starting", "Executing", "Stopping")


COLUMNS = [executions.c[name] for name in PipelineExecution.__slots__]
STEP_COLUMNS = [steps.c[name] for name in StepRow.__slots__]


def without(columns: Sequence[Column[Any]], *names: str) -> list[ColumnElement[Any]]:
    """The same columns for lists: those of these names, which may be large, are not read."""
    return [null().label(each.name) if each.name in names else each for each in columns]


def add_execution(connection: Connection, **columns: Any) -> PipelineExecution:
    row = connection.execute(insert(executions).values(columns).returning(*COLUMNS)).one()
    return PipelineExecution.of(row)


def find_where(connection: Connection, *where: ColumnElement[bool]) -> PipelineExecution | None:
    row = connection.execute(select(*COLUMNS).where(*where)).first()
    return PipelineExecution.of(row) if row else None


def find_execution(connection: Connection, execution_id: int) -> PipelineExecution | None:
    return find_where(connection, executions.c.id == execution_id)


def was_retried_by(connection: Connection, execution_id: int, token: str | None) -> bool:
    """Whether the last request to retry it had this token."""
    query = select(executions.c.id).where(executions.c.id == execution_id, executions.c.retry_token == token)
    return token is not None and connection.execute(query).first() is not None


def find_by_key(connection: Connection, key: str) -> PipelineExecution | None:
    """By the last part of its ARN."""
    return find_where(connection, executions.c.key == key)


def find_by_token(connection: Connection, pipeline_id: int, token: str) -> PipelineExecution | None:
    """The one that a request with this token has started."""
    return find_where(connection, executions.c.pipeline_id == pipeline_id, executions.c.token == token)


def set_execution(
    connection: Connection, execution_id: int, *where: ColumnElement[bool], now: datetime, **columns: Any
) -> bool:
    """Set columns of one execution, if the conditions still hold; gives whether they did."""
    changed = update(executions).where(executions.c.id == execution_id, *where)
    return connection.execute(changed.values(modified_at=now, **columns)).rowcount == 1


def steps_of(connection: Connection, execution_id: int) -> dict[str, StepRow]:
    """The steps that were begun, by name, in the order of their beginning."""
    query = select(*STEP_COLUMNS).where(steps.c.execution_id == execution_id).order_by(steps.c.id)
    return {row.name: StepRow.of(row) for row in connection.execute(query)}


def add_step(connection: Connection, execution_id: int, *, now: datetime, **columns: Any) -> None:
    values = {"step_metadata": {}, "properties": {}, "asked": {}, **columns}
    times = {"started_at": now, "modified_at": now}
    connection.execute(insert(steps).values(execution_id=execution_id, **times, **values))


def set_step(connection: Connection, step_id: int, *, now: datetime, **columns: Any) -> None:
    connection.execute(update(steps).where(steps.c.id == step_id).values(modified_at=now, **columns))


def set_steps(connection: Connection, execution_id: int, statuses: Sequence[str], **columns: Any) -> None:
    """The same for all steps of an execution that are in one of these statuses."""
    where = (steps.c.execution_id == execution_id, steps.c.status.in_(statuses))
    connection.execute(update(steps).where(*where).values(columns))


def find_cached(
    connection: Connection, cache_key: str, age: timedelta, *, now: datetime
) -> tuple[StepRow, PipelineExecution] | None:
    """The latest step that did the same and is not too old, with its execution."""
    try:
        oldest_at = now - age
    except OverflowError:
        oldest_at = None
    where = [steps.c.cache_key == cache_key, steps.c.status == "Succeeded", steps.c.cached_from.is_(None)]
    if oldest_at is not None:
        where.append(steps.c.ended_at >= oldest_at)
    query = select(*STEP_COLUMNS, steps.c.execution_id.label("_of")).where(*where)
    row = connection.execute(query.order_by(steps.c.ended_at.desc(), steps.c.id.desc()).limit(1)).first()
    execution = find_execution(connection, row._of) if row else None
    return (StepRow.of(row), execution) if row and execution else None
