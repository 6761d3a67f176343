"""The executions of a schedule as a list that can be narrowed to one state."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import ColumnElement, Connection, func, select

from leeboard.service.executions import COLUMNS, UNFINISHED, Execution
from leeboard.service.views.states import NO_DATA, State, execution_state
from leeboard.state.tables import executions

_IS_EMPTY = executions.c.failure_reason.startswith(NO_DATA, autoescape=True)
_STATUS = executions.c.status
FILTERS: Mapping[str, ColumnElement[bool]] = {
    "in violation": _STATUS == "CompletedWithViolations",
    "failed": (_STATUS == "Failed") & ~func.coalesce(_IS_EMPTY, False),
    "no data": (_STATUS == "Failed") & _IS_EMPTY,
    "clean": _STATUS == "Completed",
    "stopped": _STATUS == "Stopped",
    "running": _STATUS.in_(UNFINISHED),
}
"""Conditions on executions by the word of their state."""


@dataclass(frozen=True, slots=True)
class ListedRun:
    """One execution in a list."""

    execution: Execution
    state: State

    @property
    def elapsed(self) -> timedelta | None:
        one = self.execution
        return one.ended_at - one.started_at if one.started_at and one.ended_at else None


def count_executions(connection: Connection, schedule_id: int, state: str = "") -> int:
    """How many a schedule has in a state."""
    query = select(func.count()).select_from(executions).where(*_wanted(schedule_id, state))
    return int(connection.execute(query).scalar_one())


def list_executions(
    connection: Connection, schedule_id: int, state: str = "", *, offset: int = 0, limit: int = 50
) -> list[ListedRun]:
    """The latest first."""
    c = executions.c
    query = select(*COLUMNS).where(*_wanted(schedule_id, state)).order_by(c.scheduled_at.desc(), c.run.desc())
    found = [Execution.of(row) for row in connection.execute(query.limit(limit).offset(offset))]
    return [ListedRun(one, execution_state(one.status, one.failure_reason)) for one in found]


def _wanted(schedule_id: int, state: str) -> list[ColumnElement[bool]]:
    where: list[ColumnElement[bool]] = [executions.c.schedule_id == schedule_id]
    return where + ([FILTERS[state]] if state in FILTERS else [])
