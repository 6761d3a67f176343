"""The runs of a schedule before and after one of them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, and_, or_, select

from leeboard.service.executions import COLUMNS, Execution
from leeboard.service.views.states import State, execution_state
from leeboard.state.tables import executions

N_AROUND = 12
"""Runs that are shown before and after."""


@dataclass(frozen=True, slots=True)
class Neighbour:
    """Another run of the same schedule."""

    id: int
    scheduled_at: datetime
    run: int
    state: State
    n_violations: int | None


def runs_around(connection: Connection, execution: Execution) -> tuple[Neighbour, ...]:
    """An execution among the runs before and after it, the oldest first: two queries.

    By scheduled time; runs by hand for one time by their number.
    """
    c = executions.c
    at = (c.scheduled_at == execution.scheduled_at, c.run)
    before = or_(c.scheduled_at < execution.scheduled_at, and_(at[0], at[1] < execution.run))
    after = or_(c.scheduled_at > execution.scheduled_at, and_(at[0], at[1] > execution.run))
    order = (c.scheduled_at, c.run)
    earlier = _some(connection, execution, before, [each.desc() for each in order])
    later = _some(connection, execution, after, order)
    return tuple(map(_neighbour, [*earlier[::-1], execution, *later]))


def _some(
    connection: Connection, execution: Execution, where: ColumnElement[bool], order: Sequence[Any]
) -> list[Execution]:
    same = executions.c.schedule_id == execution.schedule_id
    query = select(*COLUMNS).where(same, where).order_by(*order).limit(N_AROUND)
    return [Execution.of(row) for row in connection.execute(query)]


def _neighbour(one: Execution) -> Neighbour:
    state = execution_state(one.status, one.failure_reason)
    return Neighbour(one.id, one.scheduled_at, one.run, state, one.n_violations)
