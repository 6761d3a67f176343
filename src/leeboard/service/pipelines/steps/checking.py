"""What both types of check steps do: one job that makes a baseline and, if it is wanted, the check."""

from typing import Any

from leeboard.service.arns import PROCESSING_JOB
from leeboard.service.pipelines.checks.baselines import BaselineFiles, previous, wanted
from leeboard.service.pipelines.checks.findings import reason
from leeboard.service.pipelines.checks.request import (
    VIOLATIONS,
    calculated,
    check_request,
    held_against,
    results_of,
)
from leeboard.service.pipelines.checks.wishes import Wishes
from leeboard.service.pipelines.joblike import fault_of
from leeboard.service.pipelines.requests import checked, request_of
from leeboard.service.pipelines.steps import Outcome, StepRun, executing, failed, succeeded
from leeboard.service.resources import Resource
from leeboard.storage import join

OPERATION = "CreateProcessingJob"
WITH_VIOLATIONS = "CompletedWithViolations"
"""How the exit message of a job begins that found some."""
MOST_CHARACTERS = 1024


def begin(run: StepRun) -> None:
    """Ask for the job.

    Raises:
        InvalidRequestError: a check is wanted and there is no baseline, or a field is wrong.
    """
    wishes = Wishes.of(run.fields)
    known = (previous if wishes.skips else wanted)(run.service, wishes)
    asked = check_request(request_of(OPERATION, run), wishes, known, run.execution_key)
    run.start_job(PROCESSING_JOB, checked(run.service, OPERATION, asked))


def look(run: StepRun) -> Outcome:
    """As its job is, and what that found."""
    wishes, job = Wishes.of(run.fields), run.find(PROCESSING_JOB, run.job_name())
    if job is None:
        return failed(f"The job {run.job_name()} is not there any more", _metadata(wishes, {}))
    told = {**wishes.told, "CheckJobArn": job.arn}
    if job.status == "Failed":
        cause = job.facts.get("failure") or "no reason was told"
        return failed(cause, _metadata(wishes, told), fault=fault_of(job))
    if job.status == "Stopped":
        return Outcome(status="Stopped", metadata=_metadata(wishes, told), reason="The job was stopped")
    if job.status != "Completed":
        return executing(_metadata(wishes, told))
    return _concluded(run, wishes, job, told)


def _concluded(run: StepRun, wishes: Wishes, job: Resource, told: dict[str, Any]) -> Outcome:
    new = calculated(job.document, wishes.check_type)
    told |= {
        **new.told("CalculatedBaseline"),
        **_used(run, wishes, job, new).told("BaselineUsedForDriftCheck"),
    }
    if not (job.facts.get("exit_message") or "").startswith(WITH_VIOLATIONS):
        return succeeded(told, _metadata(wishes, told))
    told["ViolationReport"] = join(results_of(job.document), VIOLATIONS)
    if wishes.fails:
        why = reason(wishes.check_type, told["ViolationReport"])
        return failed(why[:MOST_CHARACTERS], _metadata(wishes, told))
    return succeeded(told, _metadata(wishes, told))


def _used(run: StepRun, wishes: Wishes, job: Resource, new: BaselineFiles) -> BaselineFiles:
    """Which baseline the next check is to use: the new one if it is registered."""
    if wishes.registers:
        return new
    return previous(run.service, wishes) if wishes.skips else held_against(job.document)


def _metadata(wishes: Wishes, told: dict[str, Any]) -> dict[str, Any]:
    return {wishes.check_type.step: told or wishes.told}


def stop(run: StepRun) -> None:
    """Stop the job."""
    run.stop_job(PROCESSING_JOB)
