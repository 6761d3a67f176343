"""Logs of jobs."""

from typing import Any

from leeboard.api.own import Asked, Calls, Route
from leeboard.formats.whole_number import whole_number
from leeboard.service import executions
from leeboard.service.arns import PROCESSING_JOB, SCHEDULE, TRANSFORM_JOB
from leeboard.service.jobs import ENDED
from leeboard.service.logs import PROCESSING_GROUP, TRANSFORM_GROUP, lines_of
from leeboard.service.refusals import ResourceNotFoundError
from leeboard.service.resources import Resource, find

MOST_LINES = 1000
GROUPS = {PROCESSING_JOB: PROCESSING_GROUP, TRANSFORM_JOB: TRANSFORM_GROUP}


def read_log(asked: Asked) -> Any:
    """Lines of a job, or of the last job of a schedule, behind the line with the number in `after`."""
    name, after = asked.names["name"], asked.query.get("after", "0")
    with asked.service.database.read() as connection:
        job = find(connection, PROCESSING_JOB, name) or find(connection, TRANSFORM_JOB, name)
        if job is None:
            job = _last_job(asked, connection, name)
        lines = lines_of(
            connection,
            GROUPS[job.kind],
            job.name,
            after=whole_number(after) or 0,
            limit=MOST_LINES,
        )
    return {
        "job": job.name,
        "status": job.status,
        "failure_reason": job.facts.get("failure"),
        "lines": [{"number": number, "at": at, "message": message} for number, at, message in lines],
        "is_over": job.status in ENDED and len(lines) < MOST_LINES,
    }


def _last_job(asked: Asked, connection: Any, name: str) -> Resource:
    schedule = find(connection, SCHEDULE, name)
    if schedule is None:
        raise ResourceNotFoundError(f"there is no processing job, transform job or schedule named {name}")
    last = executions.latest(connection, [schedule.id]).get(schedule.id)
    job = find(connection, PROCESSING_JOB, last.job_name) if last and last.job_name else None
    if job is None:
        reason = f"its last execution has no job: {last.failure_reason}" if last else "it has not run yet"
        raise ResourceNotFoundError(f"schedule {schedule.name} has no log: {reason}")
    return job


ENTRY = Calls("logs", (Route("GET", "/leeboard/logs/{name}", read_log),))
