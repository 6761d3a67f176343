"""SDK 2's pipelines run unchanged: all their types of steps, checks, and transforms that are monitored."""

import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

pytestmark = pytest.mark.slow

CHECKS = {
    "data-quality": ("QualityCheck", "DATA_QUALITY", "constraints.json"),
    "model-quality": ("QualityCheck", "MODEL_QUALITY", "constraints.json"),
    "data-bias": ("ClarifyCheck", "DATA_BIAS", "analysis.json"),
    "model-bias": ("ClarifyCheck", "MODEL_BIAS", "analysis.json"),
    "explainability": ("ClarifyCheck", "MODEL_EXPLAINABILITY", "analysis.json"),
}
BROKEN = {
    "data-quality": "_c5 (data_type_check)",
    "model-quality": "mse (GreaterThanThreshold)",
    "data-bias": "KS of plan plus (bias_drift_check)",
    "model-bias": "DPPL of plan plus (bias_drift_check)",
}
"""What the bad baselines of the flow break, alone."""


@pytest.fixture(scope="module")
def pipelines_server(
    start_server: Any, flow_folder: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Any]:
    """A server with the model of these flows mapped."""
    folder = tmp_path_factory.mktemp("sdk2-pipelines")
    command = f"{sys.executable} {flow_folder / 'quality_model.py'} {{port}} {{model}}"
    (folder / "models.json").write_text(json.dumps([{"image": "*quality-model:*", "command": command}]))
    with start_server(folder / "home", "--models", str(folder / "models.json")) as running:
        yield running


@pytest.fixture(scope="module")
def flow(pipelines_server: Any, other_python: Any, tmp_path_factory: pytest.TempPathFactory) -> Any:
    """Runs a script of SDK 2 and gives what it saw."""

    def run(script: str) -> dict[str, Any]:
        return pipelines_server.run_flow(other_python("sdk2"), script, tmp_path_factory.mktemp("flow"))

    return run


@pytest.fixture(scope="module")
def seen(flow: Any) -> dict[str, Any]:
    """What a pipeline of all types of steps did in six executions."""
    return flow("sdk2_pipelines.py")


def steps_of(run: dict[str, Any]) -> dict[str, Any]:
    """Steps by their names."""
    return {each["StepName"]: each for each in run["steps"]}


def check_of(run: dict[str, Any], name: str) -> dict[str, Any]:
    """The metadata of a check step."""
    return steps_of(run)[name]["Metadata"][CHECKS[name][0]]


def test_a_pipeline_is_made_and_then_updated_by_the_same_call(seen: dict[str, Any]) -> None:
    assert seen["created"] == seen["updated"] == seen["deleted"]
    assert seen["created"].endswith(":pipeline/pipeline-sdk2")
    assert seen["description"] == "again"
    assert seen["executions"] == 6


def test_all_types_of_steps_succeed_in_a_first_run(seen: dict[str, Any]) -> None:
    assert (seen["first"]["status"], seen["first"]["reason"]) == ("Succeeded", None)
    steps = steps_of(seen["first"])
    kinds = {name: next(iter(step["Metadata"])) for name, step in steps.items()}
    assert kinds == {
        "profile": "ProcessingJob",
        "model-CreateModel": "Model",
        "transform": "TransformJob",
        "registered-RegisterModel": "RegisterModel",
        "small-enough": "Condition",
        **{name: kind for name, (kind, _, _) in CHECKS.items()},
    }
    assert all(step["StepStatus"] == "Succeeded" and step["EndTime"] for step in steps.values())
    assert steps["small-enough"]["Metadata"]["Condition"]["Outcome"] == "True"


def test_steps_are_listed_newest_first(seen: dict[str, Any]) -> None:
    began = [each["StartTime"] for each in seen["first"]["steps"]]
    assert began == sorted(began, reverse=True)


