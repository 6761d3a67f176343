"""Where the files of one execution are, and what its jobs said."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from itertools import islice

from sqlalchemy import Connection

from leeboard.errors import InputError
from leeboard.formats.summary import MergeSummary
from leeboard.service.arns import PROCESSING_JOB
from leeboard.service.executions import Execution
from leeboard.service.logs import PROCESSING_GROUP, lines_of
from leeboard.service.resources import Resource, find
from leeboard.storage import StoredObject, join, list_objects, read_range

MOST_FILES = 200
MOST_LINES = 200
MERGED = re.compile(r"([\d,]+) of ([\d,]+) captured records have a label")
OTHER_RUN = re.compile(r"\d\d/")
"""Runs of other minutes have folders in that of the hour."""
KINDS = {
    "report.html": "report",
    "statistics.json": "statistics",
    "constraints.json": "suggested constraints",
    "constraint_violations.json": "violations",
    "analysis.json": "analysis",
    "summary.json": "summary",
}


@dataclass(frozen=True, slots=True)
class Places:
    """URIs of what an execution wrote to and was held against; None for what it did not have.

    Attributes:
        results: the folder of its files.
    """

    results: str
    statistics: str | None = None
    constraints: str | None = None


@dataclass(frozen=True, slots=True)
class ReportFile:
    """One file of an execution; `name` is its path below the folder of results."""

    name: str
    uri: str
    kind: str
    size_bytes: int
    modified_at: datetime


@dataclass(frozen=True, slots=True)
class Opened:
    """The beginning of a file; all of it if `is_whole`."""

    file: ReportFile
    content: bytes
    is_whole: bool


def places_of(connection: Connection, execution: Execution) -> Places | None:
    """As the analysis was asked; None if there was none."""
    job = find(connection, PROCESSING_JOB, execution.job_name or execution.analysis_name)
    if job is None or job.name == execution.merge_name:
        return None
    outputs = (job.document.get("ProcessingOutputConfig") or {}).get("Outputs") or [{}]
    inputs = {
        one.get("InputName"): (one.get("S3Input") or {}).get("S3Uri")
        for one in job.document.get("ProcessingInputs") or []
    }
    results = (outputs[0].get("S3Output") or {}).get("S3Uri")
    return Places(results, inputs.get("baseline"), inputs.get("constraints")) if results else None


def files_in(places: Places) -> list[ReportFile]:
    """The first of its files by name, those that people look for before others.

    Raises:
        InputError: the store does not answer.
    """
    found = list(islice(_below(places), MOST_FILES))
    order = list(KINDS)
    return sorted(
        found, key=lambda one: (order.index(one.name) if one.name in KINDS else len(order), one.name)
    )


def _below(places: Places) -> Iterator[ReportFile]:
    root = places.results.rstrip("/") + "/"
    for stored in list_objects(root, missing_ok=True):
        name = stored.uri.removeprefix(root)
        if not OTHER_RUN.match(name):
            yield _file(name, stored)


def _file(name: str, stored: StoredObject) -> ReportFile:
    kind = KINDS.get(name, "other")
    return ReportFile(name, stored.uri, kind, stored.size_bytes, stored.modified_at)


def open_file(places: Places, name: str, *, most_bytes: int) -> Opened | None:
    """One of its files, up to so many bytes; None if there is no such file.

    Args:
        name: as `ReportFile` has it.

    Raises:
        InputError: the name leads out of the folder, or the store does not answer.
    """
    root, uri = join(places.results), join(places.results, name)
    name = uri.removeprefix(root).lstrip("/")
    if not name or OTHER_RUN.match(name):
        return None
    stored = next((one for one in list_objects(uri, missing_ok=True) if one.uri == uri), None)
    if stored is None:
        return None
    content = read_range(uri, 0, most_bytes)
    return Opened(_file(name, stored), content, len(content) == stored.size_bytes)


def read_whole(uri: str, *, most_bytes: int) -> bytes:
    """One file of a bounded size.

    Raises:
        InputError: it is larger, or it is not there.
    """
    found = read_range(uri, 0, most_bytes + 1)
    if len(found) > most_bytes:
        raise InputError(f"{uri} is larger than {most_bytes >> 20} MiB, which is the most that is read here")
    return found


def stored_at(uri: str) -> StoredObject | None:
    """Size and time of one file; None if it is not there."""
    return next((one for one in list_objects(uri, missing_ok=True) if one.uri == uri), None)


def merge_of(connection: Connection, execution: Execution) -> MergeSummary | None:
    """How many records had their labels, as the merge before the analysis says; None if it does not."""
    job = find(connection, PROCESSING_JOB, execution.merge_name)
    told = MERGED.search(_said(connection, job)) if job else None
    if told is None:
        return None
    n_matched, n_requests = (int(number.replace(",", "")) for number in told.groups())
    return MergeSummary(n_requests=n_requests, n_matched=n_matched, n_waiting=n_requests - n_matched)


def _said(connection: Connection, job: Resource) -> str:
    """Its message; one in strict mode has none, as AWS's has none, but a log."""
    if message := job.facts.get("exit_message"):
        return str(message)
    lines = lines_of(connection, PROCESSING_GROUP, job.name, limit=MOST_LINES)
    return "\n".join(text for _, _, text in lines)
