"""Processing steps."""

from leeboard.service.arns import PROCESSING_JOB
from leeboard.service.described import processing_job
from leeboard.service.pipelines.joblike import look_at
from leeboard.service.pipelines.requests import request_of
from leeboard.service.pipelines.steps import Outcome, StepKind, StepRun

NAME = "ProcessingJob"


def begin(run: StepRun) -> None:
    """Ask for the job."""
    run.start_job(PROCESSING_JOB, request_of("CreateProcessingJob", run))


def look(run: StepRun) -> Outcome:
    """As its job is."""
    return look_at(run, PROCESSING_JOB, NAME, processing_job)


def stop(run: StepRun) -> None:
    """Stop the job."""
    run.stop_job(PROCESSING_JOB)


ENTRY = StepKind(
    "Processing", begin, look, stop, cached_by=("AppSpecification", "Environment", "ProcessingInputs")
)
