"""Deployments: an endpoint's pending configuration is made ready, and answers from then on."""

from sqlalchemy import Connection

from leeboard.hosting.failures import HostingError
from leeboard.service import endpoints
from leeboard.service.arns import ENDPOINT
from leeboard.service.queue import put
from leeboard.service.resources import Resource, find
from leeboard.service.work.kinds import Kind
from leeboard.service.work.task import Task

GIVEN_BACK_S = 1.0
"""Longer than a process that ends goes on to take work."""


def perform(task: Task) -> None:
    """Ask for all containers of all variants."""
    endpoint = _endpoint(task)
    failure = None
    if endpoint:
        task.service.routes.refresh()  # another server may have mapped an image just now
        try:
            for variant in endpoint.facts["pending"]["variants"]:
                task.models.ready(variant["containers"], variant["startup_s"])
        except HostingError as error:
            failure = str(error)
    if failure and (task.is_closing.is_set() or task.models.is_closing):
        task.later(GIVEN_BACK_S)
        return
    with task.finishing() as connection:
        there = _pending(connection, task.claim.subject)
        if there is None:
            return
        if endpoint is None or _is_another(there, endpoint):
            put(connection, endpoints.DEPLOYMENT, there.name, ready_at=task.now)
        elif failure:
            endpoints.not_deployed(connection, there, failure, now=task.now)
        else:
            endpoints.deployed(connection, there, now=task.now)


def give_up(task: Task, failure: str) -> None:
    """It failed for good."""
    with task.finishing() as connection:
        if endpoint := _pending(connection, task.claim.subject):
            endpoints.not_deployed(connection, endpoint, failure, now=task.now)


def _is_another(there: Resource, endpoint: Resource) -> bool:
    """Whether it was deleted and made anew meanwhile, so that other containers have to be ready."""
    return (there.id, there.facts["pending"]) != (endpoint.id, endpoint.facts["pending"])


def _endpoint(task: Task) -> Resource | None:
    with task.service.database.read() as connection:
        return _pending(connection, task.claim.subject)


def _pending(connection: Connection, name: str) -> Resource | None:
    endpoint = find(connection, ENDPOINT, name)
    return endpoint if endpoint and "pending" in endpoint.facts else None


ENTRY = Kind(endpoints.DEPLOYMENT, perform, give_up, crew="deployments")
