"""SDK 3's pipelines run unchanged, where they are not broken by themselves."""

import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

pytestmark = pytest.mark.slow

CHECKS = {
    "data-quality": ("QualityCheck", "_c5 (data_type_check)"),
    "model-quality": ("QualityCheck", "mse (GreaterThanThreshold)"),
    "data-bias": ("ClarifyCheck", "KS of plan plus (bias_drift_check)"),
    "model-bias": ("ClarifyCheck", "DPPL of plan plus (bias_drift_check)"),
    "explainability": ("ClarifyCheck", None),
}
"""Their types of steps, and what the bad baselines of the flow break, alone."""


@pytest.fixture(scope="module")
def seen(
    start_server: Any, other_python: Any, flow_folder: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[dict[str, Any]]:
    """What a pipeline of checks and two monitored transforms did."""
    python, folder = other_python("sdk3-mlops"), tmp_path_factory.mktemp("sdk3-pipelines")
    command = f"{sys.executable} {flow_folder / 'quality_model.py'} {{port}} {{model}}"
    (folder / "models.json").write_text(json.dumps([{"image": "*quality-model:*", "command": command}]))
    with start_server(folder / "home", "--models", str(folder / "models.json")) as running:
        yield running.run_flow(python, "sdk3_pipelines.py", folder)


def steps_of(run: dict[str, Any]) -> dict[str, Any]:
    """Steps by their names."""
    return {each["StepName"]: each for each in run["steps"]}


def check_of(run: dict[str, Any], name: str) -> dict[str, Any]:
    """The metadata of a check step."""
    return steps_of(run)[name]["Metadata"][CHECKS[name][0]]


@pytest.mark.parametrize(
    "name",
    [
        "model_step",
        "registering_step",
        "processing_step",
        "transform_step",
        "condition_step",
        *CHECKS,
        "upsert",
        "upsert_again",
    ],
)
def test_a_class_of_the_sdk_does_its_part(seen: dict[str, Any], name: str) -> None:
    assert seen[name] == "works"


def test_all_steps_succeed_in_a_first_run(seen: dict[str, Any]) -> None:
    assert seen["first"]["status"] == "Succeeded"
    kinds = {name: next(iter(step["Metadata"])) for name, step in steps_of(seen["first"]).items()}
    assert kinds == {
        "profile": "ProcessingJob",
        "model": "Model",
        "registered": "RegisterModel",
        "transform": "TransformJob",
        "small-enough": "Condition",
        **{name: kind for name, (kind, _) in CHECKS.items()},
    }


def test_a_package_keeps_the_baseline_of_a_check(seen: dict[str, Any]) -> None:
    calculated = check_of(seen["first"], "data-quality")["CalculatedBaselineConstraints"]
    assert seen["baselines"]["ModelDataQuality"]["Constraints"]["S3Uri"] == calculated


@pytest.mark.parametrize("name", CHECKS)
def test_the_same_data_are_clean_against_what_was_calculated(seen: dict[str, Any], name: str) -> None:
    assert seen["same"]["status"] == "Succeeded"
    found = check_of(seen["same"], name)
    before = check_of(seen["first"], name)["CalculatedBaselineConstraints"]
    assert found["BaselineUsedForDriftCheckConstraints"] == before
    assert found["CalculatedBaselineConstraints"] != before
    assert "ViolationReport" not in found


@pytest.mark.parametrize("name", [name for name, (_, broken) in CHECKS.items() if broken])
def test_a_bad_baseline_fails_its_check(seen: dict[str, Any], name: str) -> None:
    kind, broken = CHECKS[name]
    step, report = steps_of(seen["bad"])[name], check_of(seen["bad"], name)["ViolationReport"]
    assert (seen["bad"]["status"], step["StepStatus"]) == ("Failed", "Failed")
    noun = kind.removesuffix("Check")
    assert step["FailureReason"].startswith(
        f"ClientError: {noun} check failed. See violation report {report}"
    )
    assert broken in step["FailureReason"]


def test_monitored_transforms_run_though_the_sdk_does_not_take_them_whole(seen: dict[str, Any]) -> None:
    told = seen["monitor_batch_transform_step"]
    assert told == "works" or (told.startswith("ValueError: ") and seen["its_steps"] == "works")
    good, bad = steps_of(seen["batch_good"]), steps_of(seen["batch_bad"])
    assert seen["batch_good"]["status"] == "Succeeded"
    assert good["after-transform"]["EndTime"] <= good["after-monitoring"]["StartTime"]
    assert good["before-monitoring"]["EndTime"] <= good["before-transform"]["StartTime"]
    assert bad["after-monitoring"]["StepStatus"] == bad["before-monitoring"]["StepStatus"] == "Failed"
    assert "before-transform" not in bad


def test_no_request_left_for_aws(seen: dict[str, Any], outside: Any) -> None:
    assert seen["executions"] == 3
    assert outside.asked_for == []
