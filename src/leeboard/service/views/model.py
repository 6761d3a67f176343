"""One model: what it is made of, where it is deployed, and where its batches go."""

from dataclasses import dataclass

from sqlalchemy import Connection, select

from leeboard.service.arns import ENDPOINT, MODEL
from leeboard.service.endpoints import containers_of
from leeboard.service.refusals import ResourceNotFoundError
from leeboard.service.resources import Resource, find
from leeboard.service.service import Service
from leeboard.service.views.batch_data import batch_makers
from leeboard.service.views.deployed import Container, container_of
from leeboard.state.tables import resources


@dataclass(frozen=True, slots=True)
class ModelSeen:
    """A model, where it is deployed, and the folders that its batches write to."""

    model: Resource
    containers: tuple[Container, ...]
    endpoints: tuple[str, ...]
    transforms: tuple[str, ...]


def model_seen(service: Service, connection: Connection, name: str) -> ModelSeen:
    """One model, in three queries.

    Raises:
        ResourceNotFoundError: there is none of that name.
    """
    model = find(connection, MODEL, name)
    if model is None:
        raise ResourceNotFoundError(f"There is no model {name} on this server.")
    containers = tuple(container_of(service, each) for each in containers_of(model))
    key = model.name.lower()
    return ModelSeen(model, containers, _endpoints(connection, key), _transforms(connection, key))


def _endpoints(connection: Connection, key: str) -> tuple[str, ...]:
    """Those with a variant of the model, by name."""
    c = resources.c
    rows = connection.execute(select(c.name, c.facts).where(c.kind == ENDPOINT).order_by(c.key))
    return tuple(
        name
        for name, facts in rows
        if any(variant["model"].lower() == key for variant in facts.get("variants", []))
    )


def _transforms(connection: Connection, key: str) -> tuple[str, ...]:
    makers = batch_makers(connection)
    return tuple(place for place, models in makers.items() if key in {each.lower() for each in models})