@pytest.mark.parametrize("name", CHECKS)
def test_a_first_run_registers_what_it_calculated(seen: dict[str, Any], name: str) -> None:
    found, (_, check_type, file) = check_of(seen["first"], name), CHECKS[name]
    assert (found["CheckType"], found["SkipCheck"], found["RegisterNewBaseline"]) == (check_type, True, True)
    assert found["CalculatedBaselineConstraints"].endswith(f"/{name}/{file}")
    assert found["BaselineUsedForDriftCheckConstraints"] == found["CalculatedBaselineConstraints"]


def test_a_package_keeps_the_baselines_of_all_checks(seen: dict[str, Any]) -> None:
    kept = seen["package"]["DriftCheckBaselines"]
    named = {
        "data-quality": kept["ModelDataQuality"]["Constraints"],
        "model-quality": kept["ModelQuality"]["Constraints"],
        "data-bias": kept["Bias"]["PreTrainingConstraints"],
        "model-bias": kept["Bias"]["PostTrainingConstraints"],
        "explainability": kept["Explainability"]["Constraints"],
    }
    for name, source in named.items():
        assert source["S3Uri"] == check_of(seen["first"], name)["CalculatedBaselineConstraints"]
    assert (seen["package"]["ModelPackageVersion"], seen["package"]["ModelApprovalStatus"]) == (1, "Approved")


@pytest.mark.parametrize("name", CHECKS)
def test_the_same_data_are_clean_against_the_registered_baseline(seen: dict[str, Any], name: str) -> None:
    assert seen["registered"]["status"] == "Succeeded"
    found = check_of(seen["registered"], name)
    registered = check_of(seen["first"], name)["CalculatedBaselineConstraints"]
    assert found["BaselineUsedForDriftCheckConstraints"] == registered
    assert found["CalculatedBaselineConstraints"] != registered
    assert "ViolationReport" not in found
    assert (found["SkipCheck"], found["RegisterNewBaseline"]) == (False, False)


def test_an_unchanged_step_is_taken_from_the_cache(seen: dict[str, Any]) -> None:
    hit = steps_of(seen["registered"])["profile"]["CacheHitResult"]
    assert ":pipeline/pipeline-sdk2/execution/" in hit["SourcePipelineExecutionArn"]
    assert "CacheHitResult" not in steps_of(seen["first"])["profile"]


@pytest.mark.parametrize("name", BROKEN)
def test_a_bad_baseline_fails_its_check_with_the_words_of_aws(seen: dict[str, Any], name: str) -> None:
    step, found = steps_of(seen["bad"])[name], check_of(seen["bad"], name)
    noun = "Quality" if CHECKS[name][0] == "QualityCheck" else "Clarify"
    assert seen["bad"]["status"] == "Failed"
    assert step["StepStatus"] == "Failed"
    assert found["BaselineUsedForDriftCheckConstraints"] == seen["supplied"][name]
    sentence = f"ClientError: {noun} check failed. See violation report {found['ViolationReport']}"
    assert step["FailureReason"].startswith(sentence)
    assert BROKEN[name] in step["FailureReason"]


@pytest.mark.parametrize("name", BROKEN)
def test_violations_that_may_be_do_not_fail(seen: dict[str, Any], name: str) -> None:
    assert seen["allowed"]["status"] == "Succeeded"
    assert "FailureReason" not in steps_of(seen["allowed"])[name]
    assert check_of(seen["allowed"], name)["ViolationReport"].endswith("/constraint_violations.json")


def test_a_condition_leads_to_a_step_that_fails_with_its_message(seen: dict[str, Any]) -> None:
    assert seen["too-many"]["status"] == "Failed"
    step = steps_of(seen["too-many"])["too-many"]
    assert step["Metadata"]["Fail"]["ErrorMessage"] == "more rows than 10.0"
    assert steps_of(seen["too-many"])["small-enough"]["Metadata"]["Condition"]["Outcome"] == "False"
    assert "transform" not in steps_of(seen["too-many"])


