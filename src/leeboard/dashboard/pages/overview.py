"""Every endpoint and batch model at a glance, and what changed of late."""

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from markupsafe import Markup
from sqlalchemy import Connection

from leeboard.dashboard.answers import Cell, Table, View
from leeboard.dashboard.pages import Page, Pages
from leeboard.dashboard.paging import Paging
from leeboard.dashboard.rendering import url
from leeboard.dashboard.runs import strip
from leeboard.dashboard.visit import Visit
from leeboard.service.alerting.incidents import Incident
from leeboard.service.alerting.reading import counts_in_force, in_force
from leeboard.service.monitor_types import TITLES, TYPES
from leeboard.service.traffic.hours import Asked, last_day
from leeboard.service.views.changes import MOST_LOOKED_AT, changes_since
from leeboard.service.views.fleet import Line, rank
from leeboard.service.views.overview import strips_of, watched
from leeboard.service.views.states import WORST_FIRST, State, is_in
from leeboard.service.views.strips import Span, Spans
from leeboard.service.views.watched import Watched, lines_of, names_of

TILES: tuple[State, ...] = (
    "in violation",
    "failed",
    "overdue",
    "no data",
    "clean",
    "stopped",
    "not monitored",
)
ALWAYS = ("in violation", "failed", "clean")
"""Tiles that stand there with 0 too."""
KINDS = {"endpoint": "endpoint", "batch": "batch data", "model": "model"}
DAY, HOUR = timedelta(days=1), timedelta(hours=1)
N_HOURS = 24
N_SHOWN = 4
"""Lines of a card; its own page has all."""
SORTS: Mapping[str, Callable[[Watched], Any]] = {
    "state": lambda row: (rank(row.state, row.is_overdue), -row.n_bad),
    "name": lambda row: row.name.lower(),
    "last": lambda row: row.last_at.timestamp() if row.last_at else 0.0,
    "alerts": lambda row: row.n_in_alert,
    "lag": lambda row: row.captured.lag_s,
}


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which rows somebody wants to see."""

    text: str
    state: str
    monitor: str
    kind: str
    in_alert: bool

    @classmethod
    def of(cls, visit: Visit) -> "Wanted":
        asked = visit.asked
        return cls(
            asked("q").strip().lower(),
            asked("state"),
            asked("monitor") if asked("monitor") in TYPES else "",
            asked("kind"),
            asked("alert") == "1",
        )

    @property
    def is_any(self) -> bool:
        return bool(self.text or self.state or self.monitor or self.kind or self.in_alert)

    def takes(self, row: Watched, *, any_state: bool = False) -> bool:
        """Whether a row is one of them; a monitor without a state wants those that have it."""
        if self.kind not in ("", row.kind) or (self.in_alert and not any_state and not row.n_in_alert):
            return False
        if self.text and not any(self.text in name.lower() for name in (row.name, *row.models)):
            return False
        if self.state and not any_state:
            return self.has(row, self.state)
        return not self.monitor or bool(self.state) or row.cells[self.monitor].n > 0

    def has(self, row: Watched, state: str) -> bool:
        """Whether a row, or the wanted monitor of it, is in a state."""
        of = row.cells[self.monitor] if self.monitor else row
        return is_in(of.state, of.is_overdue, state)


def overview(visit: Visit) -> View:
    """Every endpoint and batch model, worst first."""
    wanted, spans = Wanted.of(visit), Spans.until(visit.now, HOUR, N_HOURS)
    with visit.service.database.read() as connection:
        everything = watched(visit.service, connection, visit.now)
        asked = last_day(connection, visit.now)
        rows = _sorted([row for row in everything if wanted.takes(row)], visit.asked("sort"), asked)
        paging = Paging.asked(visit.asked("page"), len(rows))
        shown = rows[paging.offset : paging.last]
        seen = strips_of(connection, shown, spans)
        cards = _cards(connection, everything, visit.now - DAY)
    counted = [row for row in everything if wanted.takes(row, any_state=True)]
    context = {
        "rows": [(row, _drawn(seen[row.key], spans), _asked(row, asked)) for row in shown],
        "paging": paging,
        "wanted": wanted,
        "sort": visit.asked("sort"),
        "n_all": len(everything),
        "tiles": _tiles(counted, wanted),
        "n_in_alert": sum(row.n_in_alert > 0 for row in counted),
        "monitors": TITLES,
        "kinds": KINDS,
        "states": WORST_FIRST,
        "place_of": place_of,
    }
    tables = {"monitors": Table(COLUMNS, lambda: (_cells(row, _asked(row, asked)) for row in rows))}
    return View("overview.html", "Overview", context | cards, tables=tables, fragment="results")


def _cards(connection: Connection, everything: Sequence[Watched], since: datetime) -> dict[str, Any]:
    """What is in alert, and what changed since."""
    lines = lines_of(everything)
    found = changes_since(connection, lines, since)
    counts = counts_in_force(connection)
    incidents = in_force(connection, limit=N_SHOWN) if counts else []
    return {
        "alerts": _without(_alerts(lines), incidents),
        "n_alerts": sum(line.is_in_alert for line in lines),
        "incidents": incidents,
        "n_incidents": sum(counts.values()),
        "turns": found.turns,
        "broken": found.broken,
        "deeds": found.deeds,
        "most_broken": MOST_LOOKED_AT,
        "there": names_of(everything, found.named(N_SHOWN)),
        "n_shown": N_SHOWN,
    }


def _asked(row: Watched, asked: Mapping[str, Asked]) -> Asked | None:
    """How often an endpoint was asked here; None if nobody did."""
    return asked.get(row.name.lower()) if row.kind == "endpoint" else None


def _sorted(rows: list[Watched], sort: str, asked: Mapping[str, Asked]) -> list[Watched]:
    """They come the worst first."""

    def n_requests(row: Watched) -> tuple[bool, int]:
        of = _asked(row, asked)
        return of is not None, of.n if of else row.captured.seen

    key = {**SORTS, "requests": n_requests}.get(sort.removeprefix("-"))
    return rows if key is None else sorted(rows, key=key, reverse=sort.startswith("-"))


def _drawn(held: Sequence[Span], spans: Spans) -> Markup:
    return strip(held, spans, "Runs of the last 24 hours") if held else Markup()


def _tiles(rows: Sequence[Watched], wanted: Wanted) -> list[tuple[State, int]]:
    """How many rows are in each state, of the wanted monitor or of the worst one: as a filter gives them."""
    counts = Counter(row.cells[wanted.monitor].state if wanted.monitor else row.state for row in rows)
    counts["overdue"] = sum(wanted.has(row, "overdue") for row in rows)
    return [(state, counts[state]) for state in TILES if counts[state] or state in ALWAYS]


def _alerts(lines: Sequence[Line]) -> list[Line]:
    in_alert = [line for line in lines if line.is_in_alert]
    return sorted(in_alert, key=lambda line: (line.rank, -(line.n_violations or 0), line.name))


def _without(lines: Sequence[Line], incidents: Sequence[Incident]) -> list[Line]:
    """Those whose incident is not shown already."""
    told = {incident.schedule_id for incident in incidents}
    return [line for line in lines if line.id not in told]


def place_of(row: Watched) -> str:
    """The page of a row."""
    if row.kind == "batch":
        return url("/batch", data=row.name)
    return url(f"/{row.kind}s/{row.name}")


COLUMNS = (
    "name", "kind", "status", "models", "state", *TYPES, "schedules_overdue", "schedules_in_alert",
    "schedules", "last_run_end", "invocations_24h", "invocation_4xx_24h", "invocation_5xx_24h",
    "requests_seen", "requests_captured", "requests_dropped", "capture_lag_s",
)  # fmt: skip


def _cells(row: Watched, asked: Asked | None) -> tuple[Cell, ...]:
    states = (row.cells[kind].state for kind in TYPES)
    last = row.last_at.isoformat() if row.last_at else None
    held = row.captured
    counted = (asked.n, asked.n_4xx, asked.n_5xx) if asked else (None, None, None)
    return (
        row.name, row.kind, row.status, " ".join(row.models), row.state, *states, row.n_overdue,
        row.n_in_alert, len(row.lines), last, *counted, held.seen, held.captured, held.dropped, held.lag_s,
    )  # fmt: skip


ENTRY = Pages(
    "overview",
    (Page("GET", "/", overview),),
    tab=("Overview", "/"),
    order=0,
)
