"""Executions of pipelines: started, stopped and begun again where they failed."""

import secrets
import string
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import Connection

from leeboard.service.pipelines import pipelines
from leeboard.service.pipelines.definition import Definition, definition_of
from leeboard.service.pipelines.kept import (
    PipelineExecution,
    add_execution,
    add_step,
    find_by_key,
    find_by_token,
    set_execution,
    set_steps,
    steps_of,
    was_retried_by,
)
from leeboard.service.pipelines.parameters import values_of
from leeboard.service.pipelines.selecting import Selection, check_source
from leeboard.service.queue import put, wake
from leeboard.service.refusals import InvalidRequestError, ResourceNotFoundError
from leeboard.service.resources import Resource
from leeboard.service.service import Service
from leeboard.state.tables import pipeline_executions, pipeline_steps

WORK = "pipeline"
"""The kind of work that brings an execution on."""
AGAIN = ("Failed", "Stopped")
"""Executions and steps that a retry begins again."""
KEY_LENGTH = 12
LETTERS = string.ascii_lowercase + string.digits


def start(service: Service, params: dict[str, Any], now: datetime) -> PipelineExecution:
    """Begin an execution; a request that comes again with its token finds the one that it has begun.

    Raises:
        ResourceNotFoundError: there is no such pipeline.
        InvalidRequestError: the parameters are not those of the pipeline, or the steps that are selected
            cannot run.
    """
    refuse_versions(params)
    with service.database.write() as connection:
        pipeline = pipelines.found(service, connection, params["PipelineName"])
        token = params["ClientRequestToken"]
        execution = find_by_token(connection, pipeline.id, token)
        if execution is None:
            execution = _added(service, connection, pipeline, params, now)
            put(connection, WORK, str(execution.id), ready_at=now)
    service.bell.ring()
    return execution


def refuse_versions(params: dict[str, Any]) -> None:
    """A pipeline has one version here.

    Raises:
        InvalidRequestError: another one is asked for.
    """
    for name in ("PipelineVersionId", "PipelineVersionAlias", "PipelineVersionAliases"):
        if params.get(name) not in (None, [], 1):
            raise InvalidRequestError(f"{name}: leeboard keeps the latest version of a pipeline alone")


def _added(
    service: Service, connection: Connection, pipeline: Resource, params: dict[str, Any], now: datetime
) -> PipelineExecution:
    text, config = pipeline.document["PipelineDefinition"], params.get("SelectiveExecutionConfig")
    definition = definition_of(text)
    values = values_of(definition.parameters, params.get("PipelineParameters") or ())
    reused = _reused(service, connection, pipeline, definition, config) if config else []
    parallel = params.get("ParallelismConfiguration") or pipeline.document.get("ParallelismConfiguration")
    execution = add_execution(
        connection,
        key="".join(secrets.choice(LETTERS) for _ in range(KEY_LENGTH)),
        pipeline_id=pipeline.id,
        pipeline_name=pipeline.name,
        token=params["ClientRequestToken"],
        status="Executing",
        display_name=params.get("PipelineExecutionDisplayName"),
        description=params.get("PipelineExecutionDescription"),
        role=params.get("RoleArn") or pipeline.document["RoleArn"],
        most_parallel=(parallel or {}).get("MaxParallelExecutionSteps"),
        parameters=values,
        definition=text,
        selective=config,
        created_at=now,
        modified_at=now,
    )
    for columns in reused:
        add_step(connection, execution.id, now=now, begin_at=now, ended_at=now, **columns)
    return execution


def _reused(
    service: Service,
    connection: Connection,
    pipeline: Resource,
    definition: Definition,
    config: Mapping[str, Any],
) -> list[dict[str, Any]]:
    """Steps that do not run, as an earlier execution has them, for those that do."""
    selection = Selection.of(definition, config["SelectedSteps"])
    arn: str | None = config.get("SourcePipelineExecutionArn")
    if arn is None:
        return selection.reused({}, None)
    source = found(service, connection, arn)
    check_source(source, arn, pipeline)
    return selection.reused(steps_of(connection, source.id), arn)


