"""The containers that somebody needs now: programs of all others are ended."""

import logging
from collections.abc import Iterator
from itertools import count
from threading import Event
from typing import Any

from sqlalchemy import Connection

from leeboard.hosting.failures import HostingError
from leeboard.jobs.transform.order import TransformOrder
from leeboard.service.arns import ENDPOINT, MODEL, TRANSFORM_JOB
from leeboard.service.endpoints import containers_of
from leeboard.service.model_calls import ModelCalls
from leeboard.service.repeating import Repeating
from leeboard.service.resources import Resource, find, find_all
from leeboard.service.service import Service
from leeboard.state.tables import resources

LOOK_S, LOOKS_A_ROUND = 1.0, 5
"""How often to look at the model map, and after how many looks at what is needed."""

_log = logging.getLogger(__name__)


def deployed_containers(connection: Connection) -> Iterator[tuple[dict[str, Any], float]]:
    """Of all endpoints, what answers and what is to answer, with the time that it may take to start."""
    for endpoint in find_all(connection, ENDPOINT):
        pending = endpoint.facts.get("pending", {}).get("variants", [])
        for variant in [*endpoint.facts.get("variants", []), *pending]:
            yield from ((container, variant["startup_s"]) for container in variant["containers"])


def batch_containers(model: Resource, order: TransformOrder) -> list[dict[str, Any]]:
    """A model's containers, told that they work for a batch."""
    return [
        {**container, "Environment": {**container.get("Environment", {}), **order.environment}}
        for container in containers_of(model)
    ]


def wanted_containers(connection: Connection) -> list[dict[str, Any]]:
    """Of all endpoints and of all transform jobs that have not ended."""
    found = [container for container, _ in deployed_containers(connection)]
    under_way = resources.c.status.in_(("InProgress", "Stopping"))
    for job in find_all(connection, TRANSFORM_JOB, under_way):
        if model := find(connection, MODEL, job.document["ModelName"]):
            order = TransformOrder.of(job.document, job.started_at or job.created_at)
            found += batch_containers(model, order)
    return found


def keeper(service: Service, models: ModelCalls) -> Repeating:
    """A thread that starts what deployed endpoints need, and ends what nobody needs any more."""
    looks = count()

    def keep(closing: Event) -> None:
        n = next(looks)
        if n == 0:
            _make_ready(service, models, closing)
        service.routes.refresh()
        if n % LOOKS_A_ROUND == LOOKS_A_ROUND - 1:
            models.keep(wanted)

    def wanted() -> list[dict[str, Any]]:
        with service.database.read() as connection:
            return wanted_containers(connection)

    return Repeating("models", keep, every_s=LOOK_S, first_s=0.0)


def _make_ready(service: Service, models: ModelCalls, closing: Event) -> None:
    """After a start, models of endpoints are made ready before the first request asks for them."""
    with service.database.read() as connection:
        deployed = list(deployed_containers(connection))
    for container, startup_s in deployed:
        if closing.is_set():
            return
        try:
            models.ready([container], startup_s)
        except HostingError as error:
            _log.warning("a model is not ready: %s", error)
