"""What windows are compared with: each baseline with its job, its data, and the schedules that use it."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, case, select

from leeboard.hosting.mapping import builtin_of
from leeboard.service.arns import DEFINITIONS, PROCESSING_JOB, SCHEDULE, key_of
from leeboard.service.monitor_types import (
    INLINE_TYPE,
    MODEL_BIAS,
    MODEL_QUALITY,
    MONITOR_TYPES,
    STATISTICS_FILE,
)
from leeboard.service.schedules.names import JOB_KINDS, MERGE_KIND
from leeboard.state.listed import listed
from leeboard.state.tables import resources
from leeboard.storage import join

MOST_SCHEDULES = 20_000
MOST_JOBS = 200
"""Baselining jobs of each range of names that no schedule uses."""
NOT_BASELINES = sorted(f"{name}-" for name in [*JOB_KINDS.values(), MERGE_KIND, "dry-run"])
"""How names of jobs begin that make none: of a million jobs, nearly all are these. A digit or one of the
letters a to f follows, which is between 0 and g by the order of bytes as by that of a dictionary.
"""
TYPES_OF_JOBS = {"": INLINE_TYPE, "DATA_QUALITY": INLINE_TYPE, MODEL_QUALITY.analysis_type: MODEL_QUALITY.aws}


@dataclass(slots=True)
class Baseline:
    """One baseline.

    Attributes:
        monitoring_type: "" where a job made files for more than one monitor.
        constraints, statistics: URIs; "" for none.
        job: that made it, with its status; "" where nobody knows.
        data: URIs of what the job read.
        made_at: end of the job.
        schedules: (name, endpoint) that use it.
    """

    monitoring_type: str
    constraints: str
    statistics: str = ""
    job: str = ""
    status: str = ""
    data: tuple[str, ...] = ()
    made_at: datetime | None = None
    failure: str = ""
    schedules: list[tuple[str, str | None]] = field(default_factory=list)

    @property
    def folder(self) -> str:
        return self.constraints.rpartition("/")[0]


@dataclass(frozen=True, slots=True)
class _Job:
    name: str
    status: str
    ended_at: datetime | None
    document: Mapping[str, Any]
    failure: str

    @property
    def folder(self) -> str:
        outputs = (self.document.get("ProcessingOutputConfig") or {}).get("Outputs") or []
        return next((str(o["S3Output"]["S3Uri"]).rstrip("/") for o in outputs if "S3Output" in o), "")

    @property
    def data(self) -> tuple[str, ...]:
        given = self.document.get("ProcessingInputs") or []
        found = ((one.get("InputName"), (one.get("S3Input") or {}).get("S3Uri", "")) for one in given)
        return tuple(uri for name, uri in found if uri and name not in ("config", "analysis_config"))


def baselines(connection: Connection) -> list[Baseline]:
    """All that schedules use, then those of jobs that none uses yet: as many queries whatever there is."""
    used = list(_used(connection))
    named = {name for _, _, _, told in used if (name := told.get("BaseliningJobName"))}
    jobs = {job.name: job for job in [*_named(connection, named), *_unused(connection)]}
    by_folder = {job.folder: job for job in jobs.values() if job.folder}
    found: dict[tuple[str, str], Baseline] = {}
    for name, endpoint, kind, told in used:
        job = jobs.get(told.get("BaseliningJobName", ""))
        one = _baseline(kind, told, job)
        if not one.constraints and not one.statistics:
            continue
        kept = found.setdefault((kind, one.constraints or one.statistics), one)
        kept.schedules.append((name, endpoint))
        _tell(kept, job or by_folder.get(kept.folder))
    folders = {one.folder for one in found.values()}
    others = [_of_job(job) for folder, job in by_folder.items() if folder not in folders]
    return [*found.values(), *others]


def _tell(one: Baseline, job: _Job | None) -> None:
    if job is not None:
        one.job, one.status, one.made_at = job.name, job.status, job.ended_at
        one.data, one.failure = job.data, job.failure


def _used(connection: Connection) -> Iterable[tuple[str, str | None, str, dict[str, Any]]]:
    """Of each schedule: its name, endpoint, type, and what its definition says of the baseline."""
    c = resources.c
    kinds = {kind: monitor for monitor, kind in DEFINITIONS.items()}
    query = select(c.kind, c.key, c.document).where(c.kind.in_(kinds)).limit(MOST_SCHEDULES)
    known = {
        (kinds[kind], key): document.get(f"{kinds[kind]}BaselineConfig") or {}
        for kind, key, document in connection.execute(query)
    }
    inline = case((c.definition.is_(None), c.document))  # of others the document tells nothing of a baseline
    schedules = select(c.name, c.endpoint, c.monitoring_type, c.definition, inline)
    rows = connection.execute(schedules.where(c.kind == SCHEDULE).order_by(c.key).limit(MOST_SCHEDULES))
    for name, endpoint, kind, definition, document in rows:
        if definition:
            told = known.get((kind, definition.lower()), {})
        else:
            within = document["MonitoringScheduleConfig"].get("MonitoringJobDefinition") or {}
            told = within.get("BaselineConfig") or {}
        yield name, endpoint, kind or INLINE_TYPE, told


def _baseline(kind: str, told: Mapping[str, Any], job: _Job | None) -> Baseline:
    constraints = (told.get("ConstraintsResource") or {}).get("S3Uri", "")
    statistics = (told.get("StatisticsResource") or {}).get("S3Uri", "")
    if job is not None and job.folder:
        constraints = constraints or join(job.folder, MONITOR_TYPES[kind].constraints_file)
        statistics = statistics or (
            join(job.folder, STATISTICS_FILE) if MONITOR_TYPES[kind].takes_statistics else ""
        )
    return Baseline(kind, constraints, statistics)


def _of_job(job: _Job) -> Baseline:
    told = job.document.get("Environment") or {}
    image = builtin_of(job.document["AppSpecification"]["ImageUri"]) or ""
    kind = "" if "clarify" in image else TYPES_OF_JOBS.get(told.get("analysis_type", ""), "")
    file = MONITOR_TYPES[kind or MODEL_BIAS.aws].constraints_file
    statistics = join(job.folder, STATISTICS_FILE) if kind else ""
    one = Baseline(kind, join(job.folder, file), statistics)
    _tell(one, job)
    return one


def _select() -> Any:
    c = resources.c
    columns = select(c.name, c.status, c.ended_at, c.document, c.facts)
    return columns.where(c.kind == PROCESSING_JOB)


def _job(row: Any) -> _Job:
    return _Job(row.name, row.status, row.ended_at, row.document, row.facts.get("failure", ""))


def _named(connection: Connection, names: Iterable[str]) -> Iterable[_Job]:
    wanted = listed(connection, map(key_of, names))
    return map(_job, connection.execute(_select().join(wanted, wanted.c.value == resources.c.key)))


def _unused(connection: Connection) -> Iterable[_Job]:
    """Jobs of the user's own that made baselines: by ranges of names, between those of executions."""
    starts = [None, *(f"{name}g" for name in NOT_BASELINES)]
    ends = [*(f"{name}0" for name in NOT_BASELINES), None]
    key = resources.c.key
    for start, end in zip(starts, ends, strict=True):
        bounds = [*([key >= start] if start else []), *([key < end] if end else [])]
        query = _select().where(*bounds).order_by(key).limit(MOST_JOBS)
        for row in connection.execute(query):
            if _makes_baseline(row.document):
                yield _job(row)


def _makes_baseline(document: Mapping[str, Any]) -> bool:
    image = (document.get("AppSpecification") or {}).get("ImageUri", "")
    told = document.get("Environment") or {}
    compares = any("constraints" in name for name in told) or "sagemaker_monitoring_schedule_name" in told
    kind = builtin_of(image) or ""
    return bool(kind) and "merger" not in kind and not compares
