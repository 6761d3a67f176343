"""What one variant of an endpoint was asked in a window, analysed on the spot from its captured records.

Runs of a schedule look at all variants together; this is for those who want to hold one against another.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from threading import Lock
from typing import Any

from sqlalchemy import Connection

from leeboard.errors import InputError
from leeboard.formats.statistics import Statistics
from leeboard.formats.summary import Summary
from leeboard.service.arns import ENDPOINT, PROCESSING_JOB
from leeboard.service.endpoints import capture_folders
from leeboard.service.executions import Execution
from leeboard.service.resources import find
from leeboard.service.service import Service
from leeboard.service.views.distributions import FoundFeature
from leeboard.storage import StoredObject, folder_names, list_objects
from leeboard.storage.layout import hour_folder, hours_of

MOST_BYTES = 16 << 20
"""Of captured records that are read for a page: the first of the window."""
LARGEST_BYTES = 64 << 20
"""Of the first file, which is read whole."""
MOST_VARIANTS = 50
N_KEPT = 8
WAIT_S = 20.0
ONE_AT_A_TIME = Lock()
"""An analysis takes all processors: many readers who ask at once may not keep the server from its work."""
READING = {
    "features_attribute": "features_path",
    "inference_attribute": "outputs_path",
    "leeboard_target_model": "target_model",
}
"""How records are read, by the variable that tells a job the same."""


@dataclass(frozen=True, slots=True)
class VariantWindow:
    """One variant in a window.

    Attributes:
        is_cut: more was captured than is read for a page.
    """

    summary: Summary
    statistics: Statistics
    is_cut: bool

    def feature(self, name: str) -> FoundFeature | None:
        found = next((one for one in self.statistics.features if one.name == name), None)
        return FoundFeature(found, self.statistics.dataset.item_count) if found else None


def captured_places(connection: Connection, endpoint: str | None) -> list[str]:
    """Prefixes below which there is a folder for each variant of an endpoint."""
    found = find(connection, ENDPOINT, endpoint) if endpoint else None
    return capture_folders(found) if found else []


def variants_of(places: list[str]) -> list[str]:
    """Names of the variants that have captured something.

    Raises:
        InputError: the store does not answer.
    """
    return sorted({name for place in places for name in folder_names(place)[:MOST_VARIANTS]})


def variant_window(
    service: Service, execution: Execution, variant: str, *, wait_s: float = WAIT_S
) -> VariantWindow:
    """Its records held against the baseline of the execution.

    Args:
        wait_s: how long to wait for others who ask the same of other windows.

    Raises:
        InputError: it captured nothing then, what it captured cannot be analysed here, or others were first.
    """
    with service.database.read() as connection:
        places = captured_places(connection, execution.endpoint)
        job = find(connection, PROCESSING_JOB, execution.job_name or execution.analysis_name)
    if variant not in variants_of(places):
        raise InputError(
            f"the endpoint {execution.endpoint} has captured nothing of a variant {variant[:63]}"
        )
    files = _files(execution, places, variant)
    if not files:
        raise InputError(f"the variant {variant} captured nothing in this window")
    request = job.document if job else {}
    kept = _first(files)
    versions = tuple((one.uri, one.modified_at, one.size_bytes) for one in kept)
    asked = _asked(request)
    if not ONE_AT_A_TIME.acquire(timeout=wait_s):
        raise InputError("the analysis of another variant is under way: load this page again in a while")
    try:
        found = _analysed(versions, execution.window_start_at, execution.window_end_at, *asked)
    finally:
        ONE_AT_A_TIME.release()
    return VariantWindow(*found, len(kept) < len(files))


def _files(execution: Execution, places: list[str], variant: str) -> list[StoredObject]:
    hours = hours_of(execution.window_start_at, execution.window_end_at)
    folders = (hour_folder(place, variant, at=hour) for place in places for hour in hours)
    return [stored for folder in folders for stored in list_objects(folder, missing_ok=True)]


def _first(files: list[StoredObject]) -> list[StoredObject]:
    if files[0].size_bytes > LARGEST_BYTES:
        raise InputError(f"{files[0].uri} is larger than {LARGEST_BYTES >> 20} MiB: too much for a page")
    size, kept = 0, list[StoredObject]()
    for one in files:
        size += one.size_bytes
        if kept and size > MOST_BYTES:
            break
        kept.append(one)
    return kept


Pairs = tuple[tuple[str, Any], ...]


def _asked(request: Mapping[str, Any]) -> tuple[Pairs, Pairs]:
    """Baseline files, and how records are read."""
    inputs = {
        one.get("InputName"): (one.get("S3Input") or {}).get("S3Uri")
        for one in request.get("ProcessingInputs") or []
    }
    if inputs.get("pre_processor_script"):
        raise InputError("records of this schedule pass a preprocessing script, which is not run for a page")
    told = request.get("Environment") or {}
    reading = {option: told[name] for name, option in READING.items() if told.get(name)}
    excluded = tuple(filter(None, str(told.get("exclude_features_attribute", "")).split(",")))
    names = {"constraints.json": inputs.get("constraints"), "statistics.json": inputs.get("baseline")}
    return tuple(names.items()), (*reading.items(), ("exclude", excluded))


@lru_cache(maxsize=N_KEPT)
def _analysed(
    files: tuple[tuple[str, datetime, int], ...], start: datetime, end: datetime, names: Pairs, reading: Pairs
) -> tuple[Summary, Statistics]:
    """Times and sizes tell versions of a file apart. Imports what a server need not have in memory."""
    from leeboard.jobs.baselines import read_baseline_files
    from leeboard.jobs.job import Asked, Job
    from leeboard.jobs.options import read_options
    from leeboard.jobs.run import run
    from leeboard.report.summaries import summary_of

    baseline = read_baseline_files(dict(names)) if any(uri for _, uri in names) else None
    job = Job(
        data=[uri for uri, _, _ in files],
        asked=(Asked(baseline=baseline),),
        read=read_options(start=start, end=end, **dict(reading)),
    )
    outcome = run(job, now=end)
    statistics: Any = outcome.documents["statistics.json"]
    return summary_of(outcome.report, n_rows=outcome.n_rows), statistics
