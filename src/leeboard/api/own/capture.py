"""Capture as this server counts it."""

from dataclasses import asdict
from typing import Any

from leeboard.api.own import Asked, Calls, Route
from leeboard.service.refusals import InvalidRequestError


def read_counts(asked: Asked) -> Any:
    """Since the start, by endpoint and variant."""
    return {"capture": [asdict(counts) for counts in asked.service.capture.counts()]}


def ship(asked: Asked) -> Any:
    """Bring everything that was captured to where it is kept, now."""
    endpoint = asked.body.get("endpoint")
    if endpoint is not None and not isinstance(endpoint, str):
        raise InvalidRequestError(f"the endpoint is {endpoint!r}; expected its name, or none for all")
    asked.service.capture.flush(endpoint)
    return read_counts(asked)


ENTRY = Calls(
    "capture",
    (Route("GET", "/leeboard/capture", read_counts), Route("POST", "/leeboard/capture/ship", ship)),
)
