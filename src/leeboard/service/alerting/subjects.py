"""What an alert is about: a schedule, a pipeline, or the jobs of one name."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from hashlib import sha256
from typing import Any, Protocol

_TIME = (
    r"(?:19|20)\d\d-(?:0[1-9]|1[0-2])(?:-(?:0[1-9]|[12]\d|3[01]))?(?:[-t]\d\d){0,3}(?:-\d{3,6})?z?"
    r"|\d{8,}(?:[-t]\d{4,6})?z?"
)
_MIXED = r"(?=\d*[a-f])(?=[a-f]*\d)"
_KEY = rf"[0-9a-f]{{8}}(?:-[0-9a-f]{{4}}){{3}}-[0-9a-f]{{12}}|{_MIXED}[0-9a-f]{{6,}}"
_COUNTER = r"\d{1,7}"
APPENDED = re.compile(
    rf"(?:(?:^|-)(?:{_TIME}|{_KEY}))+(?:-(?:{_COUNTER}|[0-9a-f]{{4}}))?$"
    rf"|-(?:{_COUNTER}|{_MIXED}[0-9a-f]{{4,}})$",
    re.IGNORECASE,
)
"""Times and keys that programs append so that no two jobs have the same name, with a counter after them, or
a counter alone. A number before them belongs to the name: the shards `score-1` and `score-2` are two jobs.
"""
VERSION = re.compile(r"-v?\d+$", re.IGNORECASE)


class About(Protocol):
    """What there is one alert in force for, for each rule."""

    @property
    def columns(self) -> dict[str, Any]:
        """By which it is found."""

    def subject(self, feature: str | None = None) -> str:
        """What tells it from all others."""


def feature_key(name: str) -> str:
    """A feature's name may be longer than a column is wide."""
    return sha256(name.encode()).hexdigest()[:32]


@dataclass(frozen=True, slots=True)
class Monitored:
    """A schedule, or a feature of one."""

    schedule_id: int
    schedule: str
    endpoint: str | None
    monitoring_type: str | None

    @property
    def columns(self) -> dict[str, Any]:
        return {
            "schedule_id": self.schedule_id,
            "schedule_name": self.schedule,
            "endpoint": self.endpoint,
            "monitoring_type": self.monitoring_type,
        }

    def subject(self, feature: str | None = None) -> str:
        if feature is None:
            return f"schedule/{self.schedule_id}"
        return f"schedule/{self.schedule_id}/{feature_key(feature)}"


@dataclass(frozen=True, slots=True)
class Runs:
    """Of a pipeline or of jobs: all of them, or a single one.

    Attributes:
        key: what tells it from all others.
    """

    key: str
    pipeline: str | None = None
    job: str | None = None

    @property
    def columns(self) -> dict[str, Any]:
        return {"pipeline": self.pipeline, "job": self.job}

    def subject(self, feature: str | None = None) -> str:
        return self.key


def runs_of_pipeline(pipeline_id: int, name: str) -> Runs:
    return Runs(f"pipeline/{pipeline_id}", pipeline=name)


def run_of_pipeline(execution_id: int, name: str) -> Runs:
    return Runs(f"pipeline-execution/{execution_id}", pipeline=name)


def runs_of_job(kind: str, name: str, document: Mapping[str, Any]) -> Runs:
    """All jobs of a kind that run the same, and whose names differ in what was appended alone.

    Names that an SDK makes of an image are those of many jobs, so a name does not tell two apart alone.

    Args:
        document: what was asked for.
    """
    stem = APPENDED.sub("", name)
    told = sha256("\0".join(_program(document)).encode()).hexdigest()[:16]
    return Runs(f"jobs/{kind}/{stem.lower()}/{told}", job=stem or name)


def run_of_job(job_id: int, name: str) -> Runs:
    return Runs(f"job/{job_id}", job=stem_of(name))


def stem_of(job_name: str) -> str:
    """A job's name without the time, key or counter at its end; the whole of a name that is nothing else.

    >>> stem_of("nightly-2026-11-26-20-21-59-123"), stem_of("churn-1764188519-face"), stem_of("etl-7")
    ('nightly', 'churn', 'etl')
    >>> stem_of("score-2-20261126T2021"), stem_of("load-3f2504e0-4f89-abcd-9a0c-0305e82c3301")
    ('score-2', 'load')
    >>> stem_of("model-v2"), stem_of("2026-11-26"), stem_of("feed-face")
    ('model-v2', '2026-11-26', 'feed-face')
    """
    return APPENDED.sub("", job_name) or job_name


def _program(document: Mapping[str, Any]) -> list[str]:
    """What a job runs: its image without tag and digest and what starts there, or the model that it asks."""
    told = document.get("AppSpecification") or {}
    before, slash, name = str(told.get("ImageUri", "")).partition("@")[0].rpartition("/")
    image = before + slash + name.partition(":")[0]
    model = VERSION.sub("", stem_of(str(document.get("ModelName", ""))))
    return [image, *map(str, told.get("ContainerEntrypoint") or ()), model]
