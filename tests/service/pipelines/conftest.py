"""An execution that tests bring on pass by pass; they end its jobs themselves."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from itertools import count
from typing import Any

import pytest

from leeboard.clock import now
from leeboard.service import jobs
from leeboard.service.arns import PROCESSING_JOB
from leeboard.service.pipelines import asking, pipelines
from leeboard.service.pipelines.kept import PipelineExecution, StepRow, find_execution, steps_of
from leeboard.service.queue import claim, put_back
from leeboard.service.resources import Resource, find, find_all
from leeboard.service.service import Service
from leeboard.service.work.kinds.pipeline import ENTRY
from leeboard.service.work.task import Task
from pipeline_definitions import ROLE, definition

HOUR = timedelta(hours=1)
_tokens, _hours = count(), count(1)


@dataclass(slots=True)
class Piped:
    """One execution."""

    service: Service
    execution: PipelineExecution

    def claim(self) -> Task:
        """Its work in this process's hands, whoever has it now: all leases have run out each time."""
        while True:
            at = now() + next(_hours) * HOUR
            held = claim(self.service.database, "me", ["pipeline"], now=at, lease_s=20)
            assert held is not None
            if held.subject == str(self.execution.id):
                return Task(self.service, None, held)
            with self.service.database.write() as connection:
                put_back(connection, held, ready_at=at + 10_000 * HOUR)

    def bring_on(self, n_passes: int = 1) -> "Piped":
        for _ in range(n_passes):
            ENTRY.perform(self.claim())
        return self

    @property
    def now(self) -> PipelineExecution:
        with self.service.database.read() as connection:
            found = find_execution(connection, self.execution.id)
        assert found is not None
        return found

    @property
    def steps(self) -> dict[str, StepRow]:
        with self.service.database.read() as connection:
            return steps_of(connection, self.execution.id)

    @property
    def statuses(self) -> dict[str, str]:
        return {name: row.status for name, row in self.steps.items()}

    @property
    def jobs(self) -> list[Resource]:
        """Of this execution, oldest first."""
        arn = self.execution.arn(self.service.settings)
        with self.service.database.read() as connection:
            found = find_all(connection, PROCESSING_JOB)
        return [job for job in found if job.facts.get("pipeline_execution") == arn]

    def job_of(self, step: str) -> Resource:
        return [job for job in self.jobs if job.facts["pipeline_step"] == step][-1]

    def end(self, step: str, status: str = "Completed", **how: Any) -> "Piped":
        with self.service.database.write() as connection:
            job = find(connection, PROCESSING_JOB, self.job_of(step).name)
            assert job is not None
            jobs.end(connection, job, status, now=now(), **how)
        return self

    def stop(self) -> "Piped":
        asking.stop(self.service, self.execution.arn(self.service.settings), now())
        return self

    def retry(self) -> "Piped":
        asking.retry(self.service, {"PipelineExecutionArn": self.execution.arn(self.service.settings)}, now())
        return self

    def again(self, **params: Any) -> "Piped":
        """Another execution of the same pipeline."""
        return Piped(self.service, _started(self.service, self.execution.pipeline_name, **params))


@pytest.fixture
def piped(service: Service) -> Callable[..., Piped]:
    """Starts an execution of a pipeline of these steps."""

    def start(*steps: Any, parameters: Any = (), **params: Any) -> Piped:
        name = f"p{next(_tokens)}"
        made = {"PipelineName": name, "RoleArn": ROLE, "ClientRequestToken": "t" * 32}
        made["PipelineDefinition"] = definition(*steps, parameters=parameters)
        pipelines.create(service, made, now())
        return Piped(service, _started(service, name, **params))

    return start


def _started(service: Service, name: str, **params: Any) -> PipelineExecution:
    named = {"PipelineName": name, "ClientRequestToken": f"{next(_tokens):032}"}
    return asking.start(service, named | params, now())
