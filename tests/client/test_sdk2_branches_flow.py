"""SDK 2's pipelines run unchanged: upsert, start, wait, steps; conditions, caches, branches."""

from typing import Any

import pytest

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def facts(server: Any, other_python: Any, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    return server.run_flow(other_python("sdk2"), "sdk2_branches.py", tmp_path_factory.mktemp("branches"))


def test_a_pipeline_is_made_changed_and_deleted(facts: dict[str, Any]) -> None:
    assert facts["described"]["PipelineDescription"] == "again"
    assert facts["described"]["ParallelismConfiguration"] == {"MaxParallelExecutionSteps": 2}
    assert facts["tags"] == [{"Key": "a", "Value": "b"}]
    assert (facts["listed"], facts["deleted"]) == (3, True)


def test_an_execution_ends_well_with_what_it_made(facts: dict[str, Any]) -> None:
    run = facts["runs"][0]
    assert (run["waited"], run["status"], run["reason"]) == ("Succeeded", "Succeeded", None)
    assert set(run["steps"]) == {"One", "Two", "Enough", "Train", "Make-CreateModel"}
    assert {each["StepStatus"] for each in run["steps"].values()} == {"Succeeded"}
    assert run["steps"]["Enough"]["Metadata"] == {"Condition": {"Outcome": "True"}}
    assert run["steps"]["Make-CreateModel"]["Metadata"]["Model"]["Arn"]
    assert run["parameters"] == {"Folder": "data", "Instances": "1", "Limit": "1.5", "Strict": "true"}


def test_a_second_execution_uses_what_the_first_found(facts: dict[str, Any]) -> None:
    first, second = facts["runs"][:2]
    assert second["status"] == "Succeeded"
    assert "/execution/" in second["steps"]["One"]["CacheHitResult"]["SourcePipelineExecutionArn"]
    assert second["steps"]["One"]["Metadata"] == first["steps"]["One"]["Metadata"]
    assert "CacheHitResult" not in second["steps"]["Two"]


def test_other_parameters_lead_to_the_other_branch(facts: dict[str, Any]) -> None:
    run = facts["runs"][2]
    assert "terminal failure state" in run["waited"]
    assert run["reason"].startswith("Step failure: One or multiple steps failed.")
    assert run["steps"]["Enough"]["Metadata"] == {"Condition": {"Outcome": "False"}}
    assert run["steps"]["TooFew"]["FailureReason"] == "fewer rows than 1.5 in other"
    assert not {"Train", "Make-CreateModel"} & set(run["steps"])
