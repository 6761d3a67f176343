"""Processing and transform jobs: asked for, stopped, and how they end."""

from datetime import datetime
from typing import Any

from sqlalchemy import Connection

from leeboard.service import executions
from leeboard.service.alerting.runs import job_ended
from leeboard.service.arns import PROCESSING_JOB, TRANSFORM_JOB, arn_of
from leeboard.service.queue import put, take_back, wake
from leeboard.service.refusals import InvalidRequestError, ResourceInUseError, ResourceNotFoundError
from leeboard.service.resources import Resource, add, change, find, set_tags
from leeboard.service.service import Service
from leeboard.service.settings import Settings
from leeboard.state.tables import executions as executions_table

DAY_S = 86_400
NAMES = {PROCESSING_JOB: "ProcessingJobName", TRANSFORM_JOB: "TransformJobName"}
WORK = {PROCESSING_JOB: "processing", TRANSFORM_JOB: "transform"}
"""Kinds of work by kinds of jobs."""
WAITING = "waiting"
"""The fact that tells kind and subject of the work that waits for the end of a job."""
OUR_FAULT = "is_our_fault"
"""The fact that tells a failure that may be gone next time."""
ENDED = ("Completed", "Failed", "Stopped")
NOUNS = {PROCESSING_JOB: "Processing job", TRANSFORM_JOB: "Transform job"}


def create(service: Service, kind: str, params: dict[str, Any], now: datetime) -> Resource:
    """Ask for a job; a worker takes it."""
    with service.database.write() as connection:
        job = create_in(connection, service.settings, kind, params, now)
    service.bell.ring()
    return job


def create_in(
    connection: Connection, settings: Settings, kind: str, params: dict[str, Any], now: datetime
) -> Resource:
    """The same in a transaction that does more."""
    tags, name = params.pop("Tags", []), params[NAMES[kind]]
    job = add(connection, settings, kind, name, params, now=now, status="InProgress")
    if job is None:
        raise ResourceInUseError(
            f"Job name must be unique, and {arn_of(settings, kind, name)} exists already"
        )
    set_tags(connection, job.arn, tags)
    put(connection, WORK[kind], job.name, ready_at=now)
    return job


def stop(service: Service, kind: str, name: str, now: datetime) -> None:
    """Ask a job to end, with its process tree.

    Raises:
        ResourceNotFoundError: there is no such job.
        InvalidRequestError: it has ended.
    """
    with service.database.write() as connection:
        job = find(connection, kind, name)
        if job is None:
            raise ResourceNotFoundError(f"Could not find {NOUNS[kind].lower()} with name {name}")
        if job.status in ENDED:
            raise InvalidRequestError(f"{NOUNS[kind]} {job.name} has ended already: {job.status}")
        if take_back(connection, WORK[kind], job.name):
            end(connection, job, "Stopped", now=now)
        else:
            change(connection, job, now=now, status="Stopping")
            _stop_execution(connection, job, now)
    service.bell.ring()


def _stop_execution(connection: Connection, job: Resource, now: datetime) -> None:
    """A job that a schedule started takes its execution with it."""
    schedule_id = job.facts.get("schedule_id")
    execution = executions.find_by_job(connection, schedule_id, job.name) if schedule_id else None
    if execution and execution.status in executions.UNFINISHED:
        stop_execution(connection, execution, now=now)


def stop_execution(connection: Connection, execution: executions.Execution, *, now: datetime) -> None:
    """Ask an execution to end: one that nobody runs is over at once, one that runs by its worker."""
    if take_back(connection, executions.EXECUTION, str(execution.id)):
        end_jobs(connection, execution, "Stopped", now=now)
        executions.end(connection, execution, "Stopped", now=now)
    else:
        is_unfinished = executions_table.c.status.in_(executions.UNFINISHED)
        executions.set_execution(connection, execution.id, is_unfinished, now=now, status="Stopping")


def end_jobs(
    connection: Connection,
    execution: executions.Execution,
    status: str,
    *,
    now: datetime,
    failure: str | None = None,
) -> None:
    """No job of an execution goes on, if one was begun."""
    for name in (execution.merge_name, execution.analysis_name):
        job = find(connection, PROCESSING_JOB, name)
        if job and job.status not in ENDED:
            end(connection, job, status, now=now, failure=failure)


def is_stopping(service: Service, kind: str, name: str) -> bool:
    """Whether somebody asked the job to end, or removed it."""
    with service.database.read() as connection:
        job = find(connection, kind, name)
    return job is None or job.status in ("Stopping", "Stopped")


def end(
    connection: Connection,
    job: Resource,
    status: str,
    *,
    now: datetime,
    exit_message: str | None = None,
    failure: str | None = None,
    is_our_fault: bool = False,
) -> None:
    """A job is over, and what waits for it goes on.

    Args:
        is_our_fault: it failed for what may be gone next time, and not for its data or program.
    """
    facts = {
        "exit_message": exit_message,
        "failure": failure[:1024] if failure else None,
        OUR_FAULT: is_our_fault,
    }
    kept = job.facts | {name: fact for name, fact in facts.items() if fact}
    change(connection, job, now=now, status=status, ended_at=now, facts=kept)
    job_ended(connection, job, status, failure, now)
    if waiting := job.facts.get(WAITING):
        wake(connection, *waiting, now=now)
