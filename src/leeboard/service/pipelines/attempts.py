"""One attempt of a step as its type is given it, and how it can turn out."""

from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal

from sqlalchemy import Connection

from leeboard.service import jobs
from leeboard.service.pipelines.names import job_name, prefix_of
from leeboard.service.queue import put
from leeboard.service.refusals import ResourceInUseError
from leeboard.service.resources import Resource, add, find, set_tags
from leeboard.service.service import Service

Status = Literal["Executing", "Succeeded", "Failed", "Stopped"]
Holding = Callable[[], AbstractContextManager[Connection]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """How a step is.

    Attributes:
        properties: what other steps refer to as `Steps.NAME...`; of a step that succeeded.
        metadata: as `ListPipelineExecutionSteps` has it, such as `{"ProcessingJob": {"Arn": ...}}`;
            also of one that runs or failed, as far as it is known.
        reason: why it failed.
        fault: the exception type by which retry policies know a failure that may pass, such as
            `SageMaker.JOB_INTERNAL_ERROR`; None for one that would only come again.
    """

    status: Status
    properties: Mapping[str, Any] = field(default_factory=dict)
    metadata: Mapping[str, Any] = field(default_factory=dict)
    reason: str | None = None
    fault: str | None = None


def executing(metadata: Mapping[str, Any] | None = None) -> Outcome:
    """It still runs."""
    return Outcome(status="Executing", metadata=metadata or {})


def succeeded(properties: Mapping[str, Any], metadata: Mapping[str, Any] | None = None) -> Outcome:
    """It is done."""
    return Outcome(status="Succeeded", properties=properties, metadata=metadata or {})


def failed(reason: str, metadata: Mapping[str, Any] | None = None, *, fault: str | None = None) -> Outcome:
    """It has failed."""
    return Outcome(status="Failed", reason=reason, metadata=metadata or {}, fault=fault)


@dataclass(frozen=True, slots=True, kw_only=True)
class StepRun:
    """One attempt of one step of an execution, as its type is given it.

    Attributes:
        holding: a transaction that fails with `LeaseLostError` if another process has the execution.
        waiting: kind and subject of the work that the end of a job wakes.
        execution_key: the last part of the execution's ARN.
        role: of the execution.
        attempt: counts from 1.
        fields: the members of the step besides `Arguments`, such as `CheckType`, and
        arguments: its `Arguments`; in both, all references have been replaced by their values as they
            were when the attempt began. An execution begun again after a crash has the same ones.
    """

    service: Service
    holding: Holding
    waiting: tuple[str, str]
    pipeline_name: str
    execution_arn: str
    execution_key: str
    role: str
    name: str
    attempt: int
    fields: Mapping[str, Any]
    arguments: Mapping[str, Any]
    now: datetime

    @property
    def facts(self) -> dict[str, Any]:
        """By which what this step makes knows where it is from."""
        return {"pipeline_execution": self.execution_arn, "pipeline_step": self.name}

    def job_name(self, part: str = "") -> str:
        """The name of the job of this attempt, or of one part of it."""
        prefix = prefix_of(self.arguments, self.execution_key, self.fields["Type"])
        return job_name(self.execution_key, self.name, self.attempt, part, prefix)

    def start_job(self, kind: str, request: Mapping[str, Any], *, part: str = "") -> Resource:
        """Begin a processing or transform job under the name of this attempt, or find that it was begun.

        Args:
            kind: `arns.PROCESSING_JOB` or `arns.TRANSFORM_JOB`.
            request: as CreateProcessingJob or CreateTransformJob has it; its name is set here.

        Raises:
            ResourceInUseError: somebody else has a job of that name.
        """
        name = self.job_name(part)
        # looked for before the claim is held: who ends a job takes the job first, then the claim's work
        job = self.find(kind, name) or self._begun(kind, name, request)
        if job.facts.get("pipeline_execution") != self.execution_arn:
            raise ResourceInUseError(f"Job name must be unique, and {job.arn} exists already")
        self.service.bell.ring()
        return job

    def _begun(self, kind: str, name: str, request: Mapping[str, Any]) -> Resource:
        document = {key: value for key, value in request.items() if key != "Tags" and value is not None}
        document[jobs.NAMES[kind]] = name
        with self.holding() as connection:
            job = self.add(connection, kind, name, document, status="InProgress")
            set_tags(connection, job.arn, request.get("Tags") or [])
            put(connection, jobs.WORK[kind], job.name, ready_at=self.now)
        return job

    def add(
        self, connection: Connection, kind: str, name: str, document: dict[str, Any], **columns: Any
    ) -> Resource:
        """Keep a resource of this step; it knows its execution."""
        facts = {**self.facts, jobs.WAITING: self.waiting}
        made = add(
            connection, self.service.settings, kind, name, document, now=self.now, facts=facts, **columns
        )
        if made is None:
            raise ResourceInUseError(f"The name {name} is taken")
        return made

    def find(self, kind: str, name: str) -> Resource | None:
        """A resource as it is now."""
        with self.service.database.read() as connection:
            return find(connection, kind, name)

    def stop_job(self, kind: str, *, part: str = "") -> None:
        """Ask the job of this attempt to end, if there is one that runs."""
        job = self.find(kind, self.job_name(part))
        if job is not None and job.status not in (*jobs.ENDED, "Stopping"):
            jobs.stop(self.service, kind, job.name, self.now)
