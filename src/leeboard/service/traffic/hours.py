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
from leeboard.service.service import Service
from leeboard.service.traffic.minutes import NAMESPACE
from leeboard.service.traffic.tallies import COUNTS, INVOCATIONS
from leeboard.state.columns import EPOCH, MICROSECOND
from leeboard.state.database import Database
from leeboard.state.tables import metric_points, metric_series

N_HOURS = 24
HOUR_US = 3_600_000_000
SETTLED_US = 600_000_000
"""After so long, nobody writes to an hour any more."""
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
    """The hours of a day; those that are settled are read once."""

    def __init__(self) -> None:
        self._settled: dict[int, Hour] = {}
        self._lock = Lock()

    def look(self, connection: Connection, now: datetime) -> Mapping[str, Asked]:
        """Endpoints that were asked, by their names in lower case; one query."""
        now_us = (now - EPOCH) // MICROSECOND
        last = now_us - now_us % HOUR_US
        wanted = range(last - (N_HOURS - 1) * HOUR_US, last + 1, HOUR_US)
        with self._lock:
            found = {at: self._settled[at] for at in wanted if at in self._settled}
            first = next((at for at in wanted if at not in found), last)
            found |= _read(connection, first, last + HOUR_US)
            self._settled = {at: found.get(at, {}) for at in wanted if at + HOUR_US + SETTLED_US <= now_us}
        return _by_endpoint([found.get(at, {}) for at in wanted])


def _by_endpoint(hours: Sequence[Hour]) -> dict[str, Asked]:
    names = {name for hour in hours for name in hour}
    return {name: _asked([hour.get(name, _NONE) for hour in hours]) for name in names}


def _asked(counts: Sequence[Counts]) -> Asked:
    return Asked(
        [one.n for one in counts],
        sum(one.n for one in counts),
        sum(one.n_4xx for one in counts),
        sum(one.n_5xx for one in counts),
    )


def _read(connection: Connection, low: int, high: int) -> dict[int, Hour]:
    at = (_AT - _AT % HOUR_US).label("hour")
    series = metric_series.c
    query = (
        select(series.name, series.dimensions, at, func.sum(metric_points.c.sum).label("total"))
        .join(metric_points, metric_points.c.series_id == series.id)
        .where(series.namespace == NAMESPACE, series.name.in_(COUNTS), low <= _AT, high > _AT)
        .group_by(series.name, series.dimensions, at)
    )
    sums: dict[int, dict[str, dict[str, float]]] = defaultdict(
        lambda: defaultdict(lambda: defaultdict(float))
    )
    for row in connection.execute(query):
        if endpoint := _endpoint_of(row.dimensions):
            sums[row.hour][endpoint][row.name] += row.total
    return {
        hour: {
            name: Counts(*(int(of[metric]) for metric in COUNTS))
            for name, of in endpoints.items()
            if of[INVOCATIONS] >= 1
        }
        for hour, endpoints in sums.items()
    }


def _endpoint_of(dimensions: str) -> str:
    """Empty for what has other dimensions, which programs may put under these names."""
    found = {each["Name"]: each["Value"] for each in dimensions_of(dimensions)}
    return found["EndpointName"].lower() if found.keys() == {"EndpointName", "VariantName"} else ""


_HOURS: WeakKeyDictionary[Database, Hours] = WeakKeyDictionary()


def last_day(service: Service, connection: Connection, now: datetime) -> Mapping[str, Asked]:
    """Endpoints that were asked over the last 24 hours, by their names in lower case; one query."""
    return _HOURS.setdefault(service.database, Hours()).look(connection, now)
