"""Captured batch transforms, as the input of a monitoring job."""

import json
from collections import defaultdict
from collections.abc import Iterator
from typing import Any

from leeboard.errors import NoDataError
from leeboard.service.executions import Execution
from leeboard.service.monitor import Monitor
from leeboard.service.work.feed import TIME, Feed, attributes_of, stored_input
from leeboard.storage.layout import hour_folder, hours_of
from leeboard.tables.batch.files import BatchFile, batch_files


def batch_feed(execution: Execution, monitor: Monitor) -> Feed:
    """The outputs of the transform jobs that started in the window.

    Raises:
        NoDataError: no job did; says where it was looked for.
    """
    given = monitor.job_input["BatchTransformInput"]
    destination = str(given["DataCapturedDestinationS3Uri"]).rstrip("/")
    hours = hours_of(execution.window_start_at, execution.window_end_at)
    files = batch_files(destination, hours)
    if not files:
        window = f"{execution.window_start_at:{TIME}} to {execution.window_end_at:{TIME}}"
        raise NoDataError(
            f"no transform job that captures to {destination} started in the window {window}: "
            f"there is no output manifest below {hour_folder(destination, 'output', at=hours[0])}"
            + (f" to {hours[-1]:%Y/%m/%d/%H}" if len(hours) > 1 else "")
        )
    local = str(given["LocalPath"]).rstrip("/")
    return Feed(
        list(_inputs(files, local)),
        {
            "dataset_source": local,
            "dataset_format": json.dumps(dataset_format(given["DatasetFormat"])),
            "leeboard_batch_transform": "Enabled",
            **attributes_of(given),
        },
    )


def _inputs(files: list[BatchFile], local: str) -> Iterator[dict[str, Any]]:
    """One input for the files of a folder, each in a folder of its own, as names may be the same."""
    folders: dict[tuple[Any, str], list[BatchFile]] = defaultdict(list)
    for file in files:
        folders[file.hour, file.uri.rpartition("/")[0]].append(file)
    number = 0
    for place, ((hour, _), found) in enumerate(folders.items()):
        path = f"{hour_folder(local, at=hour)}/{place}"
        for file in found:
            number += 1
            yield stored_input(f"batch_transform_input_{number}", file.uri, path)


def dataset_format(given: dict[str, Any]) -> dict[str, Any]:
    """As jobs are told it, from how the API spells it."""
    if "Csv" in given:
        header = bool((given["Csv"] or {}).get("Header"))
        return {"csv": {"header": header, "output_columns_position": "START"}}
    if "Json" in given:
        return {"json": {"lines": bool((given["Json"] or {}).get("Line"))}}
    return {"parquet": {}}
