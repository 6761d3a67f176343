"""Deployments: an endpoint's pending configuration is made ready, and answers from then on."""

from sqlalchemy import Connection

from leeboard.hosting.failures import HostingError
from leeboard.service import endpoints
from leeboard.service.arns import ENDPOINT
from leeboard.service.resources import Resource, find
from leeboard.service.work.kinds import Kind
from leeboard.service.work.task import Task


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
    if task.is_closing.is_set() and failure:
        task.later(0)
        return
    give_up(task, failure)


def give_up(task: Task, failure: str | None) -> None:
    """Write how it ended; for None that the configuration is in service."""
    with task.finishing() as connection:
        endpoint = _pending(connection, task.claim.subject)
        if endpoint and failure:
            endpoints.not_deployed(connection, endpoint, failure, now=task.now)
        elif endpoint:
            endpoints.deployed(connection, endpoint, now=task.now)


def _endpoint(task: Task) -> Resource | None:
    with task.service.database.read() as connection:
        return _pending(connection, task.claim.subject)


def _pending(connection: Connection, name: str) -> Resource | None:
    endpoint = find(connection, ENDPOINT, name)
    return endpoint if endpoint and "pending" in endpoint.facts else None


ENTRY = Kind(endpoints.DEPLOYMENT, perform, give_up, crew="deployments")
