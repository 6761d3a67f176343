"""The operations of AWS that the server answers, one module a resource."""

from leeboard.api.wire import Call, Operations
from leeboard.api.wire.handlers import table_of
from leeboard.roster import Roster

__all__ = ["OPERATIONS", "Call", "Operations", "operation_names"]

OPERATIONS = Roster("resource", __name__, Operations)


def operation_names() -> dict[str, list[str]]:
    """The names of the answered operations, sorted, by botocore's name of their service."""
    found: dict[str, list[str]] = {}
    for service, operation in sorted(table_of(OPERATIONS)):
        found.setdefault(service, []).append(operation)
    return found
