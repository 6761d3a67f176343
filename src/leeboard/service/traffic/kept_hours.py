"""What one process counted by the hour, kept in the transactions that keep its minutes."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, bindparam, insert, update

from leeboard.service.traffic.tallies import Tally, Variant
from leeboard.state.columns import EPOCH
from leeboard.state.deleting import delete_portion
from leeboard.state.tables import traffic_hours

HOUR_S = 3600
Key = tuple[Variant, int]
"""Of one hour of one variant; hours are counted from 1970."""


@dataclass(slots=True)
class Hour:
    """What one process counted of one hour.

    A row belongs to one process alone, and is written as a whole: whoever writes it twice counts once.

    Attributes:
        row: the number of the row that has it so far.
    """

    tally: Tally = field(default_factory=Tally)
    row: int | None = None


def write(connection: Connection, hours: Sequence[tuple[Key, Hour]]) -> list[tuple[Hour, int]]:
    """Keep hours as they are now; the rows that are new count as such once their transaction has ended."""
    grown = [{"row": hour.row, **_numbers(hour.tally, "new_")} for _, hour in hours if hour.row is not None]
    fresh = [(key, hour) for key, hour in hours if hour.row is None]
    if grown:
        connection.execute(_GROW, grown)
    if not fresh:
        return []
    made = connection.execute(_INSERT, [_row(key, hour) for key, hour in fresh]).scalars()
    return [(hour, number) for (_, hour), number in zip(fresh, made, strict=True)]


def prune(connection: Connection, before: datetime, *, limit: int = 10_000) -> int:
    """Forget hours that are older, so many at most; gives how many: call it until that is 0."""
    return delete_portion(connection, traffic_hours.c.id, traffic_hours.c.at < before, limit=limit)


def _row(key: Key, hour: Hour) -> dict[str, Any]:
    variant, number = key
    at = EPOCH + timedelta(seconds=number * HOUR_S)
    return {"endpoint": variant.endpoint, "variant": variant.name, "at": at, **_numbers(hour.tally)}


def _numbers(tally: Tally, prefix: str = "") -> dict[str, Any]:
    """By the names of their columns, which an update may not have for its own."""
    values = (tally.n, tally.n_4xx, tally.n_5xx, tally.model.kept().packed(), tally.overhead.kept().packed())
    return {prefix + name: value for name, value in zip(_GROWING, values, strict=True)}


_GROWING = ("n", "n_4xx", "n_5xx", "model", "overhead")
_GROW = (
    update(traffic_hours)
    .where(traffic_hours.c.id == bindparam("row"))
    .values({name: bindparam(f"new_{name}") for name in _GROWING})
)
_INSERT = insert(traffic_hours).returning(traffic_hours.c.id, sort_by_parameter_order=True)
