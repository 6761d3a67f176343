"""Invocations of endpoints by the hour, for pages."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, Connection, func, select

from leeboard.service.latency.times import Kept
from leeboard.service.traffic.tallies import Tally
from leeboard.state.columns import EPOCH
from leeboard.state.tables import traffic_hours

N_HOURS = 24
HOUR = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class Asked:
    """How often an endpoint was asked over a day.

    Attributes:
        by_hour: the oldest first; the last hour is not over.
    """

    by_hour: Sequence[int]
    n: int
    n_4xx: int
    n_5xx: int

    @property
    def n_errors(self) -> int:
        return self.n_4xx + self.n_5xx

    @property
    def error_share(self) -> float:
        return self.n_errors / self.n


def last_day(connection: Connection, now: datetime, endpoint: str | None = None) -> Mapping[str, Asked]:
    """Endpoints that were asked over the last 24 hours, by their names in lower case; one query.

    Args:
        endpoint: this one alone.
    """
    c = traffic_hours.c
    last = now - (now - EPOCH) % HOUR
    first = last - (N_HOURS - 1) * HOUR
    sums = (func.sum(c.n).label("n"), func.sum(c.n_4xx).label("n_4xx"), func.sum(c.n_5xx).label("n_5xx"))
    query = select(c.endpoint, c.at, *sums).where(c.at >= first, c.at <= last, *_of(endpoint))
    found: dict[str, list[tuple[int, int, int, int]]] = {}
    for row in connection.execute(query.group_by(c.endpoint, c.at)):
        counted = ((row.at - first) // HOUR, int(row.n), int(row.n_4xx), int(row.n_5xx))
        found.setdefault(row.endpoint.lower(), []).append(counted)
    return {name: _asked(hours) for name, hours in found.items()}


def _of(endpoint: str | None) -> tuple[ColumnElement[bool], ...]:
    return () if endpoint is None else (traffic_hours.c.endpoint == endpoint,)


def _asked(hours: Sequence[tuple[int, int, int, int]]) -> Asked:
    by_hour = [0] * N_HOURS
    for place, n, _, _ in hours:
        by_hour[place] += n
    return Asked(by_hour, sum(by_hour), sum(each[2] for each in hours), sum(each[3] for each in hours))


def stretches(
    connection: Connection, endpoint: str, start_at: datetime, length: timedelta, n: int
) -> list[Tally]:
    """So many stretches of time, one after the other; one query. What the server took beside is left out.

    Args:
        length: of each; whole hours.
    """
    c = traffic_hours.c
    within = (c.endpoint == endpoint, c.at >= start_at, c.at < start_at + n * length)
    found = [Tally() for _ in range(n)]
    for row in connection.execute(select(c.at, c.n, c.n_4xx, c.n_5xx, c.model).where(*within)):
        stretch = found[(row.at - start_at) // length]
        stretch.merge(Tally(row.n, row.n_4xx, row.n_5xx))
        if (kept := Kept.unpacked(row.model)) is not None:
            stretch.model.pour(kept)
    return found
