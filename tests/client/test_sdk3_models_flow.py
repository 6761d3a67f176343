"""SDK 3's monitors of models run unchanged, where they are not broken by themselves."""

import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

pytestmark = pytest.mark.slow

ENDPOINT = "model-quality-sdk3"
KINDS = ("binary", "bias", "explain")
CLEAN_THEN_VIOLATIONS = [0, 3]


@pytest.fixture(scope="module")
def models_server(
    start_server: Any, flow_folder: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Any]:
    """A server with the model of these flows mapped."""
    folder = tmp_path_factory.mktemp("sdk3-models")
    command = f"{sys.executable} {flow_folder / 'quality_model.py'} {{port}} {{model}}"
    (folder / "models.json").write_text(json.dumps([{"image": "*quality-model:*", "command": command}]))
    with start_server(folder / "home", "--models", str(folder / "models.json")) as running:
        yield running


@pytest.fixture(scope="module")
def flow(models_server: Any, other_python: Any, tmp_path_factory: pytest.TempPathFactory) -> Any:
    """Runs a script of SDK 3 and gives what it saw."""

    def run(script: str) -> dict[str, Any]:
        return models_server.run_flow(other_python("sdk3"), script, tmp_path_factory.mktemp("flow"))

    return run


@pytest.fixture(scope="module")
def made(flow: Any) -> dict[str, Any]:
    """An endpoint with traffic and labels, and a schedule of each kind on it."""
    return flow("sdk3_quality.py")


@pytest.fixture(scope="module")
def watched(models_server: Any, flow: Any, made: dict[str, Any]) -> dict[str, Any]:
    """What the schedules found in the hour before and in the hour under way."""
    for name in KINDS:
        runs = [
            models_server.command("schedule", "run", f"{ENDPOINT}-{name}", "--wait", "--at", at)
            for at in made["times"]
        ]
        assert [each.returncode for each in runs] == CLEAN_THEN_VIOLATIONS, runs[-1].stdout
    return flow("sdk3_quality_watch.py")


def test_a_baseline_of_a_models_quality_is_suggested(made: dict[str, Any]) -> None:
    measured = made["statistics"]["binary_classification_metrics"]
    limits = made["constraints"]["binary_classification_constraints"]
    assert measured["recall"]["value"] == limits["recall"]["threshold"] == 109 / 120
    assert made["executions_before"] == 0


def test_baselines_of_bias_and_attributions_are_there_though_the_sdk_fails(made: dict[str, Any]) -> None:
    for name in ("bias", "explain"):
        assert made[f"{name}_suggest_baseline"].startswith(("works", "AttributeError: "))
    (group,) = made["bias_baseline"]["post_training_bias_metrics"]["facets"]["plan"]
    assert len(group["metrics"]) == 13
    assert "label0" in made["explain_baseline"]["explanations"]["kernel_shap"]


def test_each_kind_of_schedule_finds_one_hour_clean_and_one_not(watched: dict[str, Any]) -> None:
    for name in KINDS:
        clean, bad = watched[name]
        assert (clean["violations"], bool(bad["violations"])) == ([], True)
        assert clean["exit_message"].startswith("Completed: ")
        assert bad["exit_message"].startswith("CompletedWithViolations: ")
        assert f"/{ENDPOINT}/{ENDPOINT}-{name}/" in bad["report"]


def test_executions_on_quality_are_read_by_the_monitor(watched: dict[str, Any]) -> None:
    assert watched["binary_list_executions"] == "2 executions"
    assert watched["statistics"]["dataset"]["item_count"] == 60
    assert watched["latest"] == watched["binary"][-1]["violations"]


def test_executions_of_clarify_are_read_by_its_base_class(watched: dict[str, Any]) -> None:
    for name in ("bias", "explain"):
        listed = watched[f"{name}_list_executions"]
        assert "no attribute 'job_name'" in listed or listed == "2 executions"
    found = {each["metric_name"] for each in watched["bias"][-1]["violations"]}
    assert {"DPL", "CDDL"} <= found
    (drift,) = watched["explain"][-1]["violations"]
    assert drift["constraint_check_type"] == "feature_attribution_drift_check"


def test_all_are_updated_and_deleted(watched: dict[str, Any]) -> None:
    assert all(watched[f"{name}_changed"] for name in KINDS)
    assert watched["schedules_left"] == []


@pytest.fixture(scope="module")
def jobs(flow: Any, made: dict[str, Any]) -> dict[str, Any]:
    """Analyses of Clarify's jobs by name."""
    return flow("sdk3_bias_jobs.py")


def test_clarifys_processor_measures_bias_and_attributions(jobs: dict[str, Any]) -> None:
    assert set(jobs["pre"]) & {"pre_training_bias_metrics", "post_training_bias_metrics"} == {
        "pre_training_bias_metrics"
    }
    (group,) = jobs["post"]["post_training_bias_metrics"]["facets"]["minutes"]
    assert group["value_or_threshold"] == "(200, 349.4]"
    values = jobs["shap"]["explanations"]["kernel_shap"]["label0"]["global_shap_values"]
    assert values["plan"] == pytest.approx(0.02**2 * 63 / 240)  # mean_sq
    assert {"pre_training_bias_metrics", "post_training_bias_metrics", "explanations"} <= set(jobs["both"])


def test_no_request_left_for_aws(watched: dict[str, Any], jobs: dict[str, Any], outside: Any) -> None:
    assert outside.asked_for == []
