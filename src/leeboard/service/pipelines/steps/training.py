"""Training steps: recorded, and done at once, as training jobs are here."""

from leeboard.service.arns import TRAINING_JOB
from leeboard.service.described import training_job
from leeboard.service.pipelines.joblike import look_at
from leeboard.service.pipelines.requests import request_of
from leeboard.service.pipelines.steps import Outcome, StepKind, StepRun
from leeboard.service.resources import find, set_tags

NAME = "TrainingJob"
COMPARED = (
    "AlgorithmSpecification",
    "CheckpointConfig",
    "DebugHookConfig",
    "DebugRuleConfigurations",
    "Environment",
    "HyperParameters",
    "InputDataConfig",
)


def begin(run: StepRun) -> None:
    """Record the job."""
    request = request_of("CreateTrainingJob", run)
    tags, name = request.pop("Tags", []), run.job_name()
    with run.holding() as connection:
        if find(connection, TRAINING_JOB, name) is None:
            times = {"started_at": run.now, "ended_at": run.now}
            job = run.add(connection, TRAINING_JOB, name, request, status="Completed", **times)
            set_tags(connection, job.arn, tags)


def look(run: StepRun) -> Outcome:
    """It is done."""
    return look_at(run, TRAINING_JOB, NAME, training_job)


def stop(run: StepRun) -> None:
    """There is nothing that runs."""


ENTRY = StepKind("Training", begin, look, stop, cached_by=COMPARED)
