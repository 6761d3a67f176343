"""Jobs that make baselines: of a data set, or of what was captured in some hours."""

import json
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from leeboard.errors import NoDataError
from leeboard.service.arns import ENDPOINT
from leeboard.service.endpoints import capture_places
from leeboard.service.monitor_types import MODEL_QUALITY, MONITOR_TYPES
from leeboard.service.refusals import InvalidRequestError
from leeboard.service.resources import find
from leeboard.service.service import Service
from leeboard.service.setup.configs import CONFIGS
from leeboard.service.setup.documents import PROCESSING, RESOURCES
from leeboard.service.setup.wanted import Wanted
from leeboard.service.work.batch_feed import dataset_format
from leeboard.service.work.endpoint_feed import CAPTURED
from leeboard.service.work.feed import TIME, stored_input
from leeboard.storage import folder_names, join, list_objects, write_bytes
from leeboard.storage.layout import hour_folder, hours_of

DATA, OUTPUT, CONFIG = f"{PROCESSING}/input/data", f"{PROCESSING}/output", f"{PROCESSING}/input/config"
CONFIG_FILE = "analysis_config.json"
MOST_HOURS = 24 * 31
FORMATS: Mapping[str, dict[str, Any]] = {
    "csv": {"csv": {"header": True, "output_columns_position": "START"}},
    "json": {"json": {"lines": False}},
    "jsonl": {"json": {"lines": True}},
    "parquet": {"parquet": {}},
}
CLARIFY_TYPES = {
    "csv": "text/csv",
    "json": "application/json",
    "jsonl": "application/jsonlines",
    "parquet": "application/x-parquet",
}


def baseline_request(
    service: Service, wanted: Wanted, monitoring_type: str, *, name: str, folder: str
) -> dict[str, Any]:
    """The processing job that makes the baseline of one monitor.

    Args:
        folder: where its files go.

    Raises:
        NoDataError: nothing was captured in the hours.
        InvalidRequestError: this monitor's baseline cannot be made of that.
    """
    if wanted.baseline.kind == "hours":
        inputs, told = _of_hours(service, wanted, monitoring_type)
    else:
        inputs, told = _of_data(wanted, monitoring_type)
    if MONITOR_TYPES[monitoring_type].has_config:
        inputs.append(stored_input("config", _config(wanted, monitoring_type, folder), CONFIG))
    stored = {"S3Uri": folder, "LocalPath": OUTPUT, "S3UploadMode": "EndOfJob"}
    return {
        "ProcessingJobName": name,
        "RoleArn": wanted.role,
        "AppSpecification": {"ImageUri": MONITOR_TYPES[monitoring_type].image},
        "ProcessingResources": RESOURCES,
        "Environment": told,
        "ProcessingInputs": inputs,
        "ProcessingOutputConfig": {"Outputs": [{"OutputName": "baseline", "S3Output": stored}]},
    }


def _of_data(wanted: Wanted, monitoring_type: str) -> tuple[list[dict[str, Any]], dict[str, str]]:
    uri = wanted.baseline.data
    inputs = [stored_input("data", uri, DATA)]
    if MONITOR_TYPES[monitoring_type].has_config:
        return inputs, {}
    told = {
        "dataset_format": json.dumps(FORMATS[kind_of(uri)]),
        "dataset_source": DATA,
        "output_path": OUTPUT,
        "publish_cloudwatch_metrics": "Disabled",
    }
    return inputs, told | (_quality(wanted) if monitoring_type == MODEL_QUALITY.aws else _left_out(wanted))


def _left_out(wanted: Wanted) -> dict[str, str]:
    """A model's answers in a data set are no columns of its requests."""
    answers = [name for name in (wanted.baseline.data_prediction, wanted.baseline.data_probability) if name]
    return {"exclude_features_attribute": ",".join(answers)} if answers else {}


def _quality(wanted: Wanted) -> dict[str, str]:
    given = {
        "problem_type": wanted.answers.problem,
        "ground_truth_attribute": wanted.groups.label,
        "probability_attribute": wanted.baseline.data_probability,
        "inference_attribute": wanted.baseline.data_prediction,
    }
    if wanted.answers.threshold is not None and wanted.baseline.data_probability:
        given["probability_threshold_attribute"] = f"{wanted.answers.threshold:g}"
    return {"analysis_type": MODEL_QUALITY.analysis_type} | {
        name: value for name, value in given.items() if value
    }


