"""Folders of batch data: which schedules read each, and which models' transform jobs write to it."""

from collections import defaultdict

from sqlalchemy import Connection, select

from leeboard.service.arns import TRANSFORM_JOB
from leeboard.service.monitor import Monitor
from leeboard.service.views.watching import SCHEDULES, monitors
from leeboard.state.tables import resources

MOST_TRANSFORMS = 300
"""The latest, which say what model made the data of a batch."""


def batch_places(connection: Connection) -> dict[int, str]:
    """The folders that schedules without an endpoint read, by the schedule's number."""
    found = monitors(connection, SCHEDULES.c.endpoint.is_(None))
    places = {number: read_place(monitor) for number, monitor in found.items() if monitor is not None}
    return {number: place for number, place in places.items() if place}


def read_place(monitor: Monitor) -> str:
    """The folder of batch data that a monitor reads; "" if it reads those of an endpoint."""
    source = monitor.job_input.get("BatchTransformInput") or {}
    return str(source.get("DataCapturedDestinationS3Uri") or "").rstrip("/")


def batch_makers(connection: Connection) -> dict[str, tuple[str, ...]]:
    """Models whose transform jobs write to a folder, by the folder."""
    c = resources.c
    query = select(c.document).where(c.kind == TRANSFORM_JOB).order_by(c.created_at.desc())
    found: dict[str, dict[str, None]] = defaultdict(dict)
    for document in connection.execute(query.limit(MOST_TRANSFORMS)).scalars():
        place = (document.get("DataCaptureConfig") or {}).get("DestinationS3Uri")
        if place:
            found[place.rstrip("/")][document.get("ModelName", "")] = None
    return {place: tuple(models) for place, models in found.items()}
