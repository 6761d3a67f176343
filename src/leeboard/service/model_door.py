"""One job's way to the models: what it asks for is found once, made ready, and kept until the job ends."""

import asyncio
from collections.abc import Sequence
from typing import Any

from sqlalchemy import Connection

from leeboard.errors import InputError
from leeboard.hosting.containers import ContainerSpec
from leeboard.hosting.failures import HostingError
from leeboard.service.arns import ENDPOINT, MODEL
from leeboard.service.endpoints import DEFAULT_STARTUP_S, containers_of
from leeboard.service.model_calls import ModelCalls
from leeboard.service.resources import find, find_all
from leeboard.service.service import Service

MOST_NAMES = 20
"""Names that a message lists."""


class NoSuchModelError(InputError):
    """No model or endpoint of that name."""


class Door:
    """What one job has asked for; lives in the loop of the models.

    An endpoint that is deployed anew while a job runs does not change what the job asks.
    """

    def __init__(self, service: Service, models: ModelCalls) -> None:
        self._service, self._models = service, models
        self._found: dict[tuple[str, str], asyncio.Task[list[ContainerSpec]]] = {}
        self._held: list[ContainerSpec] = []
        self._is_closed = False

    async def find(self, kind: str, name: str) -> list[ContainerSpec]:
        """The containers behind a name of `models` or `endpoints`, once they can be asked.

        Raises:
            NoSuchModelError: there is none of that name; says which are there.
            HostingError: it cannot be started, or has nothing that answers.
        """
        key = (kind, name)
        finding = self._found.get(key)
        if finding is None:
            finding = self._found[key] = asyncio.create_task(self._make_ready(kind, name))
        try:
            return await asyncio.shield(finding)  # another request may wait for it, too
        except Exception:  # whatever it was may be gone when it is asked for again
            if self._found.get(key) is finding:
                del self._found[key]
            raise

    def close(self) -> None:
        """Nothing is needed any more."""
        self._is_closed = True
        for finding in self._found.values():
            finding.cancel()
        self._models.release(self._held)
        self._held = []

    async def _make_ready(self, kind: str, name: str) -> list[ContainerSpec]:
        containers, startup_s = await asyncio.to_thread(self._look, kind, name)
        specs = [ContainerSpec.of(container) for container in containers]
        if not self._is_closed:
            self._models.hold(specs)
            self._held += specs
        for spec in specs:
            await self._models.hosts.ready(spec, startup_s)
        return specs

    def _look(self, kind: str, name: str) -> tuple[Sequence[dict[str, Any]], float]:
        with self._service.database.read() as connection:
            return (_of_model if kind == "models" else _of_endpoint)(connection, name)


def _of_model(connection: Connection, name: str) -> tuple[Sequence[dict[str, Any]], float]:
    model = find(connection, MODEL, name)
    if model is None:
        raise NoSuchModelError(_none_of(connection, MODEL, name))
    return containers_of(model), DEFAULT_STARTUP_S


def _of_endpoint(connection: Connection, name: str) -> tuple[Sequence[dict[str, Any]], float]:
    """Of the variant with the most traffic, so that all answers are of one model."""
    endpoint = find(connection, ENDPOINT, name)
    if endpoint is None:
        raise NoSuchModelError(_none_of(connection, ENDPOINT, name))
    variants = endpoint.facts.get("variants", [])
    if not variants:
        raise HostingError("not_ready", f"the endpoint {name} is {endpoint.status} and has no model yet")
    variant = max(variants, key=lambda each: each["weight"])
    return variant["containers"], variant.get("startup_s", DEFAULT_STARTUP_S)


def _none_of(connection: Connection, kind: str, name: str) -> str:
    there = [each.name for each in find_all(connection, kind)]
    more = f" and {len(there) - MOST_NAMES} more" if len(there) > MOST_NAMES else ""
    listed = ", ".join(there[-MOST_NAMES:]) or "none"
    return f"there is no {kind} named {name!r}; those that are there: {listed}{more}"