def _of_hours(
    service: Service, wanted: Wanted, monitoring_type: str
) -> tuple[list[dict[str, Any]], dict[str, str]]:
    if MONITOR_TYPES[monitoring_type].merges:
        raise InvalidRequestError(
            "a baseline of captured hours is for data quality and attribution: model quality and bias need "
            "labels, so give a data set that has them"
        )
    start, end = wanted.baseline.start_at, wanted.baseline.end_at
    assert start is not None  # noqa: S101 - the form had both
    assert end is not None  # noqa: S101
    told = {
        "dataset_source": DATA,
        "output_path": OUTPUT,
        "publish_cloudwatch_metrics": "Disabled",
        "start_time": start.strftime(TIME),
        "end_time": end.strftime(TIME),
    }
    if not wanted.source.endpoint:
        return _of_batches(wanted, start, end), told | {
            "dataset_format": json.dumps(dataset_format(_batch_format(wanted))),
            "leeboard_batch_transform": "Enabled",
        }
    return captured_inputs(service, wanted.source.endpoint, start, end), told | {
        "dataset_format": json.dumps(CAPTURED)
    }


def captured_inputs(service: Service, endpoint: str, start: datetime, end: datetime) -> list[dict[str, Any]]:
    """Hour folders of an endpoint that hold something.

    Raises:
        NoDataError: none does.
    """
    service.capture.flush(endpoint)
    with service.database.read() as connection:
        found = find(connection, ENDPOINT, endpoint)
    places = capture_places(found.facts) if found else []
    folders = [
        (f"{number}/{variant}/{hour:%Y/%m/%d/%H}", folder)
        for number, place in enumerate(places)
        for variant in folder_names(join(place, endpoint))
        for hour in hours_of(start, end)
        if _has_objects(folder := hour_folder(place, endpoint, variant, at=hour))
    ]
    if not folders:
        there = " and ".join(join(place, endpoint) for place in places) or "anywhere"
        raise NoDataError(f"nothing was captured from {start:{TIME}} to {end:{TIME}} in {there}")
    return [
        stored_input(f"captured_{number}", folder, join(DATA, path))
        for number, (path, folder) in enumerate(folders, 1)
    ]


def _has_objects(folder: str) -> bool:
    return any(True for _ in list_objects(folder, missing_ok=True))


def _of_batches(wanted: Wanted, start: datetime, end: datetime) -> list[dict[str, Any]]:
    from leeboard.tables.batch.files import batch_files

    files = batch_files(wanted.source.batch, list(hours_of(start, end)))
    if not files:
        raise NoDataError(f"no batch that is captured to {wanted.source.batch} began in these hours")
    return [
        stored_input(f"batch_{number}", file.uri, f"{hour_folder(DATA, at=file.hour)}/{number}")
        for number, file in enumerate(files, 1)
    ]


def _batch_format(wanted: Wanted) -> dict[str, Any]:
    from leeboard.service.setup.documents import FORMATS as SPELLED

    return dict(SPELLED[wanted.source.batch_format])


def _config(wanted: Wanted, monitoring_type: str, folder: str) -> str:
    """Written beside the files of the baseline."""
    is_data = wanted.baseline.kind == "data"
    config = CONFIGS[monitoring_type](wanted, is_baseline=is_data)
    if is_data:
        config = {"dataset_type": CLARIFY_TYPES[kind_of(wanted.baseline.data)]} | config
    uri = join(folder, CONFIG_FILE)
    write_bytes(uri, json.dumps(config, indent=2).encode())
    return uri


def kind_of(uri: str) -> str:
    """The format of a data set by the end of its name; CSV where that says nothing.

    >>> kind_of("s3://b/a.parquet"), kind_of("s3://b/people"), kind_of("s3://b/a.JSONL")
    ('parquet', 'csv', 'jsonl')
    """
    end = uri.rpartition(".")[2].lower()
    return end if end in FORMATS else "csv"
