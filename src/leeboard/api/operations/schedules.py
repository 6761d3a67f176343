"""Monitoring schedules."""

from dataclasses import replace
from typing import Any

from sqlalchemy import Connection

from leeboard.api.operations import Operations
from leeboard.api.operations.executions import summary as execution_summary
from leeboard.api.operations.kept import STATED, listed
from leeboard.api.wire import Call
from leeboard.service import scheduling
from leeboard.service.arns import SCHEDULE
from leeboard.service.definitions import with_baseline_files
from leeboard.service.executions import latest
from leeboard.service.monitor_types import INLINE_TYPE
from leeboard.service.resources import Resource
from leeboard.state.tables import resources

LISTING = replace(
    STATED,
    equals={
        **STATED.equals,
        "EndpointName": resources.c.endpoint,
        "MonitoringJobDefinitionName": resources.c.definition,
        "MonitoringTypeEquals": resources.c.monitoring_type,
    },
)


def create_monitoring_schedule(call: Call) -> dict[str, Any]:
    return {"MonitoringScheduleArn": scheduling.create(call.desk, call.params, call.now).arn}


def update_monitoring_schedule(call: Call) -> dict[str, Any]:
    name, config = call.params["MonitoringScheduleName"], call.params["MonitoringScheduleConfig"]
    return {"MonitoringScheduleArn": scheduling.update(call.desk, name, config, call.now).arn}


def start_monitoring_schedule(call: Call) -> dict[str, Any]:
    scheduling.start(call.desk, call.params["MonitoringScheduleName"], call.now)
    return {}


def stop_monitoring_schedule(call: Call) -> dict[str, Any]:
    scheduling.stop(call.desk, call.params["MonitoringScheduleName"], call.now)
    return {}


def delete_monitoring_schedule(call: Call) -> dict[str, Any]:
    scheduling.delete(call.desk, call.params["MonitoringScheduleName"], call.now)
    return {}


def describe_monitoring_schedule(call: Call) -> dict[str, Any]:
    with call.desk.database.read() as connection:
        schedule = scheduling.existing(connection, call.params["MonitoringScheduleName"])
        last = latest(connection, [schedule.id]).get(schedule.id)
        config = _config(connection, schedule)
    return _summary(schedule) | {
        "MonitoringScheduleConfig": config,
        "FailureReason": schedule.facts.get("failure"),
        "LastMonitoringExecutionSummary": execution_summary(call.desk, last) if last else None,
    }


def _config(connection: Connection, schedule: Resource) -> dict[str, Any]:
    """As it was sent; an inline definition with its type, and with what the SDK reads unasked."""
    config = dict(schedule.document["MonitoringScheduleConfig"])
    if inline := config.get("MonitoringJobDefinition"):
        told = {"Environment": {}} | inline
        if "BaselineConfig" in inline:
            told["BaselineConfig"] = with_baseline_files(connection, inline["BaselineConfig"], INLINE_TYPE)
        config |= {"MonitoringJobDefinition": told, "MonitoringType": INLINE_TYPE}
    return config


def _summary(schedule: Resource) -> dict[str, Any]:
    return {
        "MonitoringScheduleName": schedule.name,
        "MonitoringScheduleArn": schedule.arn,
        "MonitoringScheduleStatus": schedule.status,
        "CreationTime": schedule.created_at,
        "LastModifiedTime": schedule.modified_at,
        "EndpointName": schedule.endpoint,
        "MonitoringJobDefinitionName": schedule.definition,
        "MonitoringType": schedule.monitoring_type,
    }


def list_monitoring_schedules(call: Call) -> dict[str, Any]:
    page, token = listed(call, LISTING, SCHEDULE)
    return {"MonitoringScheduleSummaries": [_summary(schedule) for schedule in page], "NextToken": token}


ENTRY = Operations(
    "sagemaker",
    "monitoring schedules",
    (
        create_monitoring_schedule,
        describe_monitoring_schedule,
        update_monitoring_schedule,
        start_monitoring_schedule,
        stop_monitoring_schedule,
        delete_monitoring_schedule,
        list_monitoring_schedules,
    ),
    short_reads=frozenset({describe_monitoring_schedule}),
)
