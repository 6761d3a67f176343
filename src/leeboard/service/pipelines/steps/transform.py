"""Batch transform steps."""

from leeboard.jobs.transform.order import TransformOrder
from leeboard.service.arns import MODEL, TRANSFORM_JOB
from leeboard.service.described import transform_job
from leeboard.service.pipelines.joblike import look_at
from leeboard.service.pipelines.requests import request_of
from leeboard.service.pipelines.steps import Outcome, StepKind, StepRun
from leeboard.service.refusals import InvalidRequestError

NAME = "TransformJob"


def begin(run: StepRun) -> None:
    """Ask for the job.

    Raises:
        InvalidRequestError: there is no such model.
    """
    request = request_of("CreateTransformJob", run)
    TransformOrder.of(request, run.now)  # refuses what could only fail later
    if run.find(MODEL, request["ModelName"]) is None:
        raise InvalidRequestError(f"Could not find model {request['ModelName']}")
    run.start_job(TRANSFORM_JOB, request)


def look(run: StepRun) -> Outcome:
    """As its job is."""
    return look_at(run, TRANSFORM_JOB, NAME, transform_job)


def stop(run: StepRun) -> None:
    """Stop the job."""
    run.stop_job(TRANSFORM_JOB)


ENTRY = StepKind(
    "Transform",
    begin,
    look,
    stop,
    cached_by=("DataProcessing", "Environment", "ModelName", "TransformInput"),
)
