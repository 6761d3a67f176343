"""Endpoints, batch data and models, each with the worst of its monitors."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property
from typing import Any, Literal, NamedTuple

import msgspec
from sqlalchemy import Connection, Select, select

from leeboard.capture.spool.counts import Counts
from leeboard.service.arns import ENDPOINT, MODEL, TRANSFORM_JOB
from leeboard.service.service import Service
from leeboard.service.views.fleet import RANKS, TYPES, Line, lines, worst
from leeboard.service.views.states import State
from leeboard.service.views.strips import Span, Spans, strips
from leeboard.service.views.watching import batch_places
from leeboard.state.raw import instant_of, raw_rows
from leeboard.state.tables import resources

Kind = Literal["endpoint", "batch", "model"]
MOST_KEPT = 20_000
MOST_TRANSFORMS = 300
"""The latest, which say what model made the data of a batch."""
UNKNOWN_DATA = "(no definition)"


@dataclass(frozen=True, slots=True)
class Cell:
    """The schedules of one monitor: the worst state, and how many are in it.

    Attributes:
        schedule, n_violations: of the worst one.
        was: how the last run of a stopped one ended.
    """

    state: State
    n: int = 0
    n_worst: int = 0
    schedule: str | None = None
    n_violations: int | None = None
    is_running: bool = False
    n_in_alert: int = 0
    was: State | None = None


@dataclass(frozen=True, slots=True)
class Captured:
    """What became of requests since the server started."""

    captured: int = 0
    dropped: int = 0
    sampled_out: int = 0
    lag_s: float = 0.0
    pending_files: int = 0

    @property
    def seen(self) -> int:
        return self.captured + self.dropped + self.sampled_out


NOTHING_CAPTURED = Captured()


@dataclass(frozen=True)
class Watched:
    """One endpoint, one place of batch data, or a model that nothing watches.

    Attributes:
        name: of batch data, the URI of its folder.
        cells: by monitoring type.
    """

    kind: Kind
    name: str
    status: str
    models: tuple[str, ...]
    cells: Mapping[str, Cell]
    state: State
    lines: Sequence[Line] = field(repr=False)
    captures: bool = False
    captured: Captured = NOTHING_CAPTURED
    created_at: datetime | None = None
    modified_at: datetime | None = None

    @property
    def key(self) -> tuple[str, str]:
        """No other row has it."""
        return self.kind, self.name

    @cached_property
    def last_at(self) -> datetime | None:
        return max((line.last_end_at for line in self.lines if line.last_end_at), default=None)

    @cached_property
    def n_in_alert(self) -> int:
        return sum(line.is_in_alert for line in self.lines)

    @cached_property
    def n_bad(self) -> int:
        return sum(line.state in ("in violation", "failed") for line in self.lines)


def watched(service: Service, connection: Connection, now: datetime) -> list[Watched]:
    """Everything that could be monitored, the worst first; five queries, whatever there is."""
    found = lines(connection, now=now, grace_s=service.settings.grace_s)
    by_endpoint: dict[str, list[Line]] = defaultdict(list)
    for line in found:
        if line.endpoint is not None:
            by_endpoint[line.endpoint.lower()].append(line)
    capture = captured_by_endpoint(service.capture.counts())
    rows = [
        ENDPOINTS.made(
            row, by_endpoint.pop(row[0].lower(), []), capture.get(row[0].lower(), NOTHING_CAPTURED)
        )
        for row in raw_rows(connection, _resources(ENDPOINT))
    ]
    rows += [_gone(name, of) for name, of in by_endpoint.items()]
    rows += _batches(connection, [line for line in found if line.endpoint is None])
    used = {model.lower() for row in rows for model in row.models}
    models = connection.execute(_resources(MODEL))
    rows += [_model(row) for row in models if row.name.lower() not in used]
    return sorted(rows, key=_worst_first)


def _worst_first(row: Watched) -> tuple[Any, ...]:
    return RANKS[row.state], -row.n_bad, row.kind, row.name.lower()


def strips_of(
    connection: Connection, rows: Sequence[Watched], spans: Spans
) -> dict[tuple[str, str], Sequence[Span]]:
    """The runs of some rows by their keys, in two queries; those of all monitors of a row together."""
    by_name = strips(connection, "endpoint", [row.name for row in rows if row.kind == "endpoint"], spans)
    batches = [row for row in rows if row.kind == "batch"]
    by_number = strips(connection, "schedule_id", [line.id for row in batches for line in row.lines], spans)
    found: dict[tuple[str, str], Sequence[Span]] = {row.key: () for row in rows}
    found |= {("endpoint", name): held for name, held in by_name.items()}
    for row in batches:
        columns = zip(*(by_number[line.id] for line in row.lines), strict=True)
        found[row.key] = [min(column, key=_rank) for column in columns]
    return found


def _rank(span: Span) -> int:
    return RANKS[span.state] if span.state else len(RANKS)


def captured_by_endpoint(counts: Iterable[Counts]) -> dict[str, Captured]:
    """Those of all variants of an endpoint together, by its name in lower case."""
    found: dict[str, Captured] = {}
    for one in counts:
        so_far = found.get(one.endpoint.lower(), Captured())
        found[one.endpoint.lower()] = Captured(
            so_far.captured + one.captured,
            so_far.dropped + one.skipped_disk + one.skipped_size + one.failed,
            so_far.sampled_out + one.sampled_out,
            max(so_far.lag_s, one.lag_s),
            so_far.pending_files + one.pending_files,
        )
    return found


def cells_of(of: Sequence[Line]) -> dict[str, Cell]:
    """One for each of the four types; those without a schedule are not monitored."""
    return {kind: _cell([line for line in of if line.monitoring_type == kind]) for kind in TYPES}


def _cell(of: Sequence[Line]) -> Cell:
    if not of:
        return Cell("not monitored")
    first = min(of, key=lambda line: (line.rank, -(line.n_violations or 0)))
    return Cell(
        first.state,
        len(of),
        sum(line.state == first.state for line in of),
        first.name,
        first.n_violations,
        any(line.is_running for line in of),
        sum(line.is_in_alert for line in of),
        first.last if first.state == "stopped" else None,
    )


def _resources(kind: str) -> Select[Any]:
    c = resources.c
    facts = c.facts if kind == ENDPOINT else c.id
    query = select(c.name, c.status, c.created_at, c.modified_at, facts.label("facts"))
    return query.where(c.kind == kind).order_by(c.key)


class Deployed(NamedTuple):
    """Of an endpoint's row what is shown of it."""

    name: str
    status: str
    created_at: datetime | None
    modified_at: datetime | None
    facts: dict[str, Any]

    @classmethod
    def of(cls, row: tuple[Any, ...]) -> "Deployed":
        name, status, created_us, modified_us, facts = row
        return cls(name, status, instant_of(created_us), instant_of(modified_us), msgspec.json.decode(facts))


