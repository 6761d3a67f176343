"""Finds endpoints, models, schedules, features and executions by what somebody types."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, select

from leeboard.errors import FormatError
from leeboard.formats.whole_number import whole_number
from leeboard.service.arns import ENDPOINT, MODEL, SCHEDULE
from leeboard.service.executions import Execution, find_execution
from leeboard.service.history import documents_of
from leeboard.service.kept_windows import column_of
from leeboard.service.packed_summaries import NAME, pieces_of
from leeboard.service.service import Service
from leeboard.service.views.fleet import Line, latest_first, lines
from leeboard.state.tables import resources

MOST = 20
"""Of a kind."""
MOST_LOOKED_AT = 200
"""Schedules whose last summaries are searched for features; those that ran last."""
LONGEST = 200
KINDS = (ENDPOINT, SCHEDULE, MODEL)


@dataclass(frozen=True, slots=True)
class FeatureHit:
    """A feature of a schedule."""

    name: str
    schedule: str
    endpoint: str | None


@dataclass(frozen=True, slots=True)
class Found:
    """What fits a text; lists end at `MOST`, and `n_looked_at` schedules were searched for features."""

    endpoints: tuple[str, ...] = ()
    schedules: tuple[Line, ...] = ()
    models: tuple[str, ...] = ()
    features: tuple[FeatureHit, ...] = ()
    execution: Execution | None = None
    n_looked_at: int = 0

    @property
    def n(self) -> int:
        lists = (self.endpoints, self.schedules, self.models, self.features)
        return sum(map(len, lists)) + (self.execution is not None)


def search(service: Service, connection: Connection, text: str, now: datetime) -> Found:
    """Everything whose name has the text in it, or the execution of that number: eleven queries at most."""
    wanted = text.strip()[:LONGEST]
    if not wanted:
        return Found()
    names = {kind: _named(connection, kind, wanted) for kind in KINDS}
    numbers = [number for number, _ in names[SCHEDULE]]
    of = lines(connection, resources.c.id.in_(numbers), now=now, grace_s=service.settings.grace_s)
    features, n_looked_at = _features(connection, wanted, now)
    return Found(
        tuple(name for _, name in names[ENDPOINT]),
        tuple(of),
        tuple(name for _, name in names[MODEL]),
        tuple(features),
        _execution(connection, wanted),
        n_looked_at,
    )


def _named(connection: Connection, kind: str, text: str) -> list[tuple[int, str]]:
    """Those that begin with the text first."""
    c = resources.c
    fits = c.key.contains(text.lower(), autoescape=True)
    begins = c.key.startswith(text.lower(), autoescape=True)
    query = select(c.id, c.name).where(c.kind == kind, fits).order_by(begins.desc(), c.key).limit(MOST)
    return [(number, name) for number, name in connection.execute(query)]


def _execution(connection: Connection, text: str) -> Execution | None:
    return find_execution(connection, whole_number(text.removeprefix("#")))


def _features(connection: Connection, text: str, now: datetime) -> tuple[list[FeatureHit], int]:
    """In the last window of the schedules that ran last."""
    is_theirs = resources.c.monitoring_type == "DataQuality"
    of = lines(connection, is_theirs, now=now)
    ends = {line.last_id: line for line in latest_first(of)[:MOST_LOOKED_AT] if line.last_id is not None}
    kept = documents_of(connection, list(ends))
    found: list[FeatureHit] = []
    for number, line in ends.items():
        for name in _names(kept.get(number)):
            if text.lower() in name.lower():
                found.append(FeatureHit(name, line.name, line.endpoint))
    found.sort(key=lambda each: (each.name.lower() != text.lower(), len(each.name), each.name, each.schedule))
    return found[:MOST], len(ends)


def _names(kept: bytes | None) -> Sequence[str]:
    if kept is None:
        return ()
    try:
        return column_of(pieces_of(kept), NAME)
    except FormatError:
        return ()
