"""Batch transform jobs."""

from leeboard.errors import InputError
from leeboard.hosting.containers import ContainerSpec
from leeboard.hosting.exchange import Invocation
from leeboard.hosting.failures import HostingError
from leeboard.jobs.transform.order import TransformOrder
from leeboard.jobs.transform.run import TransformEnd, run_transform
from leeboard.service import jobs
from leeboard.service.arns import MODEL, TRANSFORM_JOB
from leeboard.service.endpoints import DEFAULT_STARTUP_S
from leeboard.service.logs import TRANSFORM_GROUP, JobLog, stream_of
from leeboard.service.resources import Resource, change, find
from leeboard.service.wanted import batch_containers
from leeboard.service.work.kinds import Kind
from leeboard.service.work.task import Task


def perform(task: Task) -> None:
    """Send the objects through the model."""
    with task.service.database.write() as connection:
        job = find(connection, TRANSFORM_JOB, task.claim.subject)
        if job is not None:
            change(connection, job, now=task.now, started_at=job.started_at or task.now)
            job = find(connection, TRANSFORM_JOB, task.claim.subject)
    if job is None or job.status in jobs.ENDED:
        with task.finishing():
            return
    end = _transformed(task, job)
    if task.is_lost:
        return
    is_closing = task.is_closing.is_set() or task.models.is_closing
    if is_closing and end.state != "Completed":
        task.later(0)
        return
    with task.finishing() as connection:
        jobs.end(connection, job, end.state, now=task.now, failure=end.reason or None)


def _transformed(task: Task, job: Resource) -> TransformEnd:
    stream = stream_of(job.name, job.started_at or task.now)
    with JobLog(task.service.database, TRANSFORM_GROUP, stream, lambda: task.now) as log:
        try:
            order = TransformOrder.of(job.document, job.started_at or task.now)
            specs = _ready(task, job, order)
        except (HostingError, InputError) as error:
            log(f"failed: {error}")
            return TransformEnd(state="Failed", reason=str(error)[:1024])

        def invoke(
            body: bytes, *, content_type: str | None, accept: str | None, timeout_s: float
        ) -> tuple[int, bytes, str | None]:
            asked = Invocation(body=body, content_type=content_type, accept=accept)
            answer = task.models.invoke(specs, asked, timeout_s)
            return answer.status, answer.body, answer.content_type

        unwanted = task.stopper(lambda: jobs.is_stopping(task.service, TRANSFORM_JOB, job.name))
        # files without names, so that no folder is needed: one of the job's name may be a processing job's
        scratch = task.service.settings.scratch
        scratch.mkdir(parents=True, exist_ok=True)
        return run_transform(order, invoke=invoke, log=log, should_stop=unwanted, scratch=scratch)


def _ready(task: Task, job: Resource, order: TransformOrder) -> list[ContainerSpec]:
    """The model's containers, told that they work for a batch, once they can be asked."""
    with task.service.database.read() as connection:
        model = find(connection, MODEL, job.document["ModelName"])
    if model is None:
        raise InputError(f"the model {job.document['ModelName']} is not there any more")
    containers = batch_containers(model, order)
    task.service.routes.refresh()
    task.models.ready(containers, DEFAULT_STARTUP_S)
    return [ContainerSpec.of(container) for container in containers]


def give_up(task: Task, failure: str) -> None:
    """The job failed for good."""
    with task.finishing() as connection:
        job = find(connection, TRANSFORM_JOB, task.claim.subject)
        if job is not None:
            jobs.end(connection, job, "Failed", now=task.now, failure=failure, is_our_fault=True)


ENTRY = Kind(jobs.WORK[TRANSFORM_JOB], perform, give_up)
