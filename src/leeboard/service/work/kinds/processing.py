"""Processing jobs that users ask for."""

from leeboard.service import jobs
from leeboard.service.arns import PROCESSING_JOB
from leeboard.service.resources import find
from leeboard.service.work.kinds import Kind
from leeboard.service.work.processing import conclude, run
from leeboard.service.work.task import Task


def perform(task: Task) -> None:
    """Run the job as it was asked for."""
    with task.service.database.read() as connection:
        job = find(connection, PROCESSING_JOB, task.claim.subject)
    if job is None or job.status in jobs.ENDED:
        with task.finishing():
            return
    done = run(task, job)
    if done is not None:
        with task.finishing() as connection:
            conclude(connection, job, done, now=task.now)


def give_up(task: Task, failure: str) -> None:
    """The job failed for good."""
    with task.finishing() as connection:
        job = find(connection, PROCESSING_JOB, task.claim.subject)
        if job is not None:
            jobs.end(connection, job, "Failed", now=task.now, failure=failure, is_our_fault=True)


ENTRY = Kind(jobs.WORK[PROCESSING_JOB], perform, give_up)
