"""One execution of a schedule: what it read, what became of it, and what stands around it."""

from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection

from leeboard.formats.whole_number import whole_number
from leeboard.service.arns import SCHEDULE
from leeboard.service.executions import UNFINISHED, Execution, find_execution
from leeboard.service.refusals import ResourceNotFoundError
from leeboard.service.resources import Resource, find
from leeboard.service.service import Service
from leeboard.service.views.execution_inputs import Input, inputs_of, results_of
from leeboard.service.views.execution_jobs import ROLES, JobRun, job_of, job_run
from leeboard.service.views.neighbours import Neighbour, runs_around
from leeboard.service.views.states import State, execution_state


@dataclass(frozen=True, slots=True)
class ExecutionTold:
    """What a page shows of an execution, but for its summary and its files.

    Attributes:
        schedule: None if it was deleted since.
        around: runs before and after it with itself, oldest first.
        request: what its analysis was asked, as CreateProcessingJob has it; empty if there was none.
        results: the folder of its files, where there is one.
    """

    execution: Execution
    state: State
    schedule: Resource | None
    jobs: tuple[JobRun, ...]
    inputs: tuple[Input, ...]
    request: dict[str, Any]
    results: str | None
    around: tuple[Neighbour, ...]

    @property
    def previous(self) -> Neighbour | None:
        return self._beside(-1)

    @property
    def next(self) -> Neighbour | None:
        return self._beside(1)

    @property
    def others(self) -> tuple[Neighbour, ...]:
        """Other runs for the same scheduled time."""
        same = (one for one in self.around if one.scheduled_at == self.execution.scheduled_at)
        return tuple(one for one in same if one.id != self.execution.id)

    @property
    def is_over(self) -> bool:
        return self.execution.status not in UNFINISHED

    @property
    def has_results(self) -> bool:
        """The folder of a failed run may hold those of another run for the same time."""
        return self.execution.status in ("Completed", "CompletedWithViolations")

    @property
    def said(self) -> str:
        """What AWS's API says of its end."""
        if self.execution.failure_reason:
            return self.execution.failure_reason
        return next((job.said for job in reversed(self.jobs) if job.role == "analysis"), "")

    def _beside(self, step: int) -> Neighbour | None:
        at = next(i for i, one in enumerate(self.around) if one.id == self.execution.id) + step
        return self.around[at] if 0 <= at < len(self.around) else None


def execution_told(service: Service, number: str) -> ExecutionTold:
    """One execution, in at most ten queries.

    Args:
        number: its id, as a path has it.

    Raises:
        ResourceNotFoundError: there is none.
    """
    with service.database.read() as connection:
        execution = existing(connection, number)
        schedule = find(connection, SCHEDULE, execution.schedule_name)
        found = [(role, job_of(connection, execution, role)) for role in ROLES]
        runs = tuple(job_run(connection, role, job) for role, job in found if job)
        analysis = dict(found)["analysis"]
        around = runs_around(connection, execution)
    request = analysis.document if analysis else {}
    merge = dict(found)["merge"]
    return ExecutionTold(
        execution=execution,
        state=execution_state(execution.status, execution.failure_reason),
        schedule=schedule if schedule and schedule.id == execution.schedule_id else None,
        jobs=runs,
        inputs=tuple(inputs_of(merge.document if merge else {}, request)),
        request=request,
        results=results_of(request),
        around=around,
    )


def existing(connection: Connection, number: str) -> Execution:
    """The execution of that id.

    Raises:
        ResourceNotFoundError: there is none.
    """
    execution = find_execution(connection, whole_number(number))
    if execution is None:
        raise ResourceNotFoundError(f"There is no execution {number[:40]}. It may have been pruned.")
    return execution
