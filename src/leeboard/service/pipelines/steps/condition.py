"""Steps that choose one of two branches."""

from leeboard.service.pipelines.conditions import is_met
from leeboard.service.pipelines.steps import Outcome, StepKind, StepRun, succeeded

NAME = "Condition"


def begin(run: StepRun) -> None:
    """There is nothing to begin."""


def look(run: StepRun) -> Outcome:
    """Whether all conditions hold."""
    outcome = str(all(is_met(each) for each in run.arguments.get("Conditions") or ()))
    return succeeded({"Outcome": outcome}, {NAME: {"Outcome": outcome}})


def stop(run: StepRun) -> None:
    """There is nothing that runs."""


ENTRY = StepKind(NAME, begin, look, stop, is_cacheable=False)
