"""Captured traffic of an endpoint, as the input of a monitoring job."""

import json
from collections.abc import Iterator, Sequence
from datetime import datetime

from leeboard.errors import NoDataError
from leeboard.service.arns import ENDPOINT
from leeboard.service.endpoints import capture_places
from leeboard.service.executions import Execution
from leeboard.service.monitor import Monitor
from leeboard.service.resources import find
from leeboard.service.service import Service
from leeboard.service.work.feed import TIME, Feed, attributes_of, stored_input
from leeboard.storage import folder_names, join, list_objects
from leeboard.storage.layout import hour_folder, hours_of

CAPTURED = {"sagemakerCaptureJson": {"captureIndexNames": ["endpointInput", "endpointOutput"]}}
"""The format of captured records, as jobs are told it; merged ones have it, too."""


def endpoint_feed(service: Service, execution: Execution, monitor: Monitor) -> Feed:
    """The hour folders that have something in them, of all variants that the endpoint has or had.

    Raises:
        NoDataError: none has; says where it was looked for.
    """
    given = monitor.endpoint_input
    assert given is not None  # noqa: S101 - there is one, as the schedule watches an endpoint
    assert execution.endpoint is not None  # noqa: S101
    places = _places(service, execution.endpoint)
    hours = hours_of(execution.window_start_at, execution.window_end_at)
    local = str(given["LocalPath"]).rstrip("/")
    found = _folders(places, execution.endpoint, hours)
    inputs = [
        stored_input(f"endpoint_input_{number}", folder, join(local, path))
        for number, (folder, path) in enumerate(found, 1)
    ]
    if not inputs:
        raise NoDataError(_nothing_captured(service, places, execution, hours))
    return Feed(
        inputs,
        {
            "dataset_source": local,
            "dataset_format": json.dumps(CAPTURED),
            "sagemaker_endpoint_name": execution.endpoint,
            "sagemaker_endpoint_datacapture_prefix": places[0],
            **attributes_of(given),
        },
    )


def _places(service: Service, name: str) -> list[str]:
    with service.database.read() as connection:
        endpoint = find(connection, ENDPOINT, name)
    places = capture_places(endpoint.facts) if endpoint else []
    if not places:
        raise NoDataError(f"the endpoint {name} is not there any more, or captures nothing")
    return places


def _folders(places: Sequence[str], endpoint: str, hours: Sequence[datetime]) -> Iterator[tuple[str, str]]:
    """Hour folders that hold something, by place, by variant, by time; and where the job sees each.

    Those of earlier places have a folder of their own there, as two inputs cannot be at one path.
    """
    for number, place in enumerate(places):
        for variant in folder_names(join(place, endpoint)):
            for hour in hours:
                folder = hour_folder(place, endpoint, variant, at=hour)
                if any(True for _ in list_objects(folder, missing_ok=True)):
                    yield folder, ("" if number == 0 else f"earlier-{number}") + folder.removeprefix(place)


def _nothing_captured(
    service: Service, places: Sequence[str], execution: Execution, hours: Sequence[datetime]
) -> str:
    """Where it was looked for, and what is there instead."""
    name = execution.endpoint or ""
    window = f"{execution.window_start_at:{TIME}} to {execution.window_end_at:{TIME}}"
    captured = [each for each in service.capture.counts() if each.endpoint == name]
    n_captured = sum(each.captured for each in captured)
    seen = f"this server captured {n_captured} requests of endpoint {name} since it started"
    there = {join(place, name): folder_names(join(place, name)) for place in places}
    if not any(there.values()):
        return f"no capture file at all below {' or '.join(there)}, for the window {window}; {seen}"
    looked = ", ".join(f"{folder}/{{{','.join(variants)}}}" for folder, variants in there.items() if variants)
    looked += f"/{hours[0]:%Y/%m/%d/%H}" + (f" to {hours[-1]:%Y/%m/%d/%H}" if len(hours) > 1 else "")
    return f"no capture file in the window {window}: looked in {looked}; other hours have some; {seen}"
