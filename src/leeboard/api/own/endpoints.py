"""Endpoints of models that are served elsewhere."""

import re
from typing import Any

from leeboard.api.own import Asked, Calls, Route
from leeboard.service.external import create_external
from leeboard.service.refusals import InvalidRequestError

PLACE = re.compile(r"s3://[^/\0]+/?[^\0]{0,400}")
NAME = re.compile(r"[a-zA-Z0-9](-*[a-zA-Z0-9]){0,62}")


def add_external(asked: Asked) -> Any:
    """Make an endpoint to hang monitors on."""
    name, destination = asked.body.get("name"), asked.body.get("capture_to")
    if not isinstance(name, str) or not NAME.fullmatch(name):
        raise InvalidRequestError(f"the name is {name!r}; expected 1 to 63 letters, digits and inner hyphens")
    if destination is not None and not (isinstance(destination, str) and PLACE.fullmatch(destination)):
        raise InvalidRequestError(
            f"capture_to is {destination!r}; expected a URI such as s3://bucket/capture"
        )
    endpoint = create_external(asked.service, name, destination, asked.now)
    return {"endpoint": endpoint.name, "arn": endpoint.arn, **endpoint.facts["capture"]}


ENTRY = Calls("endpoints", (Route("POST", "/leeboard/endpoints", add_external),))
