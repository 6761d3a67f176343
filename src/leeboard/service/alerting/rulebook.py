"""The rules, routes and sinks in force: those of the server's file, and those made by calls."""

import logging
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, TypeVar

import msgspec
from sqlalchemy import Connection, Table, delete, select, update
from sqlalchemy.dialects import postgresql, sqlite

from leeboard.alerts import SINKS
from leeboard.alerts.document import AlertsFile, RouteEntry, SinkEntry, read_route, read_sink
from leeboard.alerts.matching import MOST_ENTRIES
from leeboard.alerts.rules import Rule, read_rule
from leeboard.alerts.secrets import HIDDEN, OPEN, forbidden, shown
from leeboard.errors import InputError
from leeboard.service.refusals import InvalidRequestError, ResourceInUseError, ResourceNotFoundError
from leeboard.state.alerting_tables import alert_routes, alert_rules, alert_sinks, incidents
from leeboard.state.database import Database

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
    return [_hidden(each) for each in _kept(connection, alert_sinks)]


def _kept(connection: Connection, table: Table) -> list[Kept]:
    c = table.c
    columns = (c.name, c.origin, c.document, c.created_at, c.modified_at)
    query = select(*columns).order_by(c.name).limit(4 * MOST_ENTRIES)
    return [Kept(*row) for row in connection.execute(query)]


def _hidden(kept: Kept) -> Kept:
    kind, settings = kept.document.get("kind", ""), kept.document.get("settings", {})
    plain = SINKS.get(kind).plain if kind in SINKS else frozenset[str]()
    document = kept.document | {"settings": shown(settings, plain)}
    return Kept(kept.name, kept.origin, document, kept.created_at, kept.modified_at)


def put_rule(connection: Connection, document: Any, *, now: datetime, is_new: bool = False) -> Kept:
    """Keep a rule, in place of one of the same name; it counts from the next end of an execution on.

    Args:
        is_new: whether it may take no other's place.

    Raises:
        InvalidRequestError: it cannot be one.
        ResourceInUseError: the server's file has one of that name, or, for a new one, anybody.
    """
    rule = _checked(read_rule, document)
    if is_new and connection.execute(select(alert_rules.c.id).where(alert_rules.c.name == rule.name)).first():
        raise ResourceInUseError(
            f"there is a rule {rule.name!r} already: change that one, or take another name"
        )
    return _put(connection, alert_rules, rule, now)


def put_route(connection: Connection, document: Any, *, now: datetime) -> Kept:
    """Keep a route, in place of one of the same name.

    Raises:
        InvalidRequestError: it cannot be one, or names a sink that is not there.
        ResourceInUseError: the server's file has one of that name.
    """
    route = _checked(read_route, document)
    known = set(connection.execute(select(alert_sinks.c.name)).scalars())
    if missing := set(route.sinks) - known:
        raise InvalidRequestError(
            f"there is no sink {min(missing)!r}; known: {', '.join(sorted(known)) or 'none'}"
        )
    kept = _put(connection, alert_routes, route, now)
    remind(connection, now)
    return kept


def put_sink(connection: Connection, document: Any, *, now: datetime) -> Kept:
    """Keep a sink, in place of one of the same name; a setting that says `(hidden)` stays as it was.

    Raises:
        InvalidRequestError: it cannot be one, is of a kind that only the server's file may have, or would
            send what is hidden to another address.
        ResourceInUseError: the server's file has one of that name.
    """
    if isinstance(document, dict):
        document = _with_what_was_hidden(connection, document)
    sink = _checked(read_sink, document)
    if named := forbidden(sink.settings):
        raise InvalidRequestError(
            f"sink {sink.name!r} names {named[0]}; a sink that is made by a call may only name variables "
            f"that begin with {OPEN}; all others, and files, only the server's own alerts file may name"
        )
    return _hidden(_put(connection, alert_sinks, sink, now))


def _with_what_was_hidden(connection: Connection, document: dict[str, Any]) -> dict[str, Any]:
    settings, name = document.get("settings"), document.get("name")
    if not isinstance(settings, dict) or not isinstance(name, str):
        return document
    old = stored_sink(connection, name)
    before = old.settings if old and old.kind == document.get("kind") else {}
    is_elsewhere = settings.get("url") not in (HIDDEN, before.get("url"))
    restored = _restored(settings, {} if is_elsewhere else before)
    if _is_hidden(restored):
        raise InvalidRequestError(
            f"the sink {name[:80]!r} has a setting {HIDDEN}, and none to keep: what is hidden stays while "
            "name, kind and url stay; write it anew"
        )
    return document | {"settings": restored}


