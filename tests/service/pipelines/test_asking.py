"""Executions that are begun again, and pipelines that are deleted meanwhile."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from threading import Event
from typing import Any

import pytest
from sqlalchemy import Connection

from leeboard.clock import now
from leeboard.service.arns import PIPELINE
from leeboard.service.pipelines import asking, pipelines
from leeboard.service.refusals import RefusalError, ResourceNotFoundError
from leeboard.service.resources import find
from leeboard.service.service import Service
from leeboard.state.database import Transaction
from overlapping import WAIT_S, overlap
from pipeline_definitions import ROLE, definition, fail

Act = Callable[[Service], Any]


@pytest.fixture
def failed(piped: Callable[..., Any]) -> Any:
    """An execution that has failed."""
    run = piped(fail("f")).bring_on()
    assert run.now.status == "Failed"
    return run


def retrying(run: Any) -> Act:
    arn = run.execution.arn(run.service.settings)
    return lambda service: asking.retry(service, {"PipelineExecutionArn": arn}, now())


def deleting(run: Any) -> Act:
    return lambda service: pipelines.delete(service, run.execution.pipeline_name, now())


def test_an_execution_of_a_deleted_pipeline_is_not_begun_again(failed: Any, service: Service) -> None:
    name = failed.execution.pipeline_name
    deleting(failed)(service)
    with pytest.raises(ResourceNotFoundError, match=f"Pipeline '.*{name}' does not exist"):
        failed.retry()
    made = {"PipelineName": name, "RoleArn": ROLE, "ClientRequestToken": "n" * 32}
    pipelines.create(service, made | {"PipelineDefinition": definition(fail("f"))}, now())
    with pytest.raises(ResourceNotFoundError, match="is another one of its name"):
        failed.retry()
    assert failed.now.status == "Failed"


def test_a_retry_that_is_sent_once_more_retries_once(failed: Any, service: Service) -> None:
    asked = {"PipelineExecutionArn": failed.execution.arn(service.settings), "ClientRequestToken": "t" * 32}
    for _ in range(2):  # the second while it runs, as if the first answer had been lost
        asking.retry(service, dict(asked), now())
        assert failed.now.status == "Executing"
    failed.bring_on()
    assert failed.now.status == "Failed"
    asking.retry(service, dict(asked), now())
    assert failed.now.status == "Failed"
    asking.retry(service, asked | {"ClientRequestToken": "u" * 32}, now())
    assert failed.now.status == "Executing"


@pytest.mark.parametrize("is_deleted_first", [False, True])
def test_a_pipeline_that_is_deleted_leaves_no_execution_that_runs(
    failed: Any, service: Service, is_deleted_first: bool
) -> None:
    is_there, may_go_on = Event(), Event()

    @contextmanager
    def slowly(transaction: Transaction) -> Iterator[Connection]:
        with transaction as connection:
            yield connection
            is_there.set()
            may_go_on.wait(WAIT_S)

    slow = replace(service, database=service.database.within(slowly))
    first, second = retrying(failed), deleting(failed)
    if is_deleted_first:
        first, second = second, first
    with pytest.raises(RefusalError, match=r"does not exist|has an execution that runs"):
        overlap(lambda: first(slow), lambda: second(service), is_there=is_there, may_go_on=may_go_on)
    with service.database.read() as connection:
        is_kept = find(connection, PIPELINE, failed.execution.pipeline_name) is not None
    assert (is_kept, failed.now.status) == ((False, "Failed") if is_deleted_first else (True, "Executing"))
