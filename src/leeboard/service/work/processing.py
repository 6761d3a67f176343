"""Runs one processing job in the hands of a worker, and writes how it ended."""

import shutil
from collections.abc import Callable
from datetime import datetime
from pathlib import Path

from sqlalchemy import Connection

from leeboard.jobs.runners import (
    ProcessingEnd,
    ProcessingOrder,
    kill_leftovers,
    run_processing,
    upload_outputs,
)
from leeboard.service import jobs
from leeboard.service.arns import PROCESSING_JOB
from leeboard.service.logs import PROCESSING_GROUP, JobLog, stream_of
from leeboard.service.metrics import add_points, namespace_of, point_of
from leeboard.service.resources import Resource, change
from leeboard.service.work.task import Task


def run(
    task: Task,
    job: Resource,
    *,
    optional_inputs: frozenset[str] = frozenset(),
    is_unwanted: Callable[[], bool] | None = None,
) -> ProcessingEnd | None:
    """Run it to its end with its outputs in the store; None if it was put back for another try.

    Args:
        optional_inputs: names of inputs that may be empty.
        is_unwanted: whether somebody wants it to end; by default, the job's own status says so.
    """
    name, settings = job.name, task.service.settings
    with task.service.database.write() as connection:
        change(connection, job, now=task.now, started_at=job.started_at or task.now)
    order = ProcessingOrder(
        name=name,
        arn=job.arn,
        request=job.document,
        scratch=_scratch(settings.scratch / name, task.claim.fence),
        environment=job.document.get("Environment", {}),
        max_runtime_s=job.document.get("StoppingCondition", {}).get("MaxRuntimeInSeconds", jobs.DAY_S),
        optional_inputs=optional_inputs,
    )
    asked = is_unwanted or (lambda: jobs.is_stopping(task.service, PROCESSING_JOB, name))
    stream = stream_of(name, task.now)
    with JobLog(task.service.database, PROCESSING_GROUP, stream, lambda: task.now) as log:
        if task.claim.attempt > 1:
            log(f"attempt {task.claim.attempt} of {job.arn}")
        log(f"job {job.arn}")
        end = run_processing(order, log=log, should_stop=task.stopper(asked))
        if task.is_lost.is_set():
            return None
        if task.is_closing.is_set():
            task.later(0)
            return None
        if end.state == "Lost" or (end.is_retryable and task.has_attempts):
            log(f"{end.message or 'lost'}; it is tried again")
            task.retry()
            return None
        upload_outputs(order, end)
        if end.state != "Completed":
            log(f"{end.state}: {end.message}")
    shutil.rmtree(order.scratch.parent, ignore_errors=True)
    return end


def _scratch(folder: Path, fence: int) -> Path:
    """A folder of this claim alone: a worker that lost the job may still be at its end of it.

    What earlier claims on this machine left running is ended.
    """
    for earlier in folder.glob("*"):
        kill_leftovers(earlier)
        shutil.rmtree(earlier, ignore_errors=True)
    return folder / str(fence)


def conclude(connection: Connection, job: Resource, end: ProcessingEnd, *, now: datetime) -> None:
    """Write how a job ended, with its metrics."""
    is_done = end.state == "Completed"
    jobs.end(
        connection,
        job,
        end.state,
        now=now,
        exit_message=end.message if is_done else None,
        failure=None if is_done else end.message,
    )
    environment = job.document.get("Environment", {})
    at = job.started_at or job.created_at
    points = [point for metric in end.metrics if (point := point_of(metric, at))]
    monitoring_type = job.facts.get("monitoring_type", "DataQuality")
    is_endpoint = bool(environment.get("sagemaker_endpoint_name"))
    add_points(connection, namespace_of(monitoring_type, is_endpoint=is_endpoint), points)
