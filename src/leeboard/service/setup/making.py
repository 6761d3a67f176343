"""Makes what a wish needs: baselining jobs, analysis configurations, definitions, schedules, alerts."""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from typing import Any

from sqlalchemy import Connection

from leeboard.service import jobs, scheduling
from leeboard.service.alerts import set_alert
from leeboard.service.arns import DEFINITIONS, PROCESSING_JOB, SCHEDULE
from leeboard.service.changing import changing
from leeboard.service.monitor_types import MONITOR_TYPES
from leeboard.service.pipelines.requests import checked
from leeboard.service.refusals import ResourceInUseError
from leeboard.service.resources import find
from leeboard.service.service import Service
from leeboard.service.setup import job_definitions
from leeboard.service.setup.baselining import CONFIG_FILE, baseline_request
from leeboard.service.setup.configs import CONFIGS
from leeboard.service.setup.documents import definition_of, schedule_of
from leeboard.service.setup.wanted import Wanted
from leeboard.storage import join, write_bytes

LONGEST_NAME = 63
MADE_HERE = "baseline-"
"""How names of baselining jobs begin that a browser asked for."""


@dataclass(frozen=True, slots=True)
class Made:
    """What came of a wish: names of schedules, and of jobs that make their baselines."""

    schedules: tuple[str, ...]
    jobs: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class _Asked:
    """What one monitor needs, as requests that nobody has sent yet; `job` makes its baseline."""

    kind: str
    job: dict[str, Any] | None
    definition: dict[str, Any]
    schedule: dict[str, Any]


def make(
    service: Service,
    wanted: Wanted,
    now: datetime,
    *,
    beside: Callable[[Connection, Made], None] = lambda connection, made: None,
) -> Made:
    """All of it in one transaction, or nothing but files that nobody reads.

    Args:
        beside: what else is written in the transaction.

    Raises:
        RefusalError: as the API would refuse it.
        LeeboardError: the store does not take or have a file.
    """
    _check_names(service, wanted)
    asked = [_asked(service, wanted, kind, now) for kind in wanted.monitors]
    jobs_asked = tuple(one.job["ProcessingJobName"] for one in asked if one.job)
    made = Made(tuple(map(wanted.name_of, wanted.monitors)), jobs_asked)
    with changing(service) as connection:
        for one in asked:
            _make_one(connection, service, wanted, one, now)
        beside(connection, made)
    return made


def _check_names(service: Service, wanted: Wanted) -> None:
    """Before any file is written."""
    with service.database.read() as connection:
        for kind in wanted.monitors:
            name = wanted.name_of(kind)
            if find(connection, SCHEDULE, name):
                raise ResourceInUseError(f"there is a schedule {name} already: choose another name")
            if find(connection, DEFINITIONS[kind], name):
                raise ResourceInUseError(f"there is a job definition {name} already: choose another name")


def _asked(service: Service, wanted: Wanted, kind: str, now: datetime) -> _Asked:
    """Writes the files that the requests name, to a place that no other wish has."""
    job = None if wanted.baseline.kind in ("files", "none") else _baseline_job(service, wanted, kind, now)
    baseline = {"BaseliningJobName": job["ProcessingJobName"]} if job else files_of(wanted, kind)
    mark = sha256(f"{wanted} {kind} {now.isoformat()}".encode()).hexdigest()[:8]
    config_uri = put_config(wanted, kind, join(wanted.output, "configs", f"{wanted.name_of(kind)}-{mark}"))
    definition = definition_of(wanted, kind, baseline=baseline, config_uri=config_uri, now=now)
    return _Asked(
        kind,
        job,
        job_definitions.as_sent(service, kind, definition),
        checked(service, "CreateMonitoringSchedule", schedule_of(wanted, kind)),
    )


def _make_one(connection: Connection, service: Service, wanted: Wanted, asked: _Asked, now: datetime) -> None:
    if asked.job:
        jobs.create_in(connection, service.settings, PROCESSING_JOB, asked.job, now)
    job_definitions.create_in(connection, service.settings, asked.kind, asked.definition, now)
    schedule = scheduling.create_in(connection, service, asked.schedule, now)
    if (wanted.datapoints, wanted.period) != (1, 1):
        set_alert(connection, schedule, datapoints=wanted.datapoints, period=wanted.period, now=now)


def put_config(wanted: Wanted, kind: str, folder: str) -> str | None:
    """The analysis configuration of a monitor in its place; None for those that take none."""
    if kind not in CONFIGS:
        return None
    uri = join(folder, CONFIG_FILE)
    write_bytes(uri, json.dumps(CONFIGS[kind](wanted), indent=2).encode())
    return uri


def files_of(wanted: Wanted, kind: str) -> dict[str, Any]:
    """Files that are there, as a definition names them."""
    constraints, statistics = wanted.baseline.file(kind), wanted.baseline.file("Statistics")
    named: Mapping[str, str] = {
        "ConstraintsResource": constraints,
        "StatisticsResource": statistics if MONITOR_TYPES[kind].takes_statistics else "",
    }
    return {member: {"S3Uri": uri} for member, uri in named.items() if uri}


def _baseline_job(service: Service, wanted: Wanted, kind: str, now: datetime) -> dict[str, Any]:
    name = baseline_name(wanted, kind, now)
    folder = join(wanted.output, "baselines", name)
    request = baseline_request(service, wanted, kind, name=name, folder=folder)
    return checked(service, "CreateProcessingJob", request)


def baseline_name(wanted: Wanted, kind: str, now: datetime) -> str:
    """One that nobody else takes.

    >>> from leeboard.service.setup.wanted import Source
    >>> at = datetime(2026, 11, 26)
    >>> wish = Wanted(name="n", source=Source("e"), monitors=("DataQuality",), expression="", output="",
    ...               role="")
    >>> baseline_name(wish, "DataQuality", at)
    'baseline-n-data-quality-f2978b'
    """
    mark = sha256(f"{wanted.name} {kind} {now.isoformat()}".encode()).hexdigest()[:6]
    end = f"-{MONITOR_TYPES[kind].monitor}-{mark}"
    return f"{MADE_HERE}{wanted.name[: LONGEST_NAME - len(MADE_HERE) - len(end)]}".rstrip("-") + end