def test_an_execution_is_stopped(seen: dict[str, Any]) -> None:
    assert seen["stopped"] == "Stopped"


def test_parameters_are_told_as_texts(seen: dict[str, Any]) -> None:
    told = {each["Name"]: each["Value"] for each in seen["parameters"]}
    assert (told["SkipChecks"], told["MostRows"], told["PackageGroup"]) == (
        "true",
        "1000.0",
        "pipeline-sdk2-models",
    )


@pytest.fixture(scope="module")
def batch(flow: Any) -> dict[str, Any]:
    """What transforms with checks before and after them did."""
    return flow("sdk2_pipelines_batch.py")


MONITORED = {
    "data-after": "data",
    "model-after": "model",
    "bias-after": "bias",
    "data-before": "data",
    "shap-before": "shap",
}


def monitoring(run: dict[str, Any], name: str) -> tuple[dict[str, Any], dict[str, Any]]:
    """The step that checks, and its metadata."""
    step = steps_of(run)[f"{name}-monitoring"]
    return step, next(iter(step["Metadata"].values()))


@pytest.mark.parametrize("name", MONITORED)
def test_a_monitored_transform_of_good_data_is_clean(batch: dict[str, Any], name: str) -> None:
    assert batch["good"]["status"] == "Succeeded"
    step, found = monitoring(batch["good"], name)
    assert step["StepStatus"] == steps_of(batch["good"])[f"{name}-transform"]["StepStatus"] == "Succeeded"
    assert found["BaselineUsedForDriftCheckConstraints"] == batch["known"][MONITORED[name]]
    assert found["CalculatedBaselineConstraints"] != batch["known"][MONITORED[name]]
    assert "ViolationReport" not in found


@pytest.mark.parametrize("name", MONITORED)
def test_a_check_runs_before_its_transform_or_after_it(batch: dict[str, Any], name: str) -> None:
    steps = steps_of(batch["good"])
    order = [f"{name}-transform", f"{name}-monitoring"]
    first, second = reversed(order) if name.endswith("-before") else order
    assert steps[first]["EndTime"] <= steps[second]["StartTime"]


@pytest.mark.parametrize(
    ("name", "noun"),
    [
        ("data-after", "Quality"),
        ("model-after", "Quality"),
        ("bias-after", "Clarify"),
        ("data-before", "Quality"),
    ],
)
def test_a_monitored_transform_of_bad_data_fails(batch: dict[str, Any], name: str, noun: str) -> None:
    assert batch["bad"]["status"] == "Failed"
    step, found = monitoring(batch["bad"], name)
    assert step["StepStatus"] == "Failed"
    assert f"ClientError: {noun} check failed. See violation report" in step["FailureReason"]
    assert found["BaselineUsedForDriftCheckConstraints"] == batch["given"][MONITORED[name]]


def test_a_bad_check_before_a_transform_keeps_it_from_running(batch: dict[str, Any]) -> None:
    assert "data-before-transform" not in steps_of(batch["bad"])
    assert steps_of(batch["bad"])["data-after-transform"]["StepStatus"] == "Succeeded"


def test_a_monitored_transform_may_be_bad(batch: dict[str, Any]) -> None:
    assert batch["allowed"]["status"] == "Succeeded"
    for name in ("data-after", "model-after", "bias-after", "data-before"):
        step, found = monitoring(batch["allowed"], name)
        assert "FailureReason" not in step
        assert found["ViolationReport"]
    assert steps_of(batch["allowed"])["data-before-transform"]["StepStatus"] == "Succeeded"


def test_bias_cannot_be_checked_before_a_transform(batch: dict[str, Any]) -> None:
    assert "monitor_before_transform" in batch["bias_before"]


def test_no_request_left_for_aws(seen: dict[str, Any], batch: dict[str, Any], outside: Any) -> None:
    assert outside.asked_for == []
