"""Makes what a wish needs: baselining jobs, analysis configurations, definitions, schedules, alerts."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from typing import Any

from leeboard.service import jobs, scheduling
from leeboard.service.alerts import set_alert
from leeboard.service.arns import DEFINITIONS, PROCESSING_JOB, SCHEDULE
from leeboard.service.pipelines.requests import checked
from leeboard.service.refusals import RefusalError, ResourceInUseError
from leeboard.service.resources import find
from leeboard.service.service import Service
from leeboard.service.setup import job_definitions
from leeboard.service.setup.baselining import CONFIG_FILE, baseline_request
from leeboard.service.setup.configs import attribution_config, bias_config
from leeboard.service.setup.documents import definition_of, schedule_of
from leeboard.service.setup.wanted import SUFFIXES, Wanted
from leeboard.storage import join, write_bytes

LONGEST_NAME = 63
CONFIGS = {"ModelBias": bias_config, "ModelExplainability": attribution_config}
MADE_HERE = "baseline-"
"""How names of baselining jobs begin that a browser asked for."""


@dataclass(frozen=True, slots=True)
class Made:
    """What came of a wish: names of schedules, and of jobs that make their baselines."""

    schedules: tuple[str, ...]
    jobs: tuple[str, ...]


def make(service: Service, wanted: Wanted, now: datetime) -> Made:
    """All of it, or, where something is refused, nothing but files.

    Raises:
        RefusalError: as the API would refuse it.
        LeeboardError: the store does not take or have a file.
    """
    _check_names(service, wanted)
    made: list[str] = []
    begun: list[str] = []
    try:
        for kind in wanted.monitors:
            baseline = _baseline(service, wanted, kind, now)
            begun += [baseline["BaseliningJobName"]] if "BaseliningJobName" in baseline else []
            config_uri = put_config(wanted, kind, join(wanted.output, "configs", wanted.name_of(kind)))
            _make_one(service, wanted, kind, baseline, config_uri, now)
            made.append(kind)
    except Exception:
        for kind in made:
            _take_back(service, wanted, kind, now)
        raise
    return Made(tuple(map(wanted.name_of, wanted.monitors)), tuple(begun))


def _check_names(service: Service, wanted: Wanted) -> None:
    """Before anything is begun."""
    with service.database.read() as connection:
        for kind in wanted.monitors:
            name = wanted.name_of(kind)
            if find(connection, SCHEDULE, name):
                raise ResourceInUseError(f"there is a schedule {name} already: choose another name")
            if find(connection, DEFINITIONS[kind], name):
                raise ResourceInUseError(f"there is a job definition {name} already: choose another name")


def _make_one(
    service: Service,
    wanted: Wanted,
    kind: str,
    baseline: dict[str, Any],
    config_uri: str | None,
    now: datetime,
) -> None:
    params = definition_of(wanted, kind, baseline=baseline, config_uri=config_uri, now=now)
    definition = job_definitions.create(service, kind, job_definitions.as_sent(service, kind, params), now)
    try:
        asked = checked(service, "CreateMonitoringSchedule", schedule_of(wanted, kind))
        schedule = scheduling.create(service, asked, now)
    except RefusalError:
        with service.database.write() as connection:
            job_definitions.discard(connection, kind, definition.name)
        raise
    if (wanted.datapoints, wanted.period) != (1, 1):
        with service.database.write() as connection:
            set_alert(connection, schedule, datapoints=wanted.datapoints, period=wanted.period, now=now)


def _take_back(service: Service, wanted: Wanted, kind: str, now: datetime) -> None:
    name = wanted.name_of(kind)
    scheduling.delete(service, name, now)
    with service.database.write() as connection:
        job_definitions.discard(connection, kind, name)


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
        "StatisticsResource": statistics if kind == "DataQuality" else "",
    }
    return {member: {"S3Uri": uri} for member, uri in named.items() if uri}


def _baseline(service: Service, wanted: Wanted, kind: str, now: datetime) -> dict[str, Any]:
    if wanted.baseline.kind in ("files", "none"):
        return files_of(wanted, kind)
    name = baseline_name(wanted, kind, now)
    folder = join(wanted.output, "baselines", name)
    request = baseline_request(service, wanted, kind, name=name, folder=folder)
    jobs.create(service, PROCESSING_JOB, checked(service, "CreateProcessingJob", request), now)
    return {"BaseliningJobName": name}


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
    end = f"-{SUFFIXES[kind]}-{mark}"
    return f"{MADE_HERE}{wanted.name[: LONGEST_NAME - len(MADE_HERE) - len(end)]}".rstrip("-") + end