def stop(service: Service, arn: str, now: datetime) -> PipelineExecution:
    """Ask an execution to end, with the jobs of its steps; one that is being stopped is left as it is.

    Raises:
        ResourceNotFoundError: there is none.
        InvalidRequestError: it has ended.
    """
    with service.database.write() as connection:
        execution = found(service, connection, arn)
        wake(connection, WORK, str(execution.id), now=now)  # first, as who ends it takes its work first
        runs = pipeline_executions.c.status == "Executing"
        if not set_execution(connection, execution.id, runs, now=now, status="Stopping"):
            execution = found(service, connection, arn)
            if execution.status != "Stopping":
                raise InvalidRequestError(f"Pipeline execution {arn} has ended already: {execution.status}")
    service.bell.ring()
    return execution


def retry(service: Service, params: dict[str, Any], now: datetime) -> PipelineExecution:
    """Go on where an execution failed or was stopped; what succeeded is kept.

    A request that comes again with its token changes nothing more.

    Raises:
        ResourceNotFoundError: there is none, or its pipeline was deleted.
        InvalidRequestError: it runs, or has succeeded.
    """
    with service.database.write() as connection:
        execution = found(service, connection, params["PipelineExecutionArn"])
        _hold_pipeline(service, connection, execution)
        token = params.get("ClientRequestToken")
        if was_retried_by(connection, execution.id, token):
            return execution
        values: dict[str, Any] = {"status": "Executing", "failure_reason": None, "ended_at": None}
        values["retry_token"] = token
        if parallel := params.get("ParallelismConfiguration"):
            values["most_parallel"] = parallel["MaxParallelExecutionSteps"]
        has_ended = pipeline_executions.c.status.in_(AGAIN)
        if not set_execution(connection, execution.id, has_ended, now=now, **values):
            raise InvalidRequestError(
                f"Only an execution that Failed or was Stopped can be retried; this one is {execution.status}"
            )
        again: dict[str, Any] = {
            "status": "Starting",
            "attempt": pipeline_steps.c.attempt + 1,
            "first_attempt": pipeline_steps.c.attempt + 1,
            "asked": {},
            "failure_reason": None,
            "ended_at": None,
            "begin_at": now,
            "started_at": now,
            "modified_at": now,
        }
        set_steps(connection, execution.id, AGAIN, **again)
        put(connection, WORK, str(execution.id), ready_at=now)
    service.bell.ring()
    return execution


def _hold_pipeline(service: Service, connection: Connection, execution: PipelineExecution) -> None:
    """Who deletes the pipeline sees that the execution runs, or it does not run any more.

    Raises:
        ResourceNotFoundError: it was deleted.
    """
    pipeline = pipelines.found(service, connection, execution.pipeline_name)
    if pipeline.id != execution.pipeline_id:
        raise ResourceNotFoundError(
            f"The pipeline of this execution was deleted; '{pipeline.arn}' is another one of its name."
        )


def describe_anew(service: Service, params: dict[str, Any], now: datetime) -> PipelineExecution:
    """Change the name that is shown, the description, and how many steps may run at once."""
    names = {"PipelineExecutionDescription": "description", "PipelineExecutionDisplayName": "display_name"}
    columns = {column: params[name] for name, column in names.items() if name in params}
    if parallel := params.get("ParallelismConfiguration"):
        columns["most_parallel"] = parallel["MaxParallelExecutionSteps"]
    with service.database.write() as connection:
        execution = found(service, connection, params["PipelineExecutionArn"])
        set_execution(connection, execution.id, now=now, **columns)
    return execution


def found(service: Service, connection: Connection, arn: str) -> PipelineExecution:
    """An execution by its ARN.

    Raises:
        ResourceNotFoundError: there is none.
    """
    execution = find_by_key(connection, arn.rpartition("/")[2])
    if execution is None or execution.arn(service.settings).lower() != arn.lower():
        raise ResourceNotFoundError(f"Pipeline execution with ARN '{arn}' does not exist.")
    return execution
