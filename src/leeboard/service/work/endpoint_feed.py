"""Captured traffic of an endpoint, as the input of a monitoring job."""

import json
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from leeboard.errors import NoDataError
from leeboard.service.arns import ENDPOINT
from leeboard.service.executions import Execution
from leeboard.service.monitor import Monitor
from leeboard.service.resources import find
from leeboard.service.service import Service
from leeboard.service.work.feed import TIME, Feed, attributes_of, stored_input
from leeboard.storage import join, list_objects
from leeboard.storage.layout import hour_folder, hours_of

DEFAULT_VARIANT = "AllTraffic"
CAPTURED = {"sagemakerCaptureJson": {"captureIndexNames": ["endpointInput", "endpointOutput"]}}


def endpoint_feed(service: Service, execution: Execution, monitor: Monitor) -> Feed:
    """The hour folders of all variants that have something in them.

    Raises:
        NoDataError: none has; says where it was looked for.
    """
    given = monitor.endpoint_input
    assert given is not None  # noqa: S101 - there is one, as the schedule watches an endpoint
    assert execution.endpoint is not None  # noqa: S101
    destination, variants = _capture_places(service, execution.endpoint)
    hours = hours_of(execution.window_start_at, execution.window_end_at)
    local = str(given["LocalPath"]).rstrip("/")
    inputs: list[dict[str, Any]] = []
    for variant in variants:
        for hour in hours:
            folder = hour_folder(destination, execution.endpoint, variant, at=hour)
            if next(iter(list_objects(folder, missing_ok=True)), None):
                path = hour_folder(local, execution.endpoint, variant, at=hour)
                inputs.append(stored_input(f"endpoint_input_{len(inputs) + 1}", folder, path))
    if not inputs:
        raise NoDataError(_nothing_captured(service, destination, execution, variants, hours))
    return Feed(
        inputs,
        {
            "dataset_source": local,
            "dataset_format": json.dumps(CAPTURED),
            "sagemaker_endpoint_name": execution.endpoint,
            "sagemaker_endpoint_datacapture_prefix": destination,
            **attributes_of(given),
        },
    )


def _capture_places(service: Service, name: str) -> tuple[str, list[str]]:
    with service.database.read() as connection:
        endpoint = find(connection, ENDPOINT, name)
    config = endpoint.facts.get("capture") if endpoint else None
    if endpoint is None or config is None:
        raise NoDataError(f"the endpoint {name} is not there any more, or captures nothing")
    variants = [variant["name"] for variant in endpoint.facts.get("variants", [])]
    return config["DestinationS3Uri"].rstrip("/"), list(dict.fromkeys([*variants, DEFAULT_VARIANT]))


def _nothing_captured(
    service: Service,
    destination: str,
    execution: Execution,
    variants: Sequence[str],
    hours: Sequence[datetime],
) -> str:
    """Where it was looked for, and what is there instead."""
    name = execution.endpoint or ""
    window = f"{execution.window_start_at:{TIME}} to {execution.window_end_at:{TIME}}"
    looked = f"{join(destination, name)}/{{{','.join(variants)}}}/"
    looked += f"{hours[0]:%Y/%m/%d/%H}" + (f" to {hours[-1]:%Y/%m/%d/%H}" if len(hours) > 1 else "")
    captured = [each for each in service.capture.counts() if each.endpoint == name]
    n_captured = sum(each.captured for each in captured)
    seen = f"this server captured {n_captured} requests of endpoint {name} since it started"
    if any(list_objects(join(destination, name) + "/", missing_ok=True)):
        return f"no capture file in the window {window}: looked in {looked}; other hours have some; {seen}"
    return f"no capture file at all below {join(destination, name)}, for the window {window}; {seen}"
