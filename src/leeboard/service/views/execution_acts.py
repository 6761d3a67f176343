"""What can be done with an execution from its page: follow its log, run it again, stop it."""

from datetime import datetime

from sqlalchemy import Connection

from leeboard.service import jobs, scheduling
from leeboard.service.executions import UNFINISHED, Execution
from leeboard.service.refusals import InvalidRequestError
from leeboard.service.service import Service
from leeboard.service.views.execution import existing
from leeboard.service.views.execution_jobs import ROLES, job_of
from leeboard.service.views.execution_log import Lines, read_log


def log_of(service: Service, number: str, role: str, *, after: int) -> tuple[Lines, bool]:
    """Lines of one of its jobs behind a line, and whether that is all that there will be."""
    with service.database.read() as connection:
        execution = existing(connection, number)
        job = job_of(connection, execution, role) if role in ROLES else None
        if job is None:
            return Lines((), after), execution.status not in UNFINISHED
        is_over = job.status in jobs.ENDED
        lines = read_log(connection, job, after=after)
    return lines, is_over and not lines.is_cut


def run_again_in(connection: Connection, service: Service, number: str, now: datetime) -> Execution:
    """Run the schedule once more for the same scheduled time.

    Raises:
        ResourceNotFoundError: the execution, or its schedule, is not there any more.
        InvalidRequestError: another schedule has the name now.
    """
    execution = existing(connection, number)
    schedule = scheduling.existing(connection, execution.schedule_name)
    if schedule.id != execution.schedule_id:
        raise InvalidRequestError(
            f"The schedule {execution.schedule_name} of this run was deleted, and there is another one of "
            "that name now: run that one"
        )
    return scheduling.fire_in(connection, service, schedule.name, now, execution.scheduled_at)


def stop_in(connection: Connection, number: str, now: datetime) -> Execution:
    """Ask it to end.

    Raises:
        InvalidRequestError: it has ended already.
    """
    execution = existing(connection, number)
    if execution.status not in UNFINISHED:
        raise InvalidRequestError(f"The run has ended already: {execution.status}")
    jobs.stop_execution(connection, execution, now=now)
    return execution
