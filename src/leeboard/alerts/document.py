"""`alerts.toml`: rules, sinks and routes as code."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from os import PathLike, fspath
from pathlib import Path
from typing import Any, Self

import msgspec

from leeboard.alerts import ENDED, KINDS, OPENED, REPEATED, RESOLVED, SINKS, DeliveryError
from leeboard.alerts.matching import MOST_ENTRIES, Matchers, Part, bounded, converted
from leeboard.alerts.naming import check_name
from leeboard.alerts.rules import Rule, check_rule
from leeboard.errors import FormatError, InputError, LeeboardError, NotFoundError

GROUPED = ("rule", "severity", "schedule", "endpoint", "monitor", "pipeline", "job")
"""By what a route may group."""


class SinkEntry(Part, frozen=True):
    """One sink by its name; `settings` are those of its kind."""

    name: str
    kind: str
    settings: dict[str, Any] = msgspec.field(default_factory=dict)


class RouteEntry(Part, frozen=True):
    """Which notices go to which sinks.

    Attributes:
        on: the kinds of notices; `ended` is each end of an execution.
        group_by: names whose equal values make one message of several notices.
        group_wait_s: how long to gather them.
        repeat_s: how often to tell again what is still open; 0 for never.
    """

    name: str
    sinks: list[str]
    match: Matchers = Matchers()
    on: list[str] = msgspec.field(default_factory=lambda: [OPENED, RESOLVED, REPEATED])
    group_by: list[str] = msgspec.field(default_factory=list)
    group_wait_s: float = 10.0
    repeat_s: float = 0.0


class _File(Part, frozen=True):
    url: str | None = None
    rules: list[Rule] = msgspec.field(default_factory=list)
    sinks: list[dict[str, Any]] = msgspec.field(default_factory=list)
    routes: list[RouteEntry] = msgspec.field(default_factory=list)


@dataclass(frozen=True, slots=True)
class AlertsFile:
    """A server's own rules, sinks and routes.

    Attributes:
        url: where people reach this server, for links in notices.
        file: that it was read from; None for none.
    """

    url: str | None = None
    rules: tuple[Rule, ...] = ()
    sinks: Mapping[str, SinkEntry] = field(default_factory=dict)
    routes: tuple[RouteEntry, ...] = ()
    file: Path | None = None

    @classmethod
    def read(cls, path: str | PathLike[str]) -> Self:
        """The file.

        Raises:
            NotFoundError: there is none.
            FormatError: it cannot be used; the message says where and why.
        """
        name = fspath(path)
        try:
            document = tomllib.loads(Path(name).read_text())
        except FileNotFoundError:
            raise NotFoundError(f"there is no file {name}, which --alerts names", name) from None
        except (OSError, ValueError) as error:
            raise FormatError(f"{name} is not TOML: {error}", name) from None
        try:
            return cls._of(document, Path(name))
        except LeeboardError as error:
            raise FormatError(f"{name}: {error}", name) from None

    @classmethod
    def _of(cls, document: dict[str, Any], file: Path) -> Self:
        read = converted(document, _File)
        sinks = [read_sink(_settings_apart(each), is_own_file=True) for each in read.sinks]
        for rule in read.rules:
            check_rule(rule)
        for noun, entries in (("rules", read.rules), ("sinks", sinks), ("routes", read.routes)):
            _check_names(noun, [entry.name for entry in entries])
        known = {sink.name: sink for sink in sinks}
        for route in read.routes:
            check_route(route)
            if missing := set(route.sinks) - set(known):
                raise InputError(
                    f"route {route.name!r} names the sink {min(missing)!r}; sinks of this file: "
                    f"{', '.join(known) or 'none'}"
                )
        return cls(read.url, tuple(read.rules), known, tuple(read.routes), file)


def read_route(document: Any) -> RouteEntry:
    """A route from outside; InputError if it cannot be one."""
    route = converted(bounded(document), RouteEntry)
    check_route(route)
    return route


def read_sink(document: Any, *, is_own_file: bool = False) -> SinkEntry:
    """A sink, whose settings fit its kind.

    Raises:
        InputError: they do not, or it is of a kind that only the server's own file may have.
    """
    entry = converted(bounded(document), SinkEntry)
    kind = SINKS.get(entry.kind)
    if kind.is_file_only and not is_own_file:
        raise InputError(
            f"a sink of kind {entry.kind} runs a program: only the file that the server is started with "
            "(leeboard serve --alerts FILE) may have one"
        )
    converted(entry.settings, kind.settings)
    check_name("sink", entry.name)
    return entry


def settings_of(entry: SinkEntry, settings: dict[str, Any]) -> msgspec.Struct:
    """The settings with which a sink delivers, after its references were filled in."""
    try:
        return converted(settings, SINKS.get(entry.kind).settings)
    except InputError as error:
        raise DeliveryError(f"sink {entry.name}: {error}") from None


def check_route(route: RouteEntry) -> None:
    """What types do not say; InputError if a value cannot be."""
    check_name("route", route.name)
    try:
        _check_route(route)
    except InputError as error:
        raise InputError(f"route {route.name!r}: {error}") from None


def _check_route(route: RouteEntry) -> None:
    _check_known("on", route.on, KINDS[:-1])
    _check_known("group_by", route.group_by, GROUPED)
    if not route.sinks or len(route.sinks) > MOST_ENTRIES:
        raise InputError("it names no sink")
    if not 0 <= route.group_wait_s <= 3600:
        raise InputError(f"group_wait_s is {route.group_wait_s:g}; expected 0 to 3600")
    if route.repeat_s and not 60 <= route.repeat_s <= 31 * 86400:
        raise InputError(f"repeat_s is {route.repeat_s:g}; expected 60 seconds to 31 days, or 0 for never")
    if ENDED in route.on and route.match.rule is not None:
        raise InputError("an end of an execution comes from no rule: leave out match.rule, or 'ended'")


def _check_known(key: str, given: list[str], known: tuple[str, ...]) -> None:
    for each in given:
        if each not in known:
            raise InputError(f"{key} has {each[:40]!r}; known: {', '.join(known)}")


def _check_names(noun: str, names: list[str]) -> None:
    if len(names) > MOST_ENTRIES:
        raise InputError(f"there are {len(names)} {noun}, more than {MOST_ENTRIES}")
    if twice := {name for name in names if names.count(name) > 1}:
        raise InputError(f"two {noun} have the name {min(twice)!r}")


def _settings_apart(table: dict[str, Any]) -> dict[str, Any]:
    """In the file the settings of a sink stand beside its name and kind."""
    own = {key: table[key] for key in ("name", "kind") if key in table}
    return own | {"settings": {key: value for key, value in table.items() if key not in own}}
