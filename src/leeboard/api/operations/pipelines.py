"""Pipelines and their executions."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, func, select

from leeboard.api.operations import Operations
from leeboard.api.wire import Call
from leeboard.formats.whole_number import whole_number
from leeboard.service.arns import PIPELINE
from leeboard.service.listing import Listing
from leeboard.service.pipelines import asking, pipelines
from leeboard.service.pipelines.kept import COLUMNS, STEP_COLUMNS, PipelineExecution, StepRow, without
from leeboard.service.pipelines.parameters import text_of
from leeboard.service.refusals import InvalidRequestError
from leeboard.service.resources import COLUMNS as RESOURCE_COLUMNS
from leeboard.service.resources import Resource
from leeboard.state.tables import pipeline_executions, pipeline_steps, resources

PIPELINES = Listing(
    resources,
    RESOURCE_COLUMNS,
    sorts={"CreationTime": resources.c.created_at, "Name": resources.c.key},
    times={"Created": resources.c.created_at},
)
EXECUTIONS = Listing(
    pipeline_executions,
    without(COLUMNS, "definition", "parameters", "selective"),
    sorts={
        "CreationTime": pipeline_executions.c.created_at,
        "PipelineExecutionArn": pipeline_executions.c.key,
    },
    times={"Created": pipeline_executions.c.created_at},
)
STEPS = Listing(
    pipeline_steps,
    without(STEP_COLUMNS, "asked", "properties"),
    sorts={"StartTime": pipeline_steps.c.started_at},
    times={"StartTime": pipeline_steps.c.started_at},
    size=100,
)
"""The SDK lists the steps of an execution without asking for a second page."""


def create_pipeline(call: Call) -> dict[str, Any]:
    asking.refuse_versions(call.params)
    return {"PipelineArn": pipelines.create(call.desk, dict(call.params), call.now).arn}


def update_pipeline(call: Call) -> dict[str, Any]:
    asking.refuse_versions(call.params)
    return {"PipelineArn": pipelines.update(call.desk, dict(call.params), call.now).arn}


def describe_pipeline(call: Call) -> dict[str, Any]:
    asking.refuse_versions(call.params)
    with call.desk.database.read() as connection:
        pipeline = pipelines.found(call.desk, connection, call.params["PipelineName"])
        last_at = _last_runs(connection, [pipeline.id]).get(pipeline.id)
    user: dict[str, Any] = {}
    return {
        "PipelineDisplayName": pipeline.name,
        **pipeline.document,
        "PipelineArn": pipeline.arn,
        "PipelineStatus": pipeline.status,
        "CreationTime": pipeline.created_at,
        "LastModifiedTime": pipeline.modified_at,
        "LastRunTime": last_at,
        "CreatedBy": user,
        "LastModifiedBy": user,
    }


def delete_pipeline(call: Call) -> dict[str, Any]:
    return {"PipelineArn": pipelines.delete(call.desk, call.params["PipelineName"], call.now).arn}


def list_pipelines(call: Call) -> dict[str, Any]:
    where = [resources.c.kind == PIPELINE]
    if prefix := call.params.get("PipelineNamePrefix"):
        where.append(resources.c.key.startswith(prefix.lower(), autoescape=True))
    with call.desk.database.read() as connection:
        rows, token = PIPELINES.page(connection, call.params, *where)
        found = [Resource.of(row) for row in rows]
        last = _last_runs(connection, [each.id for each in found])
    return {"PipelineSummaries": [_summary(each, last.get(each.id)) for each in found], "NextToken": token}


def _summary(pipeline: Resource, last_at: datetime | None) -> dict[str, Any]:
    return {
        "PipelineArn": pipeline.arn,
        "PipelineName": pipeline.name,
        "PipelineDisplayName": pipeline.document.get("PipelineDisplayName", pipeline.name),
        "PipelineDescription": pipeline.document.get("PipelineDescription"),
        "RoleArn": pipeline.document["RoleArn"],
        "CreationTime": pipeline.created_at,
        "LastModifiedTime": pipeline.modified_at,
        "LastExecutionTime": last_at,
    }


def _last_runs(connection: Connection, pipeline_ids: Sequence[int]) -> dict[int, datetime]:
    table = pipeline_executions
    query = select(table.c.pipeline_id, func.max(table.c.created_at)).where(
        table.c.pipeline_id.in_(pipeline_ids)
    )
    return {number: last_at for number, last_at in connection.execute(query.group_by(table.c.pipeline_id))}


def start_pipeline_execution(call: Call) -> dict[str, Any]:
    return _named(call, asking.start(call.desk, dict(call.params), call.now))


def stop_pipeline_execution(call: Call) -> dict[str, Any]:
    return _named(call, asking.stop(call.desk, call.params["PipelineExecutionArn"], call.now))


def retry_pipeline_execution(call: Call) -> dict[str, Any]:
    return _named(call, asking.retry(call.desk, dict(call.params), call.now))


def update_pipeline_execution(call: Call) -> dict[str, Any]:
    return _named(call, asking.describe_anew(call.desk, dict(call.params), call.now))


def _named(call: Call, execution: PipelineExecution) -> dict[str, Any]:
    return {"PipelineExecutionArn": execution.arn(call.desk.settings)}


def _found(call: Call) -> PipelineExecution:
    with call.desk.database.read() as connection:
        return asking.found(call.desk, connection, call.params["PipelineExecutionArn"])


def describe_pipeline_execution(call: Call) -> dict[str, Any]:
    execution = _found(call)
    user: dict[str, Any] = {}
    arn = execution.arn(call.desk.settings)
    return {
        "PipelineArn": arn.partition("/execution/")[0],
        "PipelineExecutionArn": arn,
        "PipelineExecutionDisplayName": _display_name(execution),
        "PipelineExecutionStatus": execution.status,
        "PipelineExecutionDescription": execution.description,
        "FailureReason": execution.failure_reason,
        "CreationTime": execution.created_at,
        "LastModifiedTime": execution.modified_at,
        "CreatedBy": user,
        "LastModifiedBy": user,
        "ParallelismConfiguration": _parallelism(execution),
        "SelectiveExecutionConfig": execution.selective,
        "RoleArn": execution.role,
    }


def _display_name(execution: PipelineExecution) -> str:
    """As AWS makes one up."""
    made_at = int(execution.created_at.timestamp() * 1000)
    return execution.display_name or f"execution-{made_at}"


def _parallelism(execution: PipelineExecution) -> dict[str, int] | None:
    if execution.most_parallel is None:
        return None
    return {"MaxParallelExecutionSteps": execution.most_parallel}


def list_pipeline_executions(call: Call) -> dict[str, Any]:
    asking.refuse_versions(call.params)
    with call.desk.database.read() as connection:
        pipeline = pipelines.found(call.desk, connection, call.params["PipelineName"])
        rows, token = EXECUTIONS.page(
            connection, call.params, pipeline_executions.c.pipeline_id == pipeline.id
        )
    found = [PipelineExecution.of(row) for row in rows]
    return {
        "PipelineExecutionSummaries": [
            {
                "PipelineExecutionArn": each.arn(call.desk.settings),
                "StartTime": each.created_at,
                "PipelineExecutionStatus": each.status,
                "PipelineExecutionDescription": each.description,
                "PipelineExecutionDisplayName": _display_name(each),
                "PipelineExecutionFailureReason": each.failure_reason,
            }
            for each in found
        ],
        "NextToken": token,
    }


def list_pipeline_execution_steps(call: Call) -> dict[str, Any]:
    execution = _found(call)
    with call.desk.database.read() as connection:
        rows, token = STEPS.page(connection, call.params, pipeline_steps.c.execution_id == execution.id)
    return {"PipelineExecutionSteps": [_step(StepRow.of(row)) for row in rows], "NextToken": token}


def _step(row: StepRow) -> dict[str, Any]:
    return {
        "StepName": row.name,
        "StepDisplayName": row.display_name,
        "StepDescription": row.description,
        "StartTime": row.started_at,
        "EndTime": row.ended_at,
        "StepStatus": row.status,
        "CacheHitResult": _source(row.cached_from),
        "SelectiveExecutionResult": _source(row.reused_from),
        "FailureReason": row.failure_reason,
        "Metadata": row.step_metadata or None,
        "AttemptCount": row.attempt,
    }


def _source(arn: str | None) -> dict[str, str] | None:
    return {"SourcePipelineExecutionArn": arn} if arn else None


def list_pipeline_parameters_for_execution(call: Call) -> dict[str, Any]:
    execution = _found(call)
    told = [{"Name": name, "Value": text_of(value)} for name, value in execution.parameters.items()]
    return _part(call, "PipelineParameters", told)


def _part(call: Call, member: str, told: list[dict[str, str]]) -> dict[str, Any]:
    """A page of a list that is there as a whole."""
    start = whole_number(call.params.get("NextToken") or "0", most=10**9 - 1)
    size = call.params.get("MaxResults") or 100
    if start is None:
        raise InvalidRequestError("NextToken is not one that this list gave out")
    end = start + size
    return {member: told[start:end], "NextToken": str(end) if end < len(told) else None}


def describe_pipeline_definition_for_execution(call: Call) -> dict[str, Any]:
    execution = _found(call)
    return {"PipelineDefinition": execution.definition, "CreationTime": execution.created_at}


ENTRY = Operations(
    "sagemaker",
    "pipelines",
    (
        create_pipeline,
        update_pipeline,
        describe_pipeline,
        delete_pipeline,
        list_pipelines,
        start_pipeline_execution,
        stop_pipeline_execution,
        retry_pipeline_execution,
        update_pipeline_execution,
        describe_pipeline_execution,
        list_pipeline_executions,
        list_pipeline_execution_steps,
        list_pipeline_parameters_for_execution,
        describe_pipeline_definition_for_execution,
    ),
    short_reads=frozenset({describe_pipeline, describe_pipeline_execution}),
)
