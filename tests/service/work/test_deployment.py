"""Deployments that something else comes between."""

import asyncio
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from threading import Event
from typing import Any

import pytest
from sqlalchemy import select

from leeboard.hosting.hosts import Hosts
from leeboard.hosting.mapping import ModelRoute
from leeboard.service import endpoints, jobs
from leeboard.service.arns import ENDPOINT, TRANSFORM_JOB
from leeboard.service.model_calls import ModelCalls
from leeboard.service.queue import claim
from leeboard.service.resources import Resource, add, find
from leeboard.service.service import Service
from leeboard.service.work.kinds import transform
from leeboard.service.work.kinds.deployment import perform
from leeboard.service.work.task import Task
from leeboard.state.tables import work
from overlapping import overlap

AT = datetime(2026, 1, 1, tzinfo=UTC)


class Between(ModelCalls):
    """Does something else before it says that a model is ready."""

    def __init__(self, service: Service, something: Callable[[], None] = lambda: None) -> None:
        loop = asyncio.new_event_loop()
        loop.close()
        super().__init__(Hosts(service.settings.models, service.routes.find), loop)
        self.something = something
        self.images: list[str] = []

    def ready(self, containers: Any, timeout_s: float) -> None:
        self.images += [each["Image"] for each in containers]
        something, self.something = self.something, lambda: None
        something()


@pytest.fixture
def deploy(service: Service) -> Callable[[str], None]:
    """Makes the endpoint `churn` of a model of that image."""

    def make(image: str) -> None:
        model = {"ModelName": image, "PrimaryContainer": {"Image": image}}
        config = {"ProductionVariants": [{"VariantName": "A", "ModelName": image}]}
        asked = {"EndpointName": "churn", "EndpointConfigName": image}
        with service.database.write() as connection:
            add(connection, service.settings, "model", image, model, now=AT)
            add(connection, service.settings, "endpoint-config", image, config, now=AT)
            endpoints.create_in(connection, service, asked, AT)

    return make


def taken(service: Service, models: ModelCalls, kind: str = "deployment") -> Task:
    held = claim(service.database, "me", [kind], now=AT + timedelta(days=40_000), lease_s=20)
    assert held is not None
    return Task(service, models, held)


def churn(service: Service) -> Resource:
    with service.database.read() as connection:
        found = find(connection, ENDPOINT, "churn")
    assert found is not None
    return found


def states(service: Service) -> list[str]:
    with service.database.read() as connection:
        return list(connection.execute(select(work.c.state)).scalars())


def test_an_endpoint_that_was_made_anew_meanwhile_is_in_service_once_its_own_model_is_ready(
    service: Service, deploy: Callable[[str], None]
) -> None:
    def make_anew() -> None:
        endpoints.delete(service, "churn", AT)
        deploy("new")

    deploy("old")
    models = Between(service, make_anew)
    perform(taken(service, models))
    assert (churn(service).status, states(service), models.images) == ("Creating", ["Ready"], ["old"])
    perform(taken(service, models))
    assert (churn(service).status, states(service), models.images) == ("InService", [], ["old", "new"])


def test_an_endpoint_that_was_deleted_meanwhile_leaves_nothing(
    service: Service, deploy: Callable[[str], None]
) -> None:
    deploy("old")
    perform(taken(service, Between(service, lambda: endpoints.delete(service, "churn", AT))))
    assert states(service) == []


def test_an_endpoint_that_is_made_anew_while_its_deployment_ends_is_deployed(
    service: Service, deploy: Callable[[str], None]
) -> None:
    deploy("old")
    task = taken(service, Between(service))
    endpoints.delete(service, "churn", AT)
    is_made, may_be_kept = Event(), Event()

    def make_anew() -> None:
        with service.database.write() as connection:
            asked = {"EndpointName": "churn", "EndpointConfigName": "old"}
            endpoints.create_in(connection, service, asked, AT)
            is_made.set()
            may_be_kept.wait(120)

    overlap(make_anew, partial(perform, task), is_there=is_made, may_go_on=may_be_kept)
    assert (churn(service).status, states(service)) == ("Creating", ["Ready"])


@pytest.fixture
def ended(service: Service) -> Iterator[ModelCalls]:
    """The models of a server that is just ending."""
    with asyncio.Runner() as runner:
        hosts = Hosts(service.settings.models, lambda image: ModelRoute(image, command="cat"))
        runner.run(hosts.close())
        loop = runner.get_loop()

        class Here(ModelCalls):
            def _wait(self, call: Any, timeout_s: float) -> Any:
                return runner.run(call)

        yield Here(hosts, loop)


def test_an_endpoint_does_not_fail_because_the_server_ends(
    service: Service, deploy: Callable[[str], None], ended: ModelCalls
) -> None:
    """Models end at once, and the worker may not have been told yet."""
    deploy("old")
    task = taken(service, ended)
    assert not task.is_closing.is_set()
    perform(task)
    assert (churn(service).status, states(service)) == ("Creating", ["Ready"])


def put_transform(service: Service, source_uri: str = "s3://b/in") -> None:
    """The job `t` of a model."""
    model = {"ModelName": "m", "PrimaryContainer": {"Image": "m"}}
    source = {"S3DataSource": {"S3DataType": "S3Prefix", "S3Uri": source_uri}}
    asked = {
        "TransformJobName": "t",
        "ModelName": "m",
        "TransformInput": {"DataSource": source},
        "TransformOutput": {"S3OutputPath": "s3://b/out"},
    }
    with service.database.write() as connection:
        add(connection, service.settings, "model", "m", model, now=AT)
        jobs.create_in(connection, service.settings, TRANSFORM_JOB, asked, AT)


def status_of_transform(service: Service) -> str:
    with service.database.read() as connection:
        job = find(connection, TRANSFORM_JOB, "t")
    assert job is not None
    return job.status


def test_a_transform_job_does_not_fail_because_the_server_ends(service: Service, ended: ModelCalls) -> None:
    put_transform(service)
    transform.perform(taken(service, ended, "transform"))
    assert (status_of_transform(service), states(service)) == ("InProgress", ["Ready"])


def test_a_transform_job_leaves_the_folder_of_a_processing_job_of_its_name_alone(
    service: Service, tmp_path: Path
) -> None:
    theirs = service.settings.scratch / "t/1/opt"
    theirs.mkdir(parents=True)
    put_transform(service, str(tmp_path / "nothing"))
    transform.perform(taken(service, Between(service), "transform"))
    assert status_of_transform(service) == "Failed"
    assert theirs.is_dir()
