"""Job definitions: stored settings that never change; a changed one is another one."""

import re
from datetime import datetime
from typing import Any

from sqlalchemy import Connection

from leeboard.service.arns import DEFINITIONS, arn_of
from leeboard.service.definitions import endpoint_of
from leeboard.service.pipelines.requests import checked
from leeboard.service.refusals import ResourceInUseError
from leeboard.service.resources import Resource, add, find, remove, set_tags
from leeboard.service.schedules.rules import check_definition
from leeboard.service.service import Service
from leeboard.service.settings import Settings

LONGEST_NAME = 63
STAMP = "%Y%m%d%H%M%S"
STAMPED = re.compile(r"-\d{14}$")


def create(service: Service, monitoring_type: str, params: dict[str, Any], now: datetime) -> Resource:
    """Keep a new job definition.

    Raises:
        RefusalError: the name is taken, or the definition breaks a rule.
    """
    with service.database.write() as connection:
        return create_in(connection, service.settings, monitoring_type, params, now)


def create_in(
    connection: Connection, settings: Settings, monitoring_type: str, params: dict[str, Any], now: datetime
) -> Resource:
    """The same in a transaction that does more."""
    document = dict(params)
    tags = document.pop("Tags", [])
    kind, name = DEFINITIONS[monitoring_type], document["JobDefinitionName"]
    endpoint = endpoint_of(connection, settings, check_definition(document))
    definition = add(
        connection, settings, kind, name, document, now=now,
        endpoint=endpoint.name if endpoint else None, monitoring_type=monitoring_type,
    )  # fmt: skip
    if definition is None:
        arn = arn_of(settings, kind, name)
        raise ResourceInUseError(f"A {kind.replace('-', ' ')} with the name {name} already exists: {arn}")
    set_tags(connection, definition.arn, tags)
    return definition


def as_sent(service: Service, monitoring_type: str, params: dict[str, Any]) -> dict[str, Any]:
    """A definition, checked as if it had come as a request.

    Raises:
        RefusalError: it breaks the operation's model.
    """
    return checked(service, f"Create{monitoring_type}JobDefinition", params)


def discard(connection: Connection, monitoring_type: str, name: str) -> None:
    """Remove one that nobody uses yet."""
    definition = find(connection, DEFINITIONS[monitoring_type], name)
    if definition is not None:
        remove(connection, definition)


def next_name(connection: Connection, monitoring_type: str, name: str, now: datetime) -> str:
    """A free name for a changed definition: the old one with the time behind it."""
    stem = STAMPED.sub("", name)[: LONGEST_NAME - 18].rstrip("-")
    wanted = f"{stem}-{now:{STAMP}}"
    number = 1
    while find(connection, DEFINITIONS[monitoring_type], wanted) is not None:
        number += 1
        wanted = f"{stem}-{number}-{now:{STAMP}}"
    return wanted
