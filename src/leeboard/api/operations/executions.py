"""Executions of monitoring schedules."""

from typing import Any

from leeboard.api.operations import Operations
from leeboard.api.operations.kept import asked
from leeboard.api.wire import Call
from leeboard.service.arns import PROCESSING_JOB, arn_of
from leeboard.service.executions import COLUMNS, Execution
from leeboard.service.listing import Listing
from leeboard.service.service import Service
from leeboard.state.tables import executions

LISTING = Listing(
    executions,
    COLUMNS,
    sorts={
        "CreationTime": executions.c.created_at,
        "ScheduledTime": executions.c.scheduled_at,
        "Status": executions.c.status,
    },
    equals={
        "EndpointName": executions.c.endpoint,
        "StatusEquals": executions.c.status,
        "MonitoringJobDefinitionName": executions.c.definition,
        "MonitoringTypeEquals": executions.c.monitoring_type,
    },
    times={
        "ScheduledTime": executions.c.scheduled_at,
        "CreationTime": executions.c.created_at,
        "LastModifiedTime": executions.c.modified_at,
    },
)


def list_monitoring_executions(call: Call) -> dict[str, Any]:
    name = call.params.get("MonitoringScheduleName")
    where = [executions.c.schedule_key == name.lower()] if name else []
    with call.desk.database.read() as connection:
        rows, token = LISTING.page(connection, asked(connection, call.params), *where)
    return {
        "MonitoringExecutionSummaries": [summary(call.desk, Execution.of(row)) for row in rows],
        "NextToken": token,
    }


def summary(service: Service, execution: Execution) -> dict[str, Any]:
    """An execution as lists and descriptions tell it."""
    job = execution.job_name
    return {
        "MonitoringScheduleName": execution.schedule_name,
        "ScheduledTime": execution.scheduled_at,
        "CreationTime": execution.created_at,
        "LastModifiedTime": execution.modified_at,
        "MonitoringExecutionStatus": execution.status,
        "ProcessingJobArn": arn_of(service.settings, PROCESSING_JOB, job) if job else None,
        "EndpointName": execution.endpoint,
        "FailureReason": execution.failure_reason,
        "MonitoringJobDefinitionName": execution.definition,
        "MonitoringType": execution.monitoring_type,
    }


ENTRY = Operations("sagemaker", "monitoring executions", (list_monitoring_executions,))
