"""The containers that somebody needs now: programs of all others are ended."""

import logging
from collections.abc import Iterator
from itertools import count
from threading import Event, Thread
from typing import Any

from sqlalchemy import Connection

from leeboard.hosting.failures import HostingError
from leeboard.jobs.transform.order import TransformOrder
from leeboard.service.arns import ENDPOINT, MODEL, TRANSFORM_JOB
from leeboard.service.endpoints import containers_of
from leeboard.service.model_calls import ModelCalls
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


class Keeper:
    """A thread that starts what deployed endpoints need, and ends what nobody needs any more."""

    def __init__(self, service: Service, models: ModelCalls) -> None:
        self._service, self._models = service, models
        self._closing = Event()
        self._thread = Thread(target=self._run, name="leeboard-models", daemon=True)

    def start(self) -> None:
        self._thread.start()

    def close(self) -> None:
        self._closing.set()
        self._thread.join()

    def _run(self) -> None:
        self._begin()
        for n in count(1):
            if self._closing.wait(LOOK_S):
                return
            try:
                self._service.routes.refresh()
                if n % LOOKS_A_ROUND == 0:
                    self._end_unwanted()
            except Exception:
                _log.exception("the models of this server could not be looked after; it is tried again")

    def _end_unwanted(self) -> None:
        with self._service.database.read() as connection:
            wanted = wanted_containers(connection)
        self._models.keep(wanted)

    def _begin(self) -> None:
        """After a start, models of endpoints are made ready before the first request asks for them."""
        with self._service.database.read() as connection:
            deployed = list(deployed_containers(connection))
        for container, startup_s in deployed:
            if self._closing.is_set():
                return
            try:
                self._models.ready([container], startup_s)
            except HostingError as error:
                _log.warning("a model is not ready: %s", error)
