"""Finds the function that answers an operation."""

from collections.abc import Iterable
from dataclasses import dataclass

from leeboard.api.wire.calls import Handler, Operations
from leeboard.api.wire.models import names_of


@dataclass(frozen=True, slots=True)
class Entry:
    """One operation and what answers it."""

    handler: Handler
    is_quick: bool
    is_short_read: bool = False


Table = dict[tuple[str, str], Entry]


def table_of(resources: Iterable[Operations]) -> Table:
    """The functions by service and operation.

    Raises:
        TypeError: a function is named as no operation of its service, or two answer the same one.
    """
    table: Table = {}
    for resource in resources:
        known = {name.lower(): name for name in names_of(resource.service)}
        for handler in resource.handlers:
            function = handler.__name__
            operation = known.get(function.replace("_", "").lower())
            if operation is None:
                raise TypeError(f"{resource.service} has no operation for {function} of {resource.name}")
            if (resource.service, operation) in table:
                raise TypeError(f"{resource.service} {operation} is answered twice, also by {resource.name}")
            table[resource.service, operation] = Entry(
                handler, handler in resource.quick, handler in resource.short_reads
            )
    return table
