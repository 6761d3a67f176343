"""Executions of some steps of a pipeline, which take from an earlier one what they need of others."""

from collections.abc import Callable
from typing import Any

import pytest

from leeboard.clock import now
from leeboard.service.pipelines import pipelines
from leeboard.service.refusals import InvalidRequestError, ResourceNotFoundError
from leeboard.service.service import Service
from pipeline_definitions import compared, condition, definition, fail, get, profile, step, training

Start = Callable[..., Any]
ARTIFACTS = "ModelArtifacts.S3ModelArtifacts"


def selected(*names: str, source: Any = None) -> dict[str, Any]:
    """The request member that asks for these steps."""
    config: dict[str, Any] = {"SelectedSteps": [{"StepName": name} for name in names]}
    if source is not None:
        config["SourcePipelineExecutionArn"] = source.execution.arn(source.service.settings)
    return {"SelectiveExecutionConfig": config}


def chain() -> list[dict[str, Any]]:
    """Each step waits for the one before it, and the last reads the first, too."""
    source = get(f"Steps.a.{ARTIFACTS}")
    return [training("a"), training("b", "a"), profile("c", "b", source=source), training("d", "c")]


def test_selected_steps_run_and_those_before_them_are_taken_as_they_were(piped: Start) -> None:
    first = piped(*chain()).bring_on().end("c").bring_on()
    run = first.again(**selected("c", source=first)).bring_on().end("c").bring_on()
    assert (run.now.status, [*run.steps]) == ("Succeeded", ["a", "b", "c"])
    origin = first.execution.arn(first.service.settings)
    assert [row.reused_from for row in run.steps.values()] == [origin, origin, None]
    assert run.steps["a"].properties == first.steps["a"].properties
    assert run.steps["a"].step_metadata == first.steps["a"].step_metadata
    assert len(run.jobs) == 1
    uri = run.job_of("c").document["ProcessingInputs"][0]["S3Input"]["S3Uri"]
    assert uri == first.steps["a"].properties["ModelArtifacts"]["S3ModelArtifacts"]


def test_an_execution_of_some_steps_can_be_the_source_of_another(piped: Start) -> None:
    first = piped(*chain()).bring_on().end("c").bring_on()
    second = first.again(**selected("c", "d", source=first)).bring_on().end("c").bring_on()
    third = second.again(**selected("b", source=second)).bring_on()
    assert (second.now.status, third.now.status) == ("Succeeded", "Succeeded")
    assert third.steps["a"].reused_from == second.execution.arn(second.service.settings)
    assert third.steps["a"].properties == first.steps["a"].properties


def test_what_failed_is_selected_after_the_pipeline_was_mended(piped: Start, service: Service) -> None:
    first = piped(training("a"), fail("f", "no good", "a")).bring_on()
    mended = {"PipelineName": first.execution.pipeline_name}
    mended["PipelineDefinition"] = definition(training("a"), training("f", "a"))
    pipelines.update(service, mended, now())
    run = first.again(**selected("f", source=first)).bring_on()
    assert (first.now.status, run.now.status) == ("Failed", "Succeeded")
    assert run.statuses == {"a": "Succeeded", "f": "Succeeded"}


def test_a_first_step_needs_no_source(piped: Start) -> None:
    run = piped(*chain(), **selected("a")).bring_on()
    assert (run.now.status, run.statuses) == ("Succeeded", {"a": "Succeeded"})


def test_given_parameters_count_and_else_defaults(piped: Start) -> None:
    least = [{"Name": "Least", "Type": "Integer", "DefaultValue": 1}]
    enough = condition("c", compared("LessThan", get("Parameters.Least"), 3))
    first = piped(
        training("a"), enough, parameters=least, PipelineParameters=[{"Name": "Least", "Value": "5"}]
    )
    first.bring_on()
    run = first.again(**selected("c", source=first)).bring_on()
    assert (first.steps["c"].properties["Outcome"], run.steps["c"].properties["Outcome"]) == ("False", "True")


def test_a_selected_condition_decides_anew_and_only_selected_steps_of_its_branch_run(piped: Start) -> None:
    enough = condition(
        "c", compared("Equals", 1, 1), yes=[training("y"), training("z", "y")], no=[training("n")]
    )
    run = piped(enough, **selected("c", "y", "n")).bring_on()
    assert (run.now.status, run.statuses) == ("Succeeded", {"c": "Succeeded", "y": "Succeeded"})


