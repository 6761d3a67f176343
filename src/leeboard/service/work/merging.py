"""The job that joins captured records with their labels, and what it leaves for the analysis."""

import json
from collections.abc import Iterator
from typing import Any

from leeboard.errors import NoDataError
from leeboard.hosting.mapping import MERGER, repository_name
from leeboard.service.executions import Execution
from leeboard.service.monitor import Monitor
from leeboard.service.service import Service
from leeboard.service.work.batch_feed import batch_feed
from leeboard.service.work.endpoint_feed import CAPTURED, endpoint_feed
from leeboard.service.work.feed import TIME, Feed, MonitoringJob, attributes_of, stored_input
from leeboard.storage import folder_names, join, list_objects
from leeboard.storage.layout import hour_folder, hours_of, merged_name

LABELS = "/opt/ml/processing/groundtruth"
OUTPUT = "/opt/ml/processing/output"


def merge_job(service: Service, execution: Execution, monitor: Monitor) -> MonitoringJob:
    """The merge that goes before the analysis of an execution.

    Raises:
        NoDataError: nothing was captured in the window, or there is no label for it.
    """
    is_endpoint = monitor.endpoint_input is not None
    feed = endpoint_feed(service, execution, monitor) if is_endpoint else batch_feed(execution, monitor)
    name = execution.merge_name
    request = {
        "ProcessingJobName": name,
        "ProcessingInputs": [*_labels(service, execution, monitor), *feed.inputs],
        "ProcessingOutputConfig": {
            "Outputs": [
                {
                    "OutputName": "result",
                    "AppManaged": False,
                    "S3Output": {"S3Uri": _root(monitor), "LocalPath": OUTPUT, "S3UploadMode": "EndOfJob"},
                }
            ],
            **({"KmsKeyId": key} if (key := monitor.output.get("KmsKeyId")) else {}),
        },
        "ProcessingResources": {"ClusterConfig": monitor.cluster},
        "StoppingCondition": {"MaxRuntimeInSeconds": monitor.max_runtime_s},
        "AppSpecification": {"ImageUri": _image(monitor)},
        "Environment": {
            **feed.environment,
            "ground_truth_source": LABELS,
            "output_path": OUTPUT,
            "start_time": execution.window_start_at.strftime(TIME),
            "end_time": execution.window_end_at.strftime(TIME),
            "sagemaker_monitoring_schedule_name": execution.schedule_name,
            **monitor.environment,
        },
        "NetworkConfig": monitor.network,
        "RoleArn": monitor.role,
    }
    return MonitoringJob(
        name, {key: value for key, value in request.items() if value is not None}, _root(monitor)
    )


def merged_feed(execution: Execution, monitor: Monitor) -> Feed:
    """What the merge of this execution wrote, as the input of the analysis.

    Raises:
        NoDataError: no record of the window has a label.
    """
    local = str(monitor.source["LocalPath"]).rstrip("/")
    owner = execution.endpoint or execution.schedule_name
    found = list(_merged(execution, monitor))
    if not found:
        raise NoDataError(
            f"no record that was captured from {execution.window_start_at:{TIME}} to "
            f"{execution.window_end_at:{TIME}} has a label yet: the log of {execution.merge_name} tells what "
            "was there on both sides"
        )
    inputs = [
        stored_input(f"endpoint_input_{number}", uri, join(local, folder))
        for number, (uri, folder) in enumerate(found, 1)
    ]
    told = {"sagemaker_endpoint_name": owner} if execution.endpoint else {}
    return Feed(
        inputs,
        {
            "dataset_source": local,
            "dataset_format": json.dumps(CAPTURED),
            **told,
            **attributes_of(monitor.source),
        },
    )


def _merged(execution: Execution, monitor: Monitor) -> Iterator[tuple[str, str]]:
    """The files of this execution alone: other windows may share its hours."""
    root, own = _root(monitor), merged_name(execution.merge_name).removeprefix("part-00000")
    owner = join(root, execution.endpoint or execution.schedule_name)
    places = [join(owner, variant) for variant in folder_names(owner)] if execution.endpoint else [owner]
    for place in places:
        for hour in hours_of(execution.window_start_at, execution.window_end_at):
            folder = hour_folder(place, at=hour)
            for stored in list_objects(folder, missing_ok=True):
                if stored.uri.endswith(own):
                    yield stored.uri, folder.removeprefix(f"{root}/")


def _labels(service: Service, execution: Execution, monitor: Monitor) -> Iterator[dict[str, Any]]:
    """One input an hour folder that has labels.

    Labels come later than what they are about: the folders go on to the scheduled time. Strict mode takes
    the hours of the window alone.
    """
    root = monitor.labels_uri
    end = execution.window_end_at
    if not service.settings.is_strict:
        end = max(end, execution.scheduled_at)
    number = 0
    hours = hours_of(execution.window_start_at, end)
    for hour in hours:
        folder = hour_folder(root, at=hour)
        if any(True for _ in list_objects(folder, missing_ok=True)):
            number += 1
            yield stored_input(f"groundtruth_input_{number}", folder, hour_folder(LABELS, at=hour))
    if not number:
        raise NoDataError(
            f"no ground truth in {root} for the hours {hours[0]:%Y-%m-%d %H}:00 to "
            f"{hours[-1]:%Y-%m-%d %H}:59; labels lie in the folder of the hour in which they were collected"
        )


def _image(monitor: Monitor) -> str:
    """The merger of the same registry as the analyzer."""
    given = str(monitor.application["ImageUri"])
    registry, slash, _ = given.rpartition("/")
    return f"{registry}{slash}{MERGER}" if repository_name(given) else MERGER


def _root(monitor: Monitor) -> str:
    return join(monitor.output_uri, "merge")
