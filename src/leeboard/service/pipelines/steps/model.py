"""Steps that make a model."""

from leeboard.service import models
from leeboard.service.arns import MODEL
from leeboard.service.described import model
from leeboard.service.pipelines.requests import request_of
from leeboard.service.pipelines.steps import Outcome, StepKind, StepRun, failed, succeeded
from leeboard.service.resources import find


def begin(run: StepRun) -> None:
    """Make it."""
    request = request_of("CreateModel", run)
    with run.holding() as connection:
        if find(connection, MODEL, run.job_name()) is None:
            models.keep(run.service, connection, request, run.now, run.facts)


def look(run: StepRun) -> Outcome:
    """It is there."""
    made = run.find(MODEL, run.job_name())
    if made is None:
        return failed(f"The model {run.job_name()} is not there any more")
    return succeeded(model(made), {"Model": {"Arn": made.arn}})


def stop(run: StepRun) -> None:
    """There is nothing that runs."""


ENTRY = StepKind("Model", begin, look, stop, is_cacheable=False)