def _is_hidden(value: Any) -> bool:
    if isinstance(value, Mapping):
        return any(map(_is_hidden, value.values()))
    return bool(value == HIDDEN)


def _restored(settings: dict[str, Any], before: Mapping[str, Any]) -> dict[str, Any]:
    restored = dict(settings)
    for key, value in settings.items():
        earlier = before.get(key)
        if value == HIDDEN and earlier is not None:
            restored[key] = earlier
        elif isinstance(value, dict) and isinstance(earlier, dict):
            restored[key] = _restored(value, earlier)
    return restored


def remove_rule(connection: Connection, name: str) -> None:
    """ResourceNotFoundError if there is none, ResourceInUseError if it is the file's."""
    _remove(connection, alert_rules, "rule", name)


def remove_route(connection: Connection, name: str) -> None:
    """ResourceNotFoundError if there is none, ResourceInUseError if it is the file's."""
    _remove(connection, alert_routes, "route", name)


def remove_sink(connection: Connection, name: str) -> None:
    """As `remove_route`; also refused while a route names it."""
    if users := [route.name for route in routes(connection) if name in route.sinks]:
        raise ResourceInUseError(f"the sink {name!r} is named by the route {users[0]!r}: change that first")
    _remove(connection, alert_sinks, "sink", name)


def _checked(read: Callable[[Any], T], document: Any) -> T:
    try:
        return read(document)
    except InputError as error:
        raise InvalidRequestError(str(error)) from None


def _put(connection: Connection, table: Table, entry: Rule | RouteEntry | SinkEntry, now: datetime) -> Kept:
    c = table.c
    row = connection.execute(select(c.origin, c.created_at).where(c.name == entry.name)).first()
    if row and row.origin == FILE:
        raise ResourceInUseError(f"{entry.name!r} stands in the server's alerts file: change it there")
    if row is None:
        _refuse_more(connection, table)
    document, created_at = msgspec.to_builtins(entry), row.created_at if row else now
    values = {"document": document, "modified_at": now}
    made = values | {"name": entry.name, "origin": CALL, "created_at": now}
    put = _dialect(connection).insert(table).values(made)  # somebody else may make it in this moment
    connection.execute(
        put.on_conflict_do_update(index_elements=["name"], set_=values, where=c.origin == CALL)
    )
    return Kept(entry.name, CALL, document, created_at, now)


def _refuse_more(connection: Connection, table: Table) -> None:
    if len(connection.execute(select(table.c.id).limit(MOST_ENTRIES)).all()) >= MOST_ENTRIES:
        raise InvalidRequestError(f"there are {MOST_ENTRIES} already, which is the most")


def _remove(connection: Connection, table: Table, noun: str, name: str) -> None:
    origin = connection.execute(select(table.c.origin).where(table.c.name == name)).scalar()
    if origin is None:
        raise ResourceNotFoundError(f"there is no {noun} {name!r}")
    if origin == FILE:
        raise ResourceInUseError(f"the {noun} {name!r} stands in the server's alerts file: remove it there")
    connection.execute(delete(table).where(table.c.name == name))


def remind(connection: Connection, now: datetime) -> None:
    """Routes have changed: when to tell again of what is open is worked out anew."""
    connection.execute(update(incidents).where(incidents.c.state == "open").values(repeat_at=now))


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
        changed = [_replace(connection, table, entries, now) for table, entries in wanted.items()]
        if any(changed):
            remind(connection, now)


def _told(sink: SinkEntry) -> dict[str, Any]:
    """The file's secrets stay in the file."""
    settings = shown(sink.settings, SINKS.get(sink.kind).plain)
    return {"name": sink.name, "kind": sink.kind, "settings": settings}


def _dialect(connection: Connection) -> Any:
    return postgresql if connection.dialect.name == "postgresql" else sqlite


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
        connection.execute(_dialect(connection).insert(table).values(kept).on_conflict_do_nothing())
    return bool(gone or new)


def filled_sink(connection: Connection, file: AlertsFile, name: str) -> tuple[SinkEntry | None, bool]:
    """A sink with its secrets, and whether the server's file has it."""
    if name in file.sinks:
        return file.sinks[name], True
    return stored_sink(connection, name), False
