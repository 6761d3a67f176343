"""How a step goes whose whole work is one job."""

from collections.abc import Callable
from typing import Any

from leeboard.service.jobs import OUR_FAULT
from leeboard.service.pipelines.attempts import Outcome, StepRun, executing, failed, succeeded
from leeboard.service.resources import Resource

INTERNAL = "SageMaker.JOB_INTERNAL_ERROR"


def look_at(
    run: StepRun,
    kind: str,
    metadata_name: str,
    describe: Callable[[Resource], dict[str, Any]],
    part: str = "",
) -> Outcome:
    """As the job of this attempt is.

    Args:
        metadata_name: under which the step's metadata have the job's ARN.
        describe: the properties of the step.
    """
    job = run.find(kind, run.job_name(part))
    if job is None:
        return failed(f"The job {run.job_name(part)} is not there any more")
    metadata = {metadata_name: {"Arn": job.arn}}
    if job.status == "Completed":
        return succeeded(describe(job), metadata)
    if job.status == "Failed":
        reason = job.facts.get("failure") or "no reason was told"
        return failed(reason, metadata, fault=fault_of(job))
    if job.status == "Stopped":
        return Outcome(status="Stopped", metadata=metadata, reason="The job was stopped")
    return executing(metadata)


def fault_of(job: Resource) -> str | None:
    """The exception type of a job's failure; None if it is the job's own."""
    return INTERNAL if job.facts.get(OUR_FAULT) else None
