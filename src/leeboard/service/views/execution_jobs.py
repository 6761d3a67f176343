"""The processing jobs of an execution: a merge where there are labels, then the analysis."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Connection

from leeboard.service import jobs
from leeboard.service.arns import PROCESSING_JOB
from leeboard.service.executions import Execution
from leeboard.service.resources import Resource, find
from leeboard.service.views.execution_log import Lines, last_lines

LAST_LINES = 200
ROLES = ("merge", "analysis")


@dataclass(frozen=True, slots=True)
class JobRun:
    """One processing job of an execution.

    Attributes:
        role: "merge" joins records with labels, "analysis" comes after it.
        said: its exit message, or why it failed.
        log: its last lines.
    """

    role: str
    name: str
    status: str
    created_at: datetime
    started_at: datetime | None
    ended_at: datetime | None
    said: str
    image: str
    log: Lines

    @property
    def is_over(self) -> bool:
        return self.status in jobs.ENDED

    @property
    def length(self) -> timedelta | None:
        return self.ended_at - self.started_at if self.started_at and self.ended_at else None


def job_of(connection: Connection, execution: Execution, role: str) -> Resource | None:
    """Its job of that role, if it came that far."""
    if role == "merge":
        return find(connection, PROCESSING_JOB, execution.merge_name)
    name = execution.job_name if execution.job_name != execution.merge_name else None
    return find(connection, PROCESSING_JOB, name or execution.analysis_name)


def job_run(connection: Connection, role: str, job: Resource) -> JobRun:
    """How a job of an execution went, with the end of its log."""
    return JobRun(
        role=role,
        name=job.name,
        status=job.status,
        created_at=job.created_at,
        started_at=job.started_at,
        ended_at=job.ended_at,
        said=str(job.facts.get("failure") or job.facts.get("exit_message") or ""),
        image=str(job.document.get("AppSpecification", {}).get("ImageUri", "")),
        log=last_lines(connection, job, limit=LAST_LINES),
    )
