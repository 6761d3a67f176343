"""What the server's own file says, written beside what was made by calls."""

import logging
from collections.abc import Mapping
from datetime import datetime
from typing import Any

import msgspec
from sqlalchemy import Connection, Table, delete, select

from leeboard.alerts import SINKS
from leeboard.alerts.document import AlertsFile, SinkEntry
from leeboard.alerts.secrets import shown
from leeboard.service.alerting.editing import looks_elsewhere
from leeboard.service.alerting.incidents import in_force_of_rule, remind_all
from leeboard.service.alerting.rulebook import FILE, end_incidents
from leeboard.service.alerting.turn import in_turn
from leeboard.state.alerting_tables import alert_routes, alert_rules, alert_sinks
from leeboard.state.database import Database
from leeboard.state.inserting import insert_of

_log = logging.getLogger(__name__)


def take_over(database: Database, file: AlertsFile, now: datetime) -> None:
    """Write what the server's file says beside what was made by calls; called when a server starts.

    An entry of the file takes the place of one of the same name. Servers that share a database have to be
    started with the same file.
    """
    wanted = {
        alert_rules: {rule.name: msgspec.to_builtins(rule) for rule in file.rules},
        alert_routes: {route.name: msgspec.to_builtins(route) for route in file.routes},
        alert_sinks: {name: _told(sink) for name, sink in file.sinks.items()},
    }
    with database.write() as connection:
        in_turn(connection)
        before = {
            row.name: row.document
            for row in connection.execute(_RULES)
            if row.origin == FILE or row.name in wanted[alert_rules]
        }
        changed = [_replace(connection, table, entries, now) for table, entries in wanted.items()]
        _end_what_is_not_looked_at(connection, before, file, now)
        if any(changed):
            remind_all(connection, now)


_RULES = select(alert_rules.c.name, alert_rules.c.origin, alert_rules.c.document)


def _end_what_is_not_looked_at(
    connection: Connection, before: Mapping[str, Any], file: AlertsFile, now: datetime
) -> None:
    """Rules that left the file, or that look at something else now, leave nothing in force behind.

    Args:
        before: documents by name of those of the file before, and of those made by calls that it replaces.
    """
    rules = {rule.name: rule for rule in file.rules}
    for name, document in before.items():
        if name not in rules or looks_elsewhere(document, rules[name]):
            why = f"The rule {name} does not stand in the server's file any more as it was."
            end_incidents(connection, in_force_of_rule(connection, name), why, now=now)


def _told(sink: SinkEntry) -> dict[str, Any]:
    """The file's secrets stay in the file."""
    settings = shown(sink.settings, SINKS.get(sink.kind).plain)
    return {"name": sink.name, "kind": sink.kind, "settings": settings}


def _replace(connection: Connection, table: Table, entries: dict[str, Any], now: datetime) -> bool:
    c = table.c
    before = {row.name: row for row in connection.execute(select(c.name, c.origin, c.document))}
    gone = [name for name, row in before.items() if row.origin == FILE and name not in entries]
    new = {
        name: document
        for name, document in entries.items()
        if name not in before or before[name].origin != FILE or before[name].document != document
    }
    for name in (*gone, *new):
        if name in before and before[name].origin != FILE:
            _log.warning("%s %r of the alerts file takes the place of the one made by a call", table, name)
        connection.execute(delete(table).where(c.name == name))
    for name, document in new.items():
        kept = {"name": name, "origin": FILE, "document": document, "created_at": now, "modified_at": now}
        connection.execute(insert_of(connection, table).values(kept).on_conflict_do_nothing())
    return bool(gone or new)