def test_a_step_in_a_branch_runs_if_the_condition_of_the_source_led_to_it(piped: Start) -> None:
    enough = condition("c", compared("Equals", 1, 1), yes=[training("y")], no=[training("n")])
    first = piped(enough).bring_on()
    assert first.again(**selected("y", source=first)).bring_on().now.status == "Succeeded"
    with pytest.raises(
        InvalidRequestError, match="its conditions went another way than to n: select the cond"
    ):
        first.again(**selected("n", source=first))


def test_a_retry_runs_what_was_selected_alone(piped: Start) -> None:
    first = piped(*chain()).bring_on().end("c").bring_on()
    run = first.again(**selected("c", source=first)).bring_on().end("c", "Failed", failure="x").bring_on()
    assert run.now.status == "Failed"
    run.retry().bring_on().end("c").bring_on()
    assert run.now.status == "Succeeded"
    assert [(row.name, row.attempt) for row in run.steps.values()] == [("a", 1), ("b", 1), ("c", 2)]


def test_an_execution_of_some_steps_that_is_stopped_keeps_what_was_reused(piped: Start) -> None:
    first = piped(*chain()).bring_on().end("c").bring_on()
    run = first.again(**selected("c", source=first)).stop().bring_on()
    assert (run.now.status, run.statuses) == ("Stopped", {"a": "Succeeded", "b": "Succeeded"})


def test_what_is_reused_is_no_result_for_the_cache(piped: Start) -> None:
    cache = {"Enabled": True, "ExpireAfter": "T1H"}
    first = piped(profile("a", CacheConfig=cache), training("b", "a")).bring_on().end("a").bring_on()
    second = first.again(**selected("b", source=first)).bring_on()
    third = first.again().bring_on()
    origin = first.execution.arn(first.service.settings)
    assert second.steps["a"].reused_from == third.steps["a"].cached_from == origin


@pytest.mark.parametrize(
    ("names", "told"),
    [
        (("a", "x"), "SelectedSteps has x, which the pipeline does not have; its steps: a, b, c, d"),
        (("a", "a"), "SelectedSteps has a step twice"),
        (("a", "d"), "on the way from one selected step to another: select b, c, too"),
        (
            ("d",),
            "Invalid SourcePipelineExecutionArn: null. The selected steps [d] have dependencies on [c]: ",
        ),
    ],
)
def test_a_selection_that_cannot_run_is_refused(piped: Start, names: tuple[str, ...], told: str) -> None:
    with pytest.raises(InvalidRequestError) as refusal:
        piped(*chain(), **selected(*names))
    assert told in refusal.value.message


def test_a_source_has_to_have_what_is_needed(piped: Start) -> None:
    first = piped(*chain()).bring_on()
    with pytest.raises(InvalidRequestError, match="the execution is Executing; one that results are taken"):
        first.again(**selected("c", source=first))
    first.end("c", "Failed", failure="x").bring_on()
    with pytest.raises(InvalidRequestError, match="the selected steps need c, which did not succeed in that"):
        first.again(**selected("d", source=first))
    with pytest.raises(InvalidRequestError, match="it is no execution of the pipeline"):
        piped(*chain()).again(**selected("c", source=first))


def test_a_source_that_is_not_there_is_told(piped: Start) -> None:
    asked = selected("a")
    asked["SelectiveExecutionConfig"]["SourcePipelineExecutionArn"] = "arn:aws:x:pipeline/p/execution/none"
    with pytest.raises(ResourceNotFoundError):
        piped(*chain(), **asked)


def test_a_step_of_another_type_than_in_the_source_is_not_taken(piped: Start, service: Service) -> None:
    first = piped(training("a"), training("b", "a")).bring_on()
    model = {"ExecutionRoleArn": "arn:aws:iam::000000000000:role/Monitoring"}
    changed = {"PipelineName": first.execution.pipeline_name}
    changed["PipelineDefinition"] = definition(step("a", "Model", model), training("b", "a"))
    pipelines.update(service, changed, now())
    with pytest.raises(InvalidRequestError, match="need a, which did not succeed"):
        first.again(**selected("b", source=first))
