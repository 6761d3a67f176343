"""Job definitions of the four monitors: stored settings that never change."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from sqlalchemy import Connection

from leeboard.api.operations import Operations
from leeboard.api.operations.kept import NAMED, found, listed
from leeboard.api.wire import Call
from leeboard.service.arns import DEFINITIONS
from leeboard.service.definitions import completed
from leeboard.service.resources import Resource, remove
from leeboard.service.setup import job_definitions
from leeboard.state.tables import resources

LISTING = replace(NAMED, equals={"EndpointName": resources.c.endpoint})
Handler = Callable[[Call], dict[str, Any]]


def create(call: Call, monitoring_type: str) -> dict[str, Any]:
    made = job_definitions.create(call.desk, monitoring_type, call.params, call.now)
    return {"JobDefinitionArn": made.arn}


def describe(call: Call, monitoring_type: str) -> dict[str, Any]:
    with call.desk.database.read() as connection:
        definition = _found(call, connection, monitoring_type)
        told = completed(connection, definition.document, monitoring_type)
    return told | {"JobDefinitionArn": definition.arn, "CreationTime": definition.created_at}


def delete(call: Call, monitoring_type: str) -> dict[str, Any]:
    with call.desk.database.write() as connection:
        remove(connection, _found(call, connection, monitoring_type))
    return {}


def list_all(call: Call, monitoring_type: str) -> dict[str, Any]:
    page, token = listed(call, LISTING, DEFINITIONS[monitoring_type])
    return {"JobDefinitionSummaries": [_summary(each) for each in page], "NextToken": token}


def _found(call: Call, connection: Connection, monitoring_type: str) -> Resource:
    return found(call.desk, connection, DEFINITIONS[monitoring_type], call.params["JobDefinitionName"])


def _summary(definition: Resource) -> dict[str, Any]:
    return {
        "MonitoringJobDefinitionName": definition.name,
        "MonitoringJobDefinitionArn": definition.arn,
        "CreationTime": definition.created_at,
        "EndpointName": definition.endpoint or "",
    }


def _named(name: str, handle: Callable[[Call, str], dict[str, Any]], monitoring_type: str) -> Handler:
    def handler(call: Call) -> dict[str, Any]:
        return handle(call, monitoring_type)

    handler.__name__ = name
    return handler


def _family(monitoring_type: str) -> tuple[Handler, ...]:
    noun = DEFINITIONS[monitoring_type].replace("-", "_")
    return (
        _named(f"create_{noun}", create, monitoring_type),
        _named(f"describe_{noun}", describe, monitoring_type),
        _named(f"delete_{noun}", delete, monitoring_type),
        _named(f"list_{noun}s", list_all, monitoring_type),
    )


HANDLERS = tuple(handler for monitoring_type in DEFINITIONS for handler in _family(monitoring_type))
ENTRY = Operations(
    "sagemaker",
    "job definitions",
    HANDLERS,
    short_reads=frozenset(handler for handler in HANDLERS if handler.__name__.startswith("describe")),
)
