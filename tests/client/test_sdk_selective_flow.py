"""Selective executions of pipelines as both SDKs ask for them."""

from collections.abc import Iterator
from typing import Any

import pytest

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module", params=["sdk2", "sdk3-mlops"])
def seen(
    request: pytest.FixtureRequest,
    start_server: Any,
    other_python: Any,
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[dict[str, Any]]:
    """What four starts of one pipeline did."""
    python, folder = other_python(request.param), tmp_path_factory.mktemp(request.param)
    with start_server(folder / "home") as running:
        yield running.run_flow(python, "sdk_pipelines_selective.py", folder)


def steps_of(run: dict[str, Any]) -> dict[str, Any]:
    """Steps by their names."""
    return {each["StepName"]: each for each in run["steps"]}


def test_the_latest_execution_gives_what_is_not_selected(seen: dict[str, Any]) -> None:
    run, source = seen["latest"], seen["first"]
    assert (source["status"], run["status"]) == ("Failed", "Succeeded")
    assert [each["StepName"] for each in run["steps"]] == ["small-enough", "profile"]
    profile = steps_of(run)["profile"]
    assert profile["SelectiveExecutionResult"] == {"SourcePipelineExecutionArn": source["arn"]}
    assert profile["Metadata"] == steps_of(source)["profile"]["Metadata"]
    assert run["config"] == {
        "SourcePipelineExecutionArn": source["arn"],
        "SelectedSteps": [{"StepName": "small-enough"}],
    }


def test_parameters_of_the_source_are_built_with_others_over_them(seen: dict[str, Any]) -> None:
    assert seen["latest"]["parameters"] == [{"Name": "MostRows", "Value": "1000.0"}]
    assert steps_of(seen["latest"])["small-enough"]["Metadata"]["Condition"]["Outcome"] == "True"


def test_a_named_execution_is_the_source_though_a_later_one_is_there(seen: dict[str, Any]) -> None:
    run, source = seen["named"], seen["first"]["arn"]
    assert run["status"] == "Failed"
    assert steps_of(run)["profile"]["SelectiveExecutionResult"]["SourcePipelineExecutionArn"] == source
    assert steps_of(run)["too-many"]["StepStatus"] == "Failed"


def test_what_needs_another_step_is_refused_without_a_source(seen: dict[str, Any]) -> None:
    told = "Invalid SourcePipelineExecutionArn: null. The selected steps [small-enough] have dependencies on"
    assert f"{told} [profile]" in seen["alone"]


def test_no_request_left_for_aws(seen: dict[str, Any], outside: Any) -> None:
    assert seen
    assert outside.asked_for == []
