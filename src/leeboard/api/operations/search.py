"""Search over what is kept; models come as the rows of AWS's model dashboard."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from sqlalchemy import Row

from leeboard.api.operations import Operations
from leeboard.api.operations.endpoints import describe_endpoint
from leeboard.api.operations.executions import summary as execution_summary
from leeboard.api.operations.model_packages import describe_model_package, describe_model_package_group
from leeboard.api.operations.models import describe_model
from leeboard.api.operations.pipelines import describe_pipeline, describe_pipeline_execution
from leeboard.api.operations.training_jobs import describe_training_job
from leeboard.api.operations.transform_jobs import describe_transform_job
from leeboard.api.wire import Call
from leeboard.service.monitor_types import INLINE_TYPE
from leeboard.service.refusals import RefusalError
from leeboard.service.resources import Resource
from leeboard.service.search.found import Found, page
from leeboard.service.search.hosted import Hosted, WatchedBy, hosted

Describe = Callable[[Call], dict[str, Any]]
DESCRIBED: dict[str, tuple[str, Describe]] = {
    "Endpoint": ("EndpointName", describe_endpoint),
    "Model": ("ModelName", describe_model),
    "ModelPackage": ("ModelPackageName", describe_model_package),
    "ModelPackageGroup": ("ModelPackageGroupName", describe_model_package_group),
    "Pipeline": ("PipelineName", describe_pipeline),
    "PipelineExecution": ("PipelineExecutionArn", describe_pipeline_execution),
    "TrainingJob": ("TrainingJobName", describe_training_job),
}


def search(call: Call) -> dict[str, Any]:
    """A record holds the thing as its Describe operation tells it; what went away meanwhile is left out."""
    kind = call.params["Resource"]
    with call.desk.database.read() as connection:
        found = page(connection, call.desk.settings, call.params)
        names = [each.name for each in found.members]
        around = hosted(connection, names) if kind == "Model" and names else {}
    records = [_record(call, kind, each) for each in found.members]
    if kind == "Model":
        records = [
            record and _dashboard_row(call, record, around[each.name])
            for record, each in zip(records, found.members, strict=True)
        ]
    return {
        "Results": [{kind: record} for record in records if record],
        "NextToken": found.token,
        "TotalHits": {"Value": found.n_all, "Relation": "EqualTo"},
    }


def _record(call: Call, kind: str, each: Found) -> dict[str, Any] | None:
    try:
        told = _described(call, kind, each.name)
    except RefusalError:
        return None
    extra = {name: each.document[name] for name in ("Tags", "PipelineParameters") if each.document.get(name)}
    return told | extra


def _described(call: Call, kind: str, name: str) -> dict[str, Any]:
    member, describe = DESCRIBED[kind]
    return describe(replace(call, params={member: name}))


def _dashboard_row(call: Call, model: dict[str, Any], around: Hosted) -> dict[str, Any]:
    """There are no model cards here, so a row has none."""
    return {
        "Model": model,
        "Endpoints": [_endpoint(each) for each in around.endpoints] or None,
        "LastBatchTransformJob": _job(call, around.last_job),
        "MonitoringSchedules": [_schedule(call, each) for each in around.schedules] or None,
    }


def _endpoint(endpoint: Resource) -> dict[str, Any]:
    return {
        "EndpointName": endpoint.name,
        "EndpointArn": endpoint.arn,
        "EndpointStatus": endpoint.status,
        "CreationTime": endpoint.created_at,
        "LastModifiedTime": endpoint.modified_at,
    }


def _job(call: Call, job: Resource | None) -> dict[str, Any] | None:
    if job is None:
        return None
    try:
        return describe_transform_job(replace(call, params={"TransformJobName": job.name}))
    except RefusalError:
        return None


def _schedule(call: Call, watched: WatchedBy) -> dict[str, Any]:
    schedule = watched.schedule
    config = schedule.document["MonitoringScheduleConfig"]
    if "MonitoringJobDefinition" in config:
        config = config | {"MonitoringType": INLINE_TYPE}
    return {
        "MonitoringScheduleArn": schedule.arn,
        "MonitoringScheduleName": schedule.name,
        "MonitoringScheduleStatus": schedule.status,
        "MonitoringType": schedule.monitoring_type,
        "FailureReason": schedule.facts.get("failure"),
        "CreationTime": schedule.created_at,
        "LastModifiedTime": schedule.modified_at,
        "MonitoringScheduleConfig": config,
        "EndpointName": schedule.endpoint,
        "MonitoringAlertSummaries": [_alert(watched.alert)] if watched.alert else None,
        "LastMonitoringExecutionSummary": execution_summary(call.desk, watched.last)
        if watched.last
        else None,
        "BatchTransformInput": watched.batch_input,
    }


def _alert(alert: Row[Any]) -> dict[str, Any]:
    return {
        "MonitoringAlertName": alert.name,
        "CreationTime": alert.created_at,
        "LastModifiedTime": alert.modified_at,
        "AlertStatus": alert.status,
        "DatapointsToAlert": alert.datapoints_to_alert,
        "EvaluationPeriod": alert.evaluation_period,
        "Actions": {"ModelDashboardIndicator": {"Enabled": True}},
    }


ENTRY = Operations("sagemaker", "search", (search,))
