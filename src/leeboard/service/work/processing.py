"""Runs one processing job in the hands of a worker, and writes how it ended."""

import logging
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import replace
from datetime import datetime
from pathlib import Path

from sqlalchemy import Connection

from leeboard.errors import LeeboardError
from leeboard.hosting.mapping import CLARIFY, builtin_of
from leeboard.jobs.runners import (
    Log,
    ProcessingEnd,
    ProcessingOrder,
    failed,
    is_owned,
    kill_leftovers,
    kill_orphans,
    may_pass,
    run_processing,
    upload_outputs,
)
from leeboard.service import jobs
from leeboard.service.arns import PROCESSING_JOB
from leeboard.service.emitted import FACT, fact_of, hand_over
from leeboard.service.logs import PROCESSING_GROUP, JobLog, stream_of
from leeboard.service.metrics import add_numbered, namespace_of, point_of
from leeboard.service.monitor_types import INLINE_TYPE
from leeboard.service.resources import Resource, change, find
from leeboard.service.service import Service
from leeboard.service.work.task import Task

LEAVE_S, LEAVE_SHARE = 2.0, 0.1
"""Jobs that are to stop have so long, or that share of the lease: who loses one has ended before its end."""
_log = logging.getLogger(__name__)


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
    started_at = job.started_at or task.now
    with task.holding() as connection:
        change(connection, job, now=task.now, started_at=started_at)
    scratch = _fresh_scratch(task, job.name)
    order = ProcessingOrder(
        name=job.name,
        arn=job.arn,
        request=job.document,
        scratch=scratch,
        environment={**_mode(task.service), **job.document.get("Environment", {})},
        max_runtime_s=job.document.get("StoppingCondition", {}).get("MaxRuntimeInSeconds", jobs.DAY_S),
        memory_bytes=task.service.settings.job_memory_bytes,
        n_cpus=task.service.settings.job_cpus,
        engine=task.service.settings.container_engine,
        images=task.service.settings.images,
        programs=task.service.settings.jobs,
        home=task.service.settings.home,
        leave_s=min(LEAVE_S, LEAVE_SHARE * task.service.settings.lease_s),
        optional_inputs=optional_inputs,
    )
    asked = is_unwanted or (lambda: jobs.is_stopping(task.service, PROCESSING_JOB, job.name))
    try:
        with _asking_models(task, order) as ready:
            return _ended(task, ready, stream_of(job.name, started_at), task.stopper(asked))
    finally:
        shutil.rmtree(scratch, ignore_errors=True)
        with suppress(OSError):
            scratch.parent.rmdir()


@contextmanager
def _asking_models(task: Task, order: ProcessingOrder) -> Iterator[ProcessingOrder]:
    """The order with a way to models while the job runs, if it is of the kind that asks some."""
    if task.bridge is None or builtin_of(order.image) != CLARIFY:
        yield order
        return
    with task.bridge.opened() as url:
        yield replace(order, models_url=url)


def _mode(service: Service) -> dict[str, str]:
    """Jobs of a strict server are strict, unless they say otherwise."""
    return {"leeboard_compat": "strict"} if service.settings.is_strict else {}


def _ended(
    task: Task, order: ProcessingOrder, stream: str, should_stop: Callable[[], bool]
) -> ProcessingEnd | None:
    """All attempts write to one stream: the SDK reads as many as the job has machines."""
    with JobLog(task.service.database, PROCESSING_GROUP, stream, lambda: task.now) as log:
        if task.claim.n_begun > 1:
            log(f"attempt {task.claim.n_begun} of {order.arn}")
        log(f"job {order.arn}")
        end = run_processing(order, log=log, should_stop=should_stop)
        if task.is_closing.is_set():
            task.later(0)
            return None
        if end.is_retryable and task.has_attempts:
            log(f"{end.message}; it is tried again")
            task.retry()
            return None
        task.hold()  # else it might write over what another worker has put there
        end = _with_outputs(order, end, log)
        if end.state != "Completed":
            log(f"{end.state}: {end.message}")
    return end


def _with_outputs(order: ProcessingOrder, end: ProcessingEnd, log: Log) -> ProcessingEnd:
    """The end of a job once its files are in the store; what the store refuses it would refuse again."""
    try:
        upload_outputs(order)
    except LeeboardError as error:
        if may_pass(error):
            raise
        reason = f"The outputs of the job cannot be uploaded: {error}"
        log(reason)
        return failed(reason, exit_code=end.exit_code) if end.state == "Completed" else end
    return end


def _fresh_scratch(task: Task, name: str) -> Path:
    """A folder of this claim alone, as who lost the work may still look into its own; what earlier ones
    left on this machine is ended and removed.
    """
    place = task.service.settings.scratch / name
    _clear(place)
    return place / str(task.claim.fence)


def remove_leftovers(service: Service) -> None:
    """What killed servers left: containers, processes, and scratch folders of jobs that nobody runs again.

    What a living server of the same home runs is none of it.
    """
    for old in service.settings.scratch.glob("*/*"):
        kill_orphans(old)
    for place in service.settings.scratch.glob("*"):
        if _is_over(service, place):
            with suppress(OSError):
                _clear_as_can_be(place)
                place.rmdir()


def _is_over(service: Service, place: Path) -> bool:
    """Whether the job of a scratch folder has ended, or is known to nobody any more."""
    with service.database.read() as connection:
        job = find(connection, PROCESSING_JOB, place.name)
    if job is None:
        return not any(is_owned(old) for old in place.glob("*"))
    return job.status in jobs.ENDED


def _clear_as_can_be(place: Path) -> None:
    """An engine that does not answer keeps no server from starting; there is a next time."""
    try:
        _clear(place)
    except LeeboardError as error:
        _log.warning("the scratch folder %s stays, as its container may still run: %s", place, error)


def _clear(place: Path) -> None:
    for old in place.glob("*"):
        kill_leftovers(old)
        shutil.rmtree(old, ignore_errors=True)


def conclude(connection: Connection, job: Resource, end: ProcessingEnd, *, now: datetime) -> None:
    """Write how a job ended, with its metrics."""
    numbers = _points_kept(connection, job, end)
    is_own = "schedule_id" in job.facts and builtin_of(job.document["AppSpecification"]["ImageUri"]) is None
    if numbers and is_own:
        job = replace(job, facts=job.facts | {FACT: fact_of(numbers)})
    is_done = end.state == "Completed"
    jobs.end(
        connection,
        job,
        end.state,
        now=now,
        exit_message=end.message if is_done else None,
        failure=None if is_done else end.message,
        is_our_fault=end.is_retryable,
    )
    hand_over(connection, numbers, now=now)


def _points_kept(connection: Connection, job: Resource, end: ProcessingEnd) -> list[int]:
    """The numbers of the points that the metrics of a job became."""
    environment = job.document.get("Environment", {})
    at = job.started_at or job.created_at
    points = [point for metric in end.metrics if (point := point_of(metric, at))]
    monitoring_type = job.facts.get("monitoring_type", INLINE_TYPE)
    is_endpoint = bool(environment.get("sagemaker_endpoint_name"))
    namespace = namespace_of(monitoring_type, is_endpoint=is_endpoint)
    return add_numbered(connection, namespace, points)
