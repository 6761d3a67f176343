"""Endpoints, batch data and models, each with the worst of its monitors."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Select, case, select

from leeboard.service.arns import ENDPOINT, MODEL
from leeboard.service.service import Service
from leeboard.service.views.batch_data import batch_makers, batch_places
from leeboard.service.views.capture_counts import NOTHING_CAPTURED, captured_by_endpoint
from leeboard.service.views.fleet import RANKS, Line, lines, rank
from leeboard.service.views.strips import Span, Spans, strips
from leeboard.service.views.watched import ENDPOINTS, Deployed, Watched, of_gone, of_model, of_place
from leeboard.state.raw import raw_rows
from leeboard.state.tables import resources

UNKNOWN_DATA = "(no definition)"


def watched(service: Service, connection: Connection, now: datetime) -> list[Watched]:
    """Everything that could be monitored, the worst first; six queries at most, whatever there is."""
    found = lines(connection, now=now, grace_s=service.settings.grace_s)
    there = raw_rows(connection, _THERE)
    endpoints = [row[1:] for row in there if row[0] == ENDPOINT]
    rows = _endpoints(service, endpoints, [line for line in found if line.endpoint is not None])
    rows += _batches(connection, [line for line in found if line.endpoint is None])
    used = {model.lower() for row in rows for model in row.models}
    models = [row[1:] for row in there if row[0] == MODEL and row[1].lower() not in used]
    rows += [of_model(Deployed.of(row)) for row in models]
    return sorted(rows, key=_worst_first)


def _worst_first(row: Watched) -> tuple[Any, ...]:
    return rank(row.state, row.is_overdue), -row.n_bad, row.kind, row.name.lower()


def _endpoints(service: Service, there: Iterable[tuple[Any, ...]], of: list[Line]) -> list[Watched]:
    """Those that are there, then those that have schedules still."""
    grouped: dict[str, list[Line]] = defaultdict(list)
    for line in of:
        grouped[str(line.endpoint).lower()].append(line)
    captured = captured_by_endpoint(service.capture.counts())
    rows = []
    for row in there:
        key = row[0].lower()
        rows.append(ENDPOINTS.made(row, grouped.pop(key, []), captured.get(key, NOTHING_CAPTURED)))
    return rows + [of_gone(name, group) for name, group in grouped.items()]


def _batches(connection: Connection, of: list[Line]) -> list[Watched]:
    if not of:
        return []
    places = batch_places(connection)
    makers = batch_makers(connection)
    grouped: dict[str, list[Line]] = defaultdict(list)
    for line in of:
        grouped[places.get(line.id, UNKNOWN_DATA)].append(line)
    return [of_place(place, makers.get(place, ()), group) for place, group in grouped.items()]


def _there() -> Select[Any]:
    """Endpoints and models; of these the facts are not read."""
    c = resources.c
    facts = case((c.kind == ENDPOINT, c.facts), else_="{}")
    query = select(c.kind, c.name, c.status, c.created_at, c.modified_at, facts)
    return query.where(c.kind.in_((ENDPOINT, MODEL))).order_by(c.kind, c.key)


_THERE = _there()


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
