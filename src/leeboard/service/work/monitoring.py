"""The processing job of one execution: its inputs, its environment, its outputs."""

from collections.abc import Iterator
from typing import Any

from leeboard.errors import InputError
from leeboard.hosting.mapping import builtin_of
from leeboard.jobs.places import MESSAGE, METRICS
from leeboard.service.arns import PROCESSING_JOB
from leeboard.service.definitions import with_baseline_files
from leeboard.service.executions import Execution
from leeboard.service.monitor import Monitor
from leeboard.service.monitor_types import MONITOR_TYPES
from leeboard.service.resources import Resource, find
from leeboard.service.schedules.names import result_folder
from leeboard.service.service import Service
from leeboard.service.work.batch_feed import batch_feed
from leeboard.service.work.endpoint_feed import endpoint_feed
from leeboard.service.work.feed import TIME, Feed, MonitoringJob, stored_input
from leeboard.service.work.merging import merged_feed

NO_DATA = "Job inputs had no data"
STATISTICS = "/opt/ml/processing/baseline/stats"
CONSTRAINTS = "/opt/ml/processing/baseline/constraints"
CODE = "/opt/ml/processing/code"
CONFIGURATION = "/opt/ml/processing/input/config"


def monitoring_job(
    service: Service, schedule: Resource, execution: Execution, monitor: Monitor
) -> MonitoringJob:
    """What is to be run for an execution.

    Raises:
        NoDataError: nothing was captured in the window; says where it was looked for.
    """
    feed = _feed(service, execution, monitor)
    results = result_folder(
        monitor.output_uri,
        schedule=schedule.name,
        scheduled_at=execution.scheduled_at,
        endpoint=execution.endpoint,
    )
    baseline = list(_baseline(service, monitor))
    scripts = list(_scripts(monitor))
    config = list(_configuration(monitor))
    extra = [*(each for each, _ in (*baseline, *scripts)), *config]
    told = dict(pair for _, pair in (*baseline, *scripts))
    name = execution.analysis_name
    request = {
        "ProcessingJobName": name,
        "ProcessingInputs": [*extra, *feed.inputs],
        "ProcessingOutputConfig": _output(monitor, results),
        "ProcessingResources": {"ClusterConfig": monitor.cluster},
        "StoppingCondition": {"MaxRuntimeInSeconds": monitor.max_runtime_s},
        "AppSpecification": _application(monitor),
        "Environment": {
            **_environment(schedule, execution, monitor), **feed.environment, **told, **monitor.environment
        },
        "NetworkConfig": monitor.network,
        "RoleArn": monitor.role,
    }  # fmt: skip
    return MonitoringJob(name, {key: value for key, value in request.items() if value is not None}, results)


def _feed(service: Service, execution: Execution, monitor: Monitor) -> Feed:
    if monitor.merges:
        return merged_feed(execution, monitor)
    if monitor.endpoint_input is not None:
        return endpoint_feed(service, execution, monitor)
    return batch_feed(execution, monitor)


def _baseline(service: Service, monitor: Monitor) -> Iterator[tuple[dict[str, Any], tuple[str, str]]]:
    with service.database.read() as connection:
        named = with_baseline_files(connection, monitor.baseline, monitor.monitoring_type)
    for member, input_name, folder, variable in (
        ("StatisticsResource", "baseline", STATISTICS, "baseline_statistics"),
        ("ConstraintsResource", "constraints", CONSTRAINTS, "baseline_constraints"),
    ):
        if uri := (named.get(member) or {}).get("S3Uri"):
            yield stored_input(input_name, uri, folder), (variable, f"{folder}/{uri.rpartition('/')[2]}")


def check_baseline(service: Service, monitor: Monitor) -> None:
    """Without what its baselining job was to give, an execution would compare with nothing, and be clean.

    Raises:
        InputError: the job did not complete, or is not there.
    """
    name = monitor.baseline.get("BaseliningJobName")
    if not name or "ConstraintsResource" in monitor.baseline:
        return
    with service.database.read() as connection:
        job = find(connection, PROCESSING_JOB, name)
    if job is None or job.status != "Completed":
        ended = f"ended as {job.status}" if job else "is not there"
        reason = f" It said: {job.facts['failure']}" if job and "failure" in job.facts else ""
        raise InputError(
            f"the baselining job {name} {ended}: run one again, and update the schedule to a definition that "
            f"names it or its constraints.{reason}"
        )


def _configuration(monitor: Monitor) -> Iterator[dict[str, Any]]:
    """What a bias or explainability monitor is to do."""
    if uri := monitor.application.get("ConfigUri"):
        yield stored_input("analysis_config", uri, CONFIGURATION)


def _scripts(monitor: Monitor) -> Iterator[tuple[dict[str, Any], tuple[str, str]]]:
    for member, input_name, folder, variable in (
        (
            "RecordPreprocessorSourceUri",
            "pre_processor_script",
            "preprocessing",
            "record_preprocessor_script",
        ),
        (
            "PostAnalyticsProcessorSourceUri",
            "post_processor_script",
            "postprocessing",
            "post_analytics_processor_script",
        ),
    ):
        if uri := monitor.application.get(member):
            path = f"{CODE}/{folder}"
            yield stored_input(input_name, uri, path), (variable, f"{path}/{uri.rpartition('/')[2]}")


def _output(monitor: Monitor, results: str) -> dict[str, Any]:
    given = monitor.output["MonitoringOutputs"][0]["S3Output"]
    stored = {
        "S3Uri": results,
        "LocalPath": given["LocalPath"],
        "S3UploadMode": given.get("S3UploadMode", "Continuous"),
    }
    config: dict[str, Any] = {"Outputs": [{"OutputName": "result", "AppManaged": False, "S3Output": stored}]}
    if key := monitor.output.get("KmsKeyId"):
        config["KmsKeyId"] = key
    return config


def _application(monitor: Monitor) -> dict[str, Any]:
    names = ("ImageUri", "ContainerEntrypoint", "ContainerArguments")
    return {name: monitor.application[name] for name in names if name in monitor.application}


def _environment(schedule: Resource, execution: Execution, monitor: Monitor) -> dict[str, str]:
    return {
        **_analysis(monitor),
        **_places(monitor),
        "output_path": monitor.output_path,
        "publish_cloudwatch_metrics": "Disabled",
        "start_time": execution.window_start_at.strftime(TIME),
        "end_time": execution.window_end_at.strftime(TIME),
        "metric_time": execution.window_start_at.strftime(TIME),
        "sagemaker_monitoring_schedule_name": schedule.name,
    }


def _places(monitor: Monitor) -> dict[str, str]:
    """Images of others are told what ours know."""
    if builtin_of(monitor.application["ImageUri"]):
        return {}
    return {"output_message_file": MESSAGE, "cloudwatch_metrics_directory": METRICS}


def _analysis(monitor: Monitor) -> dict[str, str]:
    """Data quality and model quality have one image; the first needs no word for it."""
    kind = MONITOR_TYPES[monitor.monitoring_type]
    if not kind.analysis_type:
        return {}
    problem = monitor.application.get("ProblemType")
    return {"analysis_type": kind.analysis_type, **({"problem_type": problem} if problem else {})}
