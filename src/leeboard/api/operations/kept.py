"""What the operations on kept resources have in common: to find, to list, and the texts when it fails."""

from dataclasses import replace
from typing import Any

from sqlalchemy import Connection

from leeboard.api.wire import Call
from leeboard.service.arns import ENDPOINT, ENDPOINT_CONFIG, MODEL, arn_of
from leeboard.service.listing import Listing
from leeboard.service.refusals import (
    InvalidRequestError,
    RefusalError,
    ResourceInUseError,
    ResourceNotFoundError,
)
from leeboard.service.resources import COLUMNS, Resource, find
from leeboard.service.service import Service
from leeboard.state.tables import resources

NOUNS = {MODEL: "model", ENDPOINT: "endpoint", ENDPOINT_CONFIG: "endpoint configuration"}
"""Resources whose operations declare no error of their own: clients look at the text."""


NAMED = Listing(
    resources,
    COLUMNS,
    sorts={"CreationTime": resources.c.created_at, "Name": resources.c.key},
    times={"CreationTime": resources.c.created_at},
    name=resources.c.name,
)
"""How what has a name and a time of creation is listed."""
STATED = replace(
    NAMED,
    sorts={**NAMED.sorts, "Status": resources.c.status},
    equals={"StatusEquals": resources.c.status},
    times={**NAMED.times, "LastModifiedTime": resources.c.modified_at},
)
"""The same of what has a status that changes."""


def found(service: Service, connection: Connection, kind: str, name: str) -> Resource:
    """The resource of that name.

    Raises:
        InvalidRequestError, ResourceNotFoundError: there is none; which of the two depends on the kind.
    """
    resource = find(connection, kind, name)
    if resource is None:
        raise missing(service, kind, name)
    return resource


def missing(service: Service, kind: str, name: str) -> RefusalError:
    arn = arn_of(service.settings, kind, name)
    if kind in NOUNS:
        return InvalidRequestError(f'Could not find {NOUNS[kind]} "{arn}".')
    return ResourceNotFoundError(f"Could not find {kind.replace('-', ' ')} with name {name}: {arn}")


def taken(service: Service, kind: str, name: str) -> RefusalError:
    arn = arn_of(service.settings, kind, name)
    if kind in NOUNS:
        return InvalidRequestError(f'Cannot create already existing {NOUNS[kind]} "{arn}".')
    return ResourceInUseError(f"A {kind.replace('-', ' ')} with the name {name} already exists: {arn}")


def asked(connection: Connection, params: dict[str, Any]) -> dict[str, Any]:
    """What a list is asked for, with the endpoint's name as the endpoint itself has it."""
    endpoint = find(connection, ENDPOINT, params.get("EndpointName", ""))
    return params | {"EndpointName": endpoint.name} if endpoint else params


def listed(call: Call, listing: Listing, kind: str) -> tuple[list[Resource], str | None]:
    """One page of the resources of a kind."""
    with call.desk.database.read() as connection:
        rows, token = listing.page(connection, asked(connection, call.params), resources.c.kind == kind)
    return [Resource.of(row) for row in rows], token
