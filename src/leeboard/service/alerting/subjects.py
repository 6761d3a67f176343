"""What an alert is about: a schedule, a pipeline, or the jobs of one name."""

import re
from dataclasses import dataclass
from hashlib import sha256
from typing import Any, Protocol

APPENDED = re.compile(r"(?:-(?:\d+|(?=[0-9a-f]*\d)[0-9a-f]{4,}))+$")
"""Times, counters and keys that programs append so that no two jobs have the same name."""


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


def runs_of_job(kind: str, name: str) -> Runs:
    """All jobs of a kind whose names differ in what was appended alone."""
    stem = stem_of(name)
    return Runs(f"jobs/{kind}/{stem.lower()}", job=stem)


def run_of_job(job_id: int, name: str) -> Runs:
    return Runs(f"job/{job_id}", job=stem_of(name))


def stem_of(job_name: str) -> str:
    """A job's name without the time, counter or key at its end.

    >>> stem_of("nightly-2026-11-26-20-21-59-123"), stem_of("churn-1764188519-3fa9"), stem_of("etl-7")
    ('nightly', 'churn', 'etl')
    >>> stem_of("model-v2"), stem_of("2026-11-26"), stem_of("feed-face")
    ('model-v2', '2026', 'feed-face')
    """
    return APPENDED.sub("", job_name) or job_name
