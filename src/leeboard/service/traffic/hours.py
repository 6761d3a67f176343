"""Invocations of endpoints by the hour, for pages."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import BigInteger, Connection, select, type_coerce

from leeboard.service.latency.times import Kept
from leeboard.service.traffic.tallies import Tally
from leeboard.state.columns import EPOCH, MICROSECOND
from leeboard.state.tables import traffic_hours

N_HOURS = 24
HOUR_US = 3_600_000_000
_AT = type_coerce(traffic_hours.c.at, BigInteger)


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

    Rows are added up here, as a database takes longer for it.

    Args:
        endpoint: this one alone.
    """
    c = traffic_hours.c
    last = (now - EPOCH) // MICROSECOND // HOUR_US
    first = last - N_HOURS + 1
    query = select(c.endpoint, _AT, c.n, c.n_4xx, c.n_5xx).where(
        first * HOUR_US <= _AT, last * HOUR_US >= _AT
    )
    if endpoint is not None:
        query = query.where(c.endpoint == endpoint)
    by_hour: dict[str, list[int]] = defaultdict(lambda: [0] * N_HOURS)
    errors: dict[str, list[int]] = defaultdict(lambda: [0, 0])
    for name, at, n, n_4xx, n_5xx in connection.execute(query):
        key = name.lower()
        by_hour[key][at // HOUR_US - first] += n
        errors[key][0] += n_4xx
        errors[key][1] += n_5xx
    return {key: Asked(hours, sum(hours), *errors[key]) for key, hours in by_hour.items()}


def stretches(
    connection: Connection, endpoint: str, start_at: datetime, length: timedelta, n: int
) -> list[Tally]:
    """So many stretches of time, one after the other; one query. What the server took beside is left out.

    Args:
        length: of each; whole hours.
    """
    c = traffic_hours.c
    first, length_us = (start_at - EPOCH) // MICROSECOND, length // MICROSECOND
    within = (c.endpoint == endpoint, first <= _AT, first + n * length_us > _AT)
    found = [Tally() for _ in range(n)]
    for at, asked, n_4xx, n_5xx, model in connection.execute(
        select(_AT, c.n, c.n_4xx, c.n_5xx, c.model).where(*within)
    ):
        stretch = found[(at - first) // length_us]
        stretch.merge(Tally(asked, n_4xx, n_5xx))
        if (kept := Kept.unpacked(model)) is not None:
            stretch.model.pour(kept)
    return found
