"""Steps that end an execution as failed."""

from leeboard.service.pipelines.steps import Outcome, StepKind, StepRun, failed

NAME = "Fail"
LONGEST = 3072


def begin(run: StepRun) -> None:
    """There is nothing to begin."""


def look(run: StepRun) -> Outcome:
    """It has failed, with the message that the pipeline's author wrote."""
    message = str(run.arguments.get("ErrorMessage") or "")[:LONGEST]
    return failed(message, {NAME: {"ErrorMessage": message}})


def stop(run: StepRun) -> None:
    """There is nothing that runs."""


ENTRY = StepKind(NAME, begin, look, stop, is_cacheable=False)