class Endpoints:
    """Endpoints as they were made, each with what it was made of; see `Lines`."""

    def __init__(self) -> None:
        self._kept: dict[str, tuple[tuple[Any, ...], Watched]] = {}

    def made(self, row: tuple[Any, ...], of: list[Line], captured: Captured) -> Watched:
        held = self._kept.get(row[0])
        if held is not None:
            known, made = held
            if known == row and made.lines == of and made.captured == captured:
                return made
        if len(self._kept) > MOST_KEPT:
            self._kept.clear()
        made = of_endpoint(Deployed.of(row), of, captured)
        self._kept[row[0]] = row, made
        return made


ENDPOINTS = Endpoints()


def of_endpoint(row: Any, of: Sequence[Line], captured: Captured) -> Watched:
    """An endpoint with its schedules; the row has name, status, times and facts."""
    deployed = row.facts if "variants" in row.facts else row.facts.get("pending", {})
    models = dict.fromkeys(variant["model"] for variant in deployed.get("variants", []))
    config = row.facts.get("capture") or {}
    return Watched(
        "endpoint", row.name, row.status, tuple(models), cells_of(of), worst(line.state for line in of), of,
        bool(config) and bool(config.get("EnableCapture", True)), captured, row.created_at, row.modified_at,
    )  # fmt: skip


def _gone(name: str, of: list[Line]) -> Watched:
    """Schedules whose endpoint is not there, as another program removed it."""
    return Watched(
        "endpoint", of[0].endpoint or name, "Gone", (), cells_of(of), worst(line.state for line in of), of
    )


def _model(row: Any) -> Watched:
    return Watched(
        "model", row.name, "", (row.name,), cells_of([]), "not monitored", (),
        created_at=row.created_at, modified_at=row.modified_at,
    )  # fmt: skip


def _batches(connection: Connection, of: list[Line]) -> list[Watched]:
    if not of:
        return []
    places = batch_places(connection)
    makers = batch_makers(connection)
    grouped: dict[str, list[Line]] = defaultdict(list)
    for line in of:
        grouped[places.get(line.id, UNKNOWN_DATA)].append(line)
    return [_batch(place, makers.get(place, ()), group) for place, group in grouped.items()]


def of_batch(connection: Connection, place: str, of: Sequence[Line]) -> Watched:
    """One place of batch data with its schedules."""
    return _batch(place, batch_makers(connection).get(place, ()), of)


def _batch(place: str, models: tuple[str, ...], of: Sequence[Line]) -> Watched:
    created_at = min(line.created_at for line in of)
    state = worst(line.state for line in of)
    return Watched("batch", place, "", models, cells_of(of), state, of, created_at=created_at)


def batch_makers(connection: Connection) -> dict[str, tuple[str, ...]]:
    """Models whose transform jobs write to a folder, by the folder."""
    c = resources.c
    query = select(c.document).where(c.kind == TRANSFORM_JOB).order_by(c.created_at.desc())
    found: dict[str, dict[str, None]] = defaultdict(dict)
    for document in connection.execute(query.limit(MOST_TRANSFORMS)).scalars():
        place = (document.get("DataCaptureConfig") or {}).get("DestinationS3Uri")
        if place:
            found[place.rstrip("/")][document.get("ModelName", "")] = None
    return {place: tuple(models) for place, models in found.items()}
