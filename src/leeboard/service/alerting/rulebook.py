"""The rules, routes and sinks in force: those of the server's file, and those made by calls."""

import logging
from collections.abc import Callable, Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any, TypeVar

import msgspec
from sqlalchemy import Connection, Table, select

from leeboard.alerts import SINKS
from leeboard.alerts.document import AlertsFile, RouteEntry, SinkEntry
from leeboard.alerts.matching import MOST_ENTRIES
from leeboard.alerts.rules import Rule
from leeboard.alerts.secrets import shown
from leeboard.service.alerting.incidents import Incident, end_incident
from leeboard.state.alerting_tables import alert_routes, alert_rules, alert_sinks

FILE, CALL = "file", "call"
"""Where an entry comes from."""
T = TypeVar("T")
_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Kept:
    """One entry as pages and calls show it; no secret is in its document."""

    name: str
    origin: str
    document: dict[str, Any]
    created_at: datetime
    modified_at: datetime

    @property
    def is_of_file(self) -> bool:
        """Whether it can only be changed in the server's file."""
        return self.origin == FILE


def rules(connection: Connection) -> list[Rule]:
    return _read(connection, alert_rules, lambda document: msgspec.convert(document, Rule))


def routes(connection: Connection) -> list[RouteEntry]:
    return _read(connection, alert_routes, lambda document: msgspec.convert(document, RouteEntry))


def end_incidents(connection: Connection, found: Collection[Incident], why: str, *, now: datetime) -> None:
    """They are over, and those who were told of them are told that."""
    told = routes(connection) if found else []
    for incident in found:
        end_incident(connection, incident, why, routes=told, now=now)


def stored_sink(connection: Connection, name: str) -> SinkEntry | None:
    """A sink that was made by a call, with its secrets."""
    c = alert_sinks.c
    document = connection.execute(select(c.document).where(c.name == name, c.origin == CALL)).scalar()
    return msgspec.convert(document, SinkEntry) if document else None


def _read(connection: Connection, table: Table, read: Callable[[Any], T]) -> list[T]:
    """By name; what this version cannot read is left out, and said."""
    found = []
    for row in connection.execute(select(table.c.name, table.c.document).order_by(table.c.name)):
        try:
            found.append(read(row.document))
        except msgspec.ValidationError as error:
            _log.error("%s %r cannot be read: %s", table.name, row.name, error)
    return found


def kept_rules(connection: Connection) -> list[Kept]:
    """All rules, by name."""
    return _kept(connection, alert_rules)


def kept_routes(connection: Connection) -> list[Kept]:
    """All routes, by name."""
    return _kept(connection, alert_routes)


def kept_sinks(connection: Connection) -> list[Kept]:
    """All sinks, by name; their secrets are hidden."""
    return [hidden(each) for each in _kept(connection, alert_sinks)]


def _kept(connection: Connection, table: Table) -> list[Kept]:
    c = table.c
    columns = (c.name, c.origin, c.document, c.created_at, c.modified_at)
    query = select(*columns).order_by(c.name).limit(4 * MOST_ENTRIES)
    return [Kept(*row) for row in connection.execute(query)]


def hidden(kept: Kept) -> Kept:
    """A sink as it may be shown."""
    kind, settings = kept.document.get("kind", ""), kept.document.get("settings", {})
    plain = SINKS.get(kind).plain if kind in SINKS else frozenset[str]()
    document = kept.document | {"settings": shown(settings, plain)}
    return Kept(kept.name, kept.origin, document, kept.created_at, kept.modified_at)


def filled_sink(connection: Connection, file: AlertsFile, name: str) -> tuple[SinkEntry | None, bool]:
    """A sink with its secrets, and whether the server's file has it."""
    if name in file.sinks:
        return file.sinks[name], True
    return stored_sink(connection, name), False
