"""Runs by time: the worst of each span, so that strips of many things stand in line."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Literal

import msgspec
from sqlalchemy import (
    BigInteger,
    ColumnElement,
    Connection,
    bindparam,
    case,
    func,
    literal,
    literal_column,
    select,
    type_coerce,
)

from leeboard.service.views.states import NO_DATA, State
from leeboard.state.columns import EPOCH, MICROSECOND
from leeboard.state.tables import executions

STATES: tuple[State, ...] = ("stopped", "waiting", "running", "clean", "no data", "failed", "in violation")
"""By how much they count, the least first."""
OF_STATUS = {
    "Completed": 3, "CompletedWithViolations": 6, "Stopped": 0, "Pending": 1, "InProgress": 2, "Stopping": 2
}  # fmt: skip
"""The frequent ones first, as a database tries them in turn."""
FAILED, NOTHING = 5, 4
NUMBERS = 1 << 40
"""Numbers of executions are less."""

By = Literal["endpoint", "schedule_id"]


class Span(msgspec.Struct, frozen=True, gc=False):
    """The runs of one span; `execution_id` is the latest of the worst, None where nothing ran.

    A struct, as a page makes thousands.
    """

    start_at: datetime
    state: State | None
    execution_id: int | None
    n_runs: int = 0
    n_bad: int = 0


@dataclass(frozen=True, slots=True)
class Spans:
    """So many spans of one length, counted from 1970, the last of which holds now."""

    start_at: datetime
    length: timedelta
    n: int

    @classmethod
    def until(cls, now: datetime, length: timedelta, n: int) -> "Spans":
        last = now - (now - EPOCH) % length
        return cls(last - (n - 1) * length, length, n)

    @property
    def starts(self) -> list[datetime]:
        return [self.start_at + number * self.length for number in range(self.n)]


def strips(connection: Connection, by: By, keys: Sequence[Any], spans: Spans) -> dict[Any, list[Span]]:
    """One strip for each key: one query; a key without runs has spans of nothing.

    Args:
        keys: names of endpoints, or numbers of schedules.
    """
    if not keys:
        return {}
    e = executions.c
    column: ColumnElement[Any] = e[by]
    length = spans.length // MICROSECOND
    first = (spans.start_at - EPOCH) // spans.length
    place = type_coerce(e.scheduled_at, BigInteger).op("/")(literal_column(str(length))).label("place")
    weight = _weight()
    query = (
        select(
            column, place, func.max(weight * _big(NUMBERS) + e.id), func.count(),
            func.sum(case((weight >= FAILED, 1), else_=0)),
        )
        .where(column.in_(bindparam("keys", list(keys), expanding=True)), e.scheduled_at >= spans.start_at)
        .group_by(column, place)
    )  # fmt: skip
    found: dict[Any, dict[int, tuple[int, int, int]]] = {key: {} for key in keys}
    for key, number, top, n_runs, n_bad in connection.execute(query):
        held = found[key]
        slot = min(int(number) - first, spans.n - 1)  # by hand, for a time to come
        before = held.get(slot, (0, 0, 0))
        held[slot] = max(before[0], top), before[1] + n_runs, before[2] + int(n_bad)
    empty = [Span(start_at, None, None) for start_at in spans.starts]
    return {
        key: [_span(each, held[i]) if i in held else each for i, each in enumerate(empty)]
        for key, held in found.items()
    }


def _weight() -> ColumnElement[int]:
    """How bad an execution is, as a number that has room for that of the execution."""
    e = executions.c
    weights = {status: _big(weight) for status, weight in OF_STATUS.items()}
    is_empty = e.failure_reason.startswith(NO_DATA, autoescape=True)
    return case(weights, value=e.status, else_=case((is_empty, _big(NOTHING)), else_=_big(FAILED)))


def _big(number: int) -> ColumnElement[int]:
    return literal(number, BigInteger)


def _span(empty: Span, held: tuple[int, int, int]) -> Span:
    top, n_runs, n_bad = held
    return Span(empty.start_at, STATES[top // NUMBERS], top % NUMBERS, n_runs, n_bad)
