"""Models: made under a name, of images or of model packages."""

from datetime import datetime
from typing import Any

from sqlalchemy import Connection

from leeboard.service.arns import MODEL, arn_of
from leeboard.service.packages.containers import resolved
from leeboard.service.refusals import InvalidRequestError
from leeboard.service.resources import Resource, add, set_tags
from leeboard.service.service import Service


def create(service: Service, params: dict[str, Any], now: datetime) -> Resource:
    """Keep a model; what its packages say is looked up once, as they may be removed later.

    Raises:
        InvalidRequestError: it has no containers, or its name is taken.
    """
    with service.database.write() as connection:
        return keep(service, connection, params, now)


def keep(
    service: Service,
    connection: Connection,
    params: dict[str, Any],
    now: datetime,
    facts: dict[str, Any] | None = None,
) -> Resource:
    """The same in a transaction that does more.

    Args:
        facts: who made it, if that is no request.
    """
    tags, name, containers = params.pop("Tags", []), params["ModelName"], _containers(params)
    found = resolved(service, connection, containers)
    known = (facts or {}) | ({} if found == containers else {"containers": found})
    model = add(connection, service.settings, MODEL, name, params, now=now, facts=known)
    if model is None:
        arn = arn_of(service.settings, MODEL, name)
        raise InvalidRequestError(f'Cannot create already existing model "{arn}".')
    set_tags(connection, model.arn, tags)
    return model


def _containers(params: dict[str, Any]) -> list[dict[str, Any]]:
    if ("PrimaryContainer" in params) == bool(params.get("Containers")):
        raise InvalidRequestError("A model has either a PrimaryContainer or Containers; give one of them.")
    primary = params.get("PrimaryContainer")
    containers = [primary] if primary is not None else list(params["Containers"])
    if not all(container.get("Image") or container.get("ModelPackageName") for container in containers):
        raise InvalidRequestError("A container needs an Image.")
    return containers
