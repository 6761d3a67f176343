"""Makes of what an operation gives a JSON document of its model's shape.

Members that the model does not know are left out, and so are those that are None.
"""

import math
from base64 import b64encode
from collections.abc import Callable
from datetime import datetime
from functools import cache
from typing import Any

from leeboard.api.wire.models import operation_model, service_model

Writer = Callable[[Any], Any]


def encode(service: str, operation: str, answer: dict[str, Any]) -> dict[str, Any]:
    """The document that answers an operation."""
    shape = operation_model(service, operation).output_shape
    if shape is None:
        return {}
    document: dict[str, Any] = _writer(service, shape.name)(answer)
    return document


@cache
def _writer(service: str, name: str) -> Writer:
    return writer_of(service, service_model(service).shape_for(name))


def writer_of(service: str, shape: Any) -> Writer:
    """The writer of any shape."""
    if shape.type_name == "structure":
        return _structure(service, shape)
    if shape.type_name == "list":
        return lambda value: list(map(_writer(service, shape.member.name), value))
    if shape.type_name == "map":
        return lambda value: {k: _writer(service, shape.value.name)(item) for k, item in value.items()}
    return _SCALARS.get(shape.type_name, _as_it_is)


def _structure(service: str, shape: Any) -> Writer:
    members: dict[str, Writer] = {}

    def writer(value: Any) -> Any:
        if not members:  # made late, since shapes may hold themselves
            members.update({name: _writer(service, m.name) for name, m in shape.members.items()})
        return {
            name: members[name](item) for name, item in value.items() if item is not None and name in members
        }

    return writer


def seconds_of(at: datetime) -> float:
    """Seconds since 1970, with their fraction.

    Raises:
        ValueError: a time without a zone, which could be any.
    """
    if at.tzinfo is None:
        raise ValueError(f"a time without a zone in an answer: {at}")
    return at.timestamp()


def _float(value: float) -> float | str:
    if math.isfinite(value):
        return value
    return "NaN" if math.isnan(value) else "Infinity" if value > 0 else "-Infinity"


def _as_it_is(value: Any) -> Any:
    return value


_SCALARS: dict[str, Writer] = {
    "timestamp": seconds_of,
    "blob": lambda value: b64encode(value).decode(),
    "float": _float,
    "double": _float,
}
