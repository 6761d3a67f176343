"""Invocations of endpoints by the hour, for pages."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from threading import Lock
from typing import NamedTuple
from weakref import WeakKeyDictionary

from sqlalchemy import BigInteger, Connection, func, select, type_coerce

from leeboard.service.metrics import dimensions_of
from leeboard.service.traffic.minutes import NAMESPACE
from leeboard.service.traffic.tallies import COUNTS
from leeboard.state.columns import EPOCH, MICROSECOND
from leeboard.state.database import Database
from leeboard.state.tables import metric_points, metric_series

N_HOURS = 24
HOUR_US = 3_600_000_000
MINUTE_US = 60_000_000
SETTLED_US = 600_000_000
"""After so long, nobody writes to a minute any more."""
PATIENCE_S = 0.05
"""Of a page, for another that reads."""
_AT = type_coerce(metric_points.c.at, BigInteger)


class Counts(NamedTuple):
    """Invocations of one endpoint in one hour, or in several."""

    n: int
    n_4xx: int
    n_5xx: int


_NONE = Counts(0, 0, 0)
Hour = Mapping[str, Counts]
"""By the name of the endpoint in lower case."""


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


class Hours:
    """The hours of a day; minutes that are settled are read once, and nobody waits long for who reads."""

    def __init__(self, *, patience_s: float = PATIENCE_S) -> None:
        self._patience_s = patience_s
        self._settled: dict[int, Hour] = {}
        self._until = 0
        self._seen: Mapping[str, Asked] = {}
        self._lock = Lock()

    def look(self, connection: Connection, now: datetime) -> Mapping[str, Asked]:
        """Endpoints that were asked, by their names in lower case; one query.

        While another reads for longer than a page may take, as the first does after a start, they are
        those of the time before.
        """
        if not self._lock.acquire(timeout=self._patience_s):
            return self._seen
        try:
            self._seen = self._counted(connection, (now - EPOCH) // MICROSECOND)
        finally:
            self._lock.release()
        return self._seen

    def _counted(self, connection: Connection, now_us: int) -> Mapping[str, Asked]:
        last = now_us - now_us % HOUR_US
        wanted = range(last - (N_HOURS - 1) * HOUR_US, last + 1, HOUR_US)
        settled_until = now_us - SETTLED_US - (now_us - SETTLED_US) % MINUTE_US
        low = max(self._until, wanted[0])
        settled, fresh = _read(connection, low, settled_until, last + HOUR_US)
        self._settled = {at: _sum(self._settled.get(at, {}), settled.get(at, {})) for at in wanted}
        self._until = max(self._until, settled_until)
        return _by_endpoint([_sum(self._settled[at], fresh.get(at, {})) for at in wanted])


def _sum(some: Hour, more: Hour) -> Hour:
    if not more:
        return some
    return {name: _plus(some.get(name, _NONE), more.get(name, _NONE)) for name in some.keys() | more.keys()}


def _plus(one: Counts, other: Counts) -> Counts:
    return Counts(one.n + other.n, one.n_4xx + other.n_4xx, one.n_5xx + other.n_5xx)


def _by_endpoint(hours: Sequence[Hour]) -> dict[str, Asked]:
    names = {name for hour in hours for name, counts in hour.items() if counts.n}
    return {name: _asked([hour.get(name, _NONE) for hour in hours]) for name in names}


def _asked(counts: Sequence[Counts]) -> Asked:
    return Asked(
        [one.n for one in counts],
        sum(one.n for one in counts),
        sum(one.n_4xx for one in counts),
        sum(one.n_5xx for one in counts),
    )


def _read(
    connection: Connection, low: int, settled_until: int, high: int
) -> tuple[dict[int, Hour], dict[int, Hour]]:
    """What is settled, and what may still change, by hour."""
    hour = (_AT - _AT % HOUR_US).label("hour")
    is_settled = (settled_until > _AT).label("is_settled")
    series = metric_series.c
    query = (
        select(series.name, series.dimensions, hour, is_settled, func.sum(metric_points.c.sum).label("total"))
        .join(metric_points, metric_points.c.series_id == series.id)
        .where(series.namespace == NAMESPACE, series.name.in_(COUNTS), low <= _AT, high > _AT)
        .group_by(series.name, series.dimensions, hour, is_settled)
    )
    sums: dict[bool, dict[int, dict[str, dict[str, float]]]] = {True: {}, False: {}}
    for row in connection.execute(query):
        if endpoint := _endpoint_of(row.dimensions):
            of = sums[bool(row.is_settled)].setdefault(row.hour, {}).setdefault(endpoint, defaultdict(float))
            of[row.name] += row.total
    return _counts(sums[True]), _counts(sums[False])


def _counts(sums: Mapping[int, Mapping[str, Mapping[str, float]]]) -> dict[int, Hour]:
    return {
        hour: {name: Counts(*(int(of[metric]) for metric in COUNTS)) for name, of in endpoints.items()}
        for hour, endpoints in sums.items()
    }


def _endpoint_of(dimensions: str) -> str:
    """Empty for what has other dimensions, which programs may put under these names."""
    found = {each["Name"]: each["Value"] for each in dimensions_of(dimensions)}
    return found["EndpointName"].lower() if found.keys() == {"EndpointName", "VariantName"} else ""


_HOURS: WeakKeyDictionary[Database, Hours] = WeakKeyDictionary()


def last_day(database: Database, connection: Connection, now: datetime) -> Mapping[str, Asked]:
    """Endpoints that were asked over the last 24 hours, by their names in lower case; one query."""
    return _HOURS.setdefault(database, Hours()).look(connection, now)
