"""Rules, routes and sinks that are made, changed and removed while a server runs."""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any, TypeVar

import msgspec
from sqlalchemy import Connection, Table, delete, select

from leeboard.alerts import SINKS
from leeboard.alerts.document import RouteEntry, SinkEntry, read_route, read_sink
from leeboard.alerts.matching import MOST_ENTRIES
from leeboard.alerts.rules import Rule, read_rule
from leeboard.alerts.secrets import HIDDEN, OPEN, forbidden
from leeboard.errors import InputError
from leeboard.service.alerting.incidents import in_force_of_rule, remind_all
from leeboard.service.alerting.rulebook import CALL, FILE, Kept, end_incidents, hidden, routes, stored_sink
from leeboard.service.alerting.turn import in_turn
from leeboard.service.refusals import InvalidRequestError, ResourceInUseError, ResourceNotFoundError
from leeboard.state.alerting_tables import alert_routes, alert_rules, alert_sinks
from leeboard.state.inserting import insert_of

T = TypeVar("T")


class UnknownSecretError(InvalidRequestError):
    """Settings were to stay as they were that this sink, at this address, does not have.

    Attributes:
        settings: their names.
    """

    def __init__(self, message: str, settings: tuple[str, ...]) -> None:
        super().__init__(message)
        self.settings = settings


def put_rule(connection: Connection, document: Any, *, now: datetime, is_new: bool = False) -> Kept:
    """Keep a rule, in place of one of the same name; it counts from the next end of an execution on.

    Args:
        is_new: whether it may take no other's place.

    Raises:
        InvalidRequestError: it cannot be one.
        ResourceInUseError: the server's file has one of that name, or, for a new one, anybody.
    """
    rule = _checked(read_rule, document)
    in_turn(connection)
    before = connection.execute(select(alert_rules.c.document).where(alert_rules.c.name == rule.name)).first()
    if is_new and before:
        raise ResourceInUseError(
            f"there is a rule {rule.name!r} already: change that one, or take another name"
        )
    kept = _put(connection, alert_rules, rule, now)
    if before and looks_elsewhere(before.document, rule):
        why = f"The rule {rule.name} looks at something else now."
        end_incidents(connection, in_force_of_rule(connection, rule.name), why, now=now)
    return kept


def looks_elsewhere(before: Any, rule: Rule) -> bool:
    """Whether nobody would look any more at what a rule has found as it was before."""
    try:
        was = msgspec.convert(before, Rule)
    except msgspec.ValidationError:
        return True
    return (was.about, was.is_by_clock) != (rule.about, rule.is_by_clock)


def put_route(connection: Connection, document: Any, *, now: datetime) -> Kept:
    """Keep a route, in place of one of the same name.

    Raises:
        InvalidRequestError: it cannot be one, or names a sink that is not there.
        ResourceInUseError: the server's file has one of that name.
    """
    route = _checked(read_route, document)
    in_turn(connection)
    known = set(connection.execute(select(alert_sinks.c.name)).scalars())
    if missing := set(route.sinks) - known:
        raise InvalidRequestError(
            f"there is no sink {min(missing)!r}; known: {', '.join(sorted(known)) or 'none'}"
        )
    kept = _put(connection, alert_routes, route, now)
    remind_all(connection, now)
    return kept


def put_sink(connection: Connection, document: Any, *, now: datetime, is_new: bool = False) -> Kept:
    """Keep a sink, in place of one of the same name; a setting that says `(hidden)` stays as it was.

    Args:
        is_new: whether it may take no other's place.

    Raises:
        InvalidRequestError: it cannot be one, or is of a kind that only the server's file may have.
        UnknownSecretError: it would send what is hidden to another address.
        ResourceInUseError: the server's file has one of that name, or, for a new one, anybody.
    """
    in_turn(connection)
    if isinstance(document, dict):
        document = _with_what_was_hidden(connection, document)
    sink = _checked(read_sink, document)
    if named := forbidden(sink.settings):
        raise InvalidRequestError(
            f"sink {sink.name!r} names {named[0]}; a sink that is made by a call may only name variables "
            f"that begin with {OPEN}; all others, and files, only the server's own alerts file may name"
        )
    if is_new and stored_sink(connection, sink.name):
        raise ResourceInUseError(
            f"there is a sink {sink.name!r} already: change that one, or take another name"
        )
    return hidden(_put(connection, alert_sinks, sink, now))


def _with_what_was_hidden(connection: Connection, document: dict[str, Any]) -> dict[str, Any]:
    settings, name = document.get("settings"), document.get("name")
    if not isinstance(settings, dict) or not isinstance(name, str):
        return document
    old = stored_sink(connection, name)
    before = old.settings if old and old.kind == document.get("kind") else {}
    restored = _restored(settings, before)
    addresses = _addresses(document.get("kind"))
    if any(restored.get(each) != before.get(each) for each in addresses or restored.keys() | before.keys()):
        restored = settings  # it is another address: nothing that is hidden goes there
    if unknown := tuple(key for key, value in restored.items() if _is_hidden(value)):
        raise UnknownSecretError(
            f"the sink {name[:80]!r} has a setting {HIDDEN}, and none to keep: what is hidden stays while "
            f"name, kind and {', '.join(sorted(addresses)) or 'all other settings'} stay; write it anew",
            unknown,
        )
    return document | {"settings": restored}


def _addresses(kind: Any) -> frozenset[str]:
    return SINKS.get(kind).addresses if isinstance(kind, str) and kind in SINKS else frozenset()


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


def remove_rule(connection: Connection, name: str, *, now: datetime) -> None:
    """With what it found, which is over.

    Raises:
        ResourceNotFoundError: there is none.
        ResourceInUseError: it is the file's.
    """
    in_turn(connection)
    _remove(connection, alert_rules, "rule", name)
    why = f"The rule {name} was removed."
    end_incidents(connection, in_force_of_rule(connection, name), why, now=now)


def remove_route(connection: Connection, name: str) -> None:
    """ResourceNotFoundError if there is none, ResourceInUseError if it is the file's."""
    in_turn(connection)
    _remove(connection, alert_routes, "route", name)


def remove_sink(connection: Connection, name: str) -> None:
    """As `remove_route`; also refused while a route names it."""
    in_turn(connection)
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
    put = insert_of(connection, table).values(made)
    connection.execute(put.on_conflict_do_update(index_elements=["name"], set_=values))
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
