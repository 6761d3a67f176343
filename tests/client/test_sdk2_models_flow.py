"""SDK 2's monitors of models run unchanged: quality, bias, attributions, and Clarify's own jobs."""

import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

pytestmark = pytest.mark.slow

ENDPOINT = "model-quality-sdk2"
N_KNOWN, N_LIVE = 240, 60
"""Customers in the baseline, who are also the traffic of the hour before; and in this hour's traffic."""


@pytest.fixture(scope="module")
def models_server(
    start_server: Any, flow_folder: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Any]:
    """A server with the model of these flows mapped."""
    folder = tmp_path_factory.mktemp("sdk2-models")
    command = f"{sys.executable} {flow_folder / 'quality_model.py'} {{port}} {{model}}"
    (folder / "models.json").write_text(json.dumps([{"image": "*quality-model:*", "command": command}]))
    with start_server(folder / "home", "--models", str(folder / "models.json")) as running:
        yield running


@pytest.fixture(scope="module")
def flow(models_server: Any, other_python: Any, tmp_path_factory: pytest.TempPathFactory) -> Any:
    """Runs a script of SDK 2 and gives what it saw."""

    def run(script: str) -> dict[str, Any]:
        return models_server.run_flow(other_python("sdk2"), script, tmp_path_factory.mktemp("flow"))

    return run


@pytest.fixture(scope="module")
def deployed(flow: Any) -> dict[str, Any]:
    """An endpoint with traffic and labels, and three schedules on its quality."""
    return flow("sdk2_quality.py")


def run_schedule(server: Any, name: str, times: list[str]) -> list[int]:
    """Exit codes of the runs for these times."""
    done = [server.command("schedule", "run", name, "--wait", "--at", at) for at in times]
    return [each.returncode for each in done]


CLEAN, VIOLATIONS = 0, 3


@pytest.fixture(scope="module")
def quality(models_server: Any, flow: Any, deployed: dict[str, Any]) -> dict[str, Any]:
    """What the schedules on quality found."""
    for name in ("binary", "amounts", "classes"):
        codes = run_schedule(models_server, f"{ENDPOINT}-{name}", deployed["times"])
        assert codes == [CLEAN, VIOLATIONS]
    return flow("sdk2_quality_watch.py")


def test_a_baseline_of_a_models_quality_is_suggested(deployed: dict[str, Any]) -> None:
    measured = deployed["statistics"]["binary_classification_metrics"]
    limits = deployed["constraints"]["binary_classification_constraints"]
    assert deployed["statistics"]["dataset"]["item_count"] == N_KNOWN
    assert measured["recall"]["value"] == limits["recall"]["threshold"] == 109 / 120
    assert isinstance(measured["recall"]["standard_deviation"], float)
    assert limits["false_positive_rate"]["comparison_operator"] == "GreaterThanThreshold"


def test_a_schedule_is_made_while_its_baseline_is_still_measured(deployed: dict[str, Any]) -> None:
    assert deployed["executions_before"] == 0
    for name in ("binary", "amounts", "classes"):
        baseline = deployed[f"{name}_baseline"]
        assert baseline["BaseliningJobName"] == deployed[f"{name}_baselining"]
        assert baseline["ConstraintsResource"]["S3Uri"].endswith(f"/baselining/{name}/constraints.json")


def test_an_hour_like_the_baseline_is_clean(quality: dict[str, Any]) -> None:
    for name in ("binary", "amounts", "classes"):
        first = quality[name][0]
        assert first["violations"] == []
        assert first["exit_message"].startswith("Completed: ")
        assert first["statistics"]["dataset"]["item_count"] == N_KNOWN


def test_labels_that_contradict_the_model_are_violations(quality: dict[str, Any]) -> None:
    last = quality["binary"][-1]
    assert last["exit_message"].startswith("CompletedWithViolations: ")
    assert last["statistics"]["dataset"]["item_count"] == N_LIVE
    found = {each["metric_name"]: each["constraint_check_type"] for each in last["violations"]}
    assert found["accuracy"] == "LessThanThreshold"
    assert found["falsePositiveRate"] == "GreaterThanThreshold"
    assert found["auc"] == "LessThanThreshold"


def test_ids_of_the_caller_and_of_the_capture_find_their_labels(quality: dict[str, Any]) -> None:
    matrices = [
        each["statistics"]["binary_classification_metrics"]["confusion_matrix"] for each in quality["binary"]
    ]
    assert matrices[0] == {"0": {"0": 110, "1": 10}, "1": {"0": 11, "1": 109}}
    assert matrices[1] == {"0": {"0": 27, "1": 13}, "1": {"0": 9, "1": 11}}


@pytest.mark.parametrize(
    ("name", "metrics", "measure"),
    [
        ("amounts", "regression_metrics", "rmse"),
        ("classes", "multiclass_classification_metrics", "weighted_f1"),
    ],
)
def test_amounts_and_classes_are_judged_too(
    quality: dict[str, Any], name: str, metrics: str, measure: str
) -> None:
    last = quality[name][-1]
    assert measure in {each["metric_name"] for each in last["violations"]}
    assert last["statistics"][metrics][measure]["standard_deviation"] == "NaN"  # fewer than 200 rows


def test_the_merge_is_a_job_of_its_own_before_the_analysis(quality: dict[str, Any]) -> None:
    merge, analysis = quality["jobs_of_first"]
    assert merge.startswith("groundtruth-merge-")
    assert analysis.startswith("model-quality-monitoring-")
    assert merge.split("-")[2:] == analysis.split("-")[3:]  # one stamp and number for both
    inputs = [each["InputName"] for each in quality["merge"]["ProcessingInputs"]]
    assert any(name.startswith("groundtruth_input_") for name in inputs)
    assert quality["merge"]["ProcessingOutputConfig"]["Outputs"][0]["S3Output"]["S3Uri"].endswith("/merge")


def test_each_measure_of_quality_is_a_metric(quality: dict[str, Any]) -> None:
    assert len(quality["metrics"]) == 17
    assert {"auc", "f2", "recall_best_constant_classifier", "true_positive_rate"} <= set(quality["metrics"])


def test_the_latest_execution_is_read_by_its_shortcuts(quality: dict[str, Any]) -> None:
    assert quality["latest"]["status"] == "CompletedWithViolations"
    assert quality["latest"]["n_analysed"] == N_LIVE
    assert quality["latest"]["violations"] == quality["binary"][-1]["violations"]


def test_a_schedule_on_quality_is_updated_stopped_and_started(quality: dict[str, Any]) -> None:
    assert quality["cron"] == "cron(0 4 ? * * *)"
    assert quality["definition_changed"]
    definition = quality["definition"]
    assert definition["ModelQualityAppSpecification"]["ProblemType"] == "BinaryClassification"
    assert definition["JobResources"]["ClusterConfig"]["InstanceType"] == "ml.m5.2xlarge"
    assert "GroundTruthS3Input" in definition["ModelQualityJobInput"]
    assert (quality["stopped"], quality["started"]) == ("Stopped", "Scheduled")


def test_an_endpoint_knows_its_monitors_of_quality(quality: dict[str, Any]) -> None:
    expected = [["ModelQualityMonitor", f"{ENDPOINT}-{name}"] for name in ("amounts", "binary", "classes")]
    assert [each for each in quality["monitors"] if each[0] == "ModelQualityMonitor"] == expected
    assert quality["schedules_left"] == []


def test_a_schedule_that_runs_now_waits_for_its_baseline(flow: Any, deployed: dict[str, Any]) -> None:
    seen = flow("sdk2_quality_now.py")
    assert seen["status"] in ("Completed", "CompletedWithViolations"), seen["reason"]
    assert seen["baseline_ended"] <= seen["analysis_began"]
    assert seen["has_accuracy"]


@pytest.fixture(scope="module")
def batch(models_server: Any, flow: Any, deployed: dict[str, Any]) -> dict[str, Any]:
    """What a schedule over a transform with ids found."""
    seen = flow("sdk2_quality_batch.py")
    assert seen["n_ids"] == N_KNOWN
    assert run_schedule(models_server, f"{ENDPOINT}-batch", [seen["time"]]) == [VIOLATIONS]
    return flow("sdk2_quality_batch_watch.py")


def test_answers_of_a_transform_are_judged_by_their_labels(batch: dict[str, Any]) -> None:
    measured = batch["statistics"]["binary_classification_metrics"]
    assert measured["confusion_matrix"] == {"0": {"0": 11, "1": 109}, "1": {"0": 110, "1": 10}}
    assert "accuracy" in {each["metric_name"] for each in batch["violations"]}
    assert f"/reports/{ENDPOINT}-batch/" in batch["report"]  # no endpoint in the path


@pytest.fixture(scope="module")
def bias_made(flow: Any, deployed: dict[str, Any]) -> dict[str, Any]:
    """A baseline of bias and a schedule."""
    return flow("sdk2_bias.py")


@pytest.fixture(scope="module")
def bias(
    models_server: Any, flow: Any, deployed: dict[str, Any], bias_made: dict[str, Any]
) -> dict[str, Any]:
    """What the schedule on bias found."""
    codes = run_schedule(models_server, "model-bias-sdk2", deployed["times"])
    assert codes == [CLEAN, VIOLATIONS]
    return flow("sdk2_bias_watch.py")


def metrics_of(analysis: dict[str, Any], stage: str, facet: str) -> dict[str, Any]:
    """Measures by their names."""
    (group,) = analysis[f"{stage}_bias_metrics"]["facets"][facet]
    return {each["name"]: each["value"] for each in group["metrics"]}


def test_a_baseline_of_bias_asks_the_deployed_model(bias_made: dict[str, Any]) -> None:
    before = metrics_of(bias_made["baseline"], "pre_training", "plan")
    after = metrics_of(bias_made["baseline"], "post_training", "plan")
    assert sorted(before) == ["CDDL", "CI", "DPL", "JS", "KL", "KS", "LP", "TVD"]
    assert len(after) == 13
    assert before["CI"] == pytest.approx((177 - 63) / 240)
    assert after["DPPL"] == pytest.approx(90 / 177 - 29 / 63)


def test_a_schedule_on_bias_has_its_configuration_beside_its_results(bias_made: dict[str, Any]) -> None:
    config_uri = bias_made["definition"]["ModelBiasAppSpecification"]["ConfigUri"]
    assert f"/reports/bias/{bias_made['definition']['JobDefinitionName']}/" in config_uri
    assert bias_made["config"]["headers"] == ["left", "minutes", "calls", "plan"]
    assert bias_made["definition"]["ModelBiasJobInput"]["EndpointInput"]["InferenceAttribute"] == "0"
    assert bias_made["definition"]["ModelBiasBaselineConfig"]["ConstraintsResource"]["S3Uri"].endswith(
        "/bias/baseline/analysis.json"
    )


def test_labels_of_one_group_alone_are_bias(bias: dict[str, Any]) -> None:
    assert bias["exit_messages"][0].startswith("Completed: ")
    assert bias["exit_messages"][1].startswith("CompletedWithViolations: ")
    found = {each["metric_name"]: each for each in bias["violations"]["violations"]}
    assert (found["DPL"]["facet"], found["DPL"]["facet_value"]) == ("plan", "plus")
    assert found["DPL"]["constraint_check_type"] == "bias_drift_check"
    assert metrics_of(bias["analysis"], "pre_training", "plan")["DPL"] == -1.0
    assert bias["latest"] == bias["violations"]["violations"]


def test_an_execution_on_bias_leaves_report_and_log(bias: dict[str, Any]) -> None:
    names = {uri.rpartition("/")[2] for uri in bias["files"]}
    assert {"analysis.json", "constraint_violations.json", "report.html"} <= names
    assert bias["job"] in bias["logs"]
    assert len(bias["metrics"]) == 21


def test_a_schedule_on_bias_is_updated(bias: dict[str, Any]) -> None:
    assert bias["definition_changed"]
    assert bias["definition"]["JobResources"]["ClusterConfig"]["VolumeSizeInGB"] == 40
    assert bias["definition"]["StoppingCondition"]["MaxRuntimeInSeconds"] == 900
    assert bias["definition"]["ModelBiasJobInput"]["EndpointInput"]["StartTimeOffset"] == "-PT1H"


@pytest.fixture(scope="module")
def explained_made(flow: Any, deployed: dict[str, Any]) -> dict[str, Any]:
    """A baseline of attributions and a schedule."""
    return flow("sdk2_explain.py")


@pytest.fixture(scope="module")
def explained(
    models_server: Any, flow: Any, deployed: dict[str, Any], explained_made: dict[str, Any]
) -> dict[str, Any]:
    """What the schedule on attributions found."""
    codes = run_schedule(models_server, "model-explainability-sdk2", deployed["times"])
    assert codes == [CLEAN, VIOLATIONS]
    return flow("sdk2_explain_watch.py")


def shap_of(analysis: dict[str, Any], label: str) -> dict[str, float]:
    """Global values by feature."""
    return analysis["explanations"]["kernel_shap"][label]["global_shap_values"]


def test_a_baseline_of_attributions_asks_the_deployed_model(explained_made: dict[str, Any]) -> None:
    values = shap_of(explained_made["baseline"], "leaves")
    assert list(values) == ["minutes", "calls", "plan"]
    assert values["plan"] == pytest.approx(0.02 * 63 / 240)  # its weight, for those who have it
    assert explained_made["baseline"]["explanations"]["kernel_shap"]["leaves"]["expected_value"] == 0.5
    assert explained_made["local"] == {"header": "minutes_leaves,calls_leaves,plan_leaves", "n_rows": N_KNOWN}


def test_a_schedule_finds_the_scores_though_the_sdk_writes_none_for_no_label(
    explained_made: dict[str, Any], explained: dict[str, Any]
) -> None:
    given = explained_made["definition"]["ModelExplainabilityJobInput"]["EndpointInput"]
    assert (given["InferenceAttribute"], given["ProbabilityAttribute"]) == ("None", "1")
    assert "leaves" in explained["analyses"][0]["explanations"]["kernel_shap"]


def test_traffic_with_other_attributions_drifts(explained: dict[str, Any]) -> None:
    assert explained["exit_messages"][0].startswith("Completed: ")
    assert explained["exit_messages"][1].startswith("CompletedWithViolations: ")
    (found,) = explained["violations"]["violations"]
    assert (found["label"], found["metric_name"]) == ("leaves", "shap")
    assert found["constraint_check_type"] == "feature_attribution_drift_check"
    assert found["description"].endswith("exceeds threshold 0.9")
    assert explained["latest"] == explained["violations"]["violations"]


def test_attributions_are_metrics(explained: dict[str, Any]) -> None:
    emitted = {
        "ExpectedValue",
        "feature_attribution_ndcg",
        "feature_calls",
        "feature_minutes",
        "feature_plan",
    }
    assert emitted <= set(explained["metrics"])


def test_the_same_rows_and_seed_give_the_same_attributions(
    explained_made: dict[str, Any], explained: dict[str, Any]
) -> None:
    assert shap_of(explained["analyses"][0], "leaves") == shap_of(explained_made["baseline"], "leaves")
    assert shap_of(explained["analyses"][1], "leaves")["minutes"] == pytest.approx(0)


def test_a_schedule_on_attributions_is_updated(explained: dict[str, Any]) -> None:
    assert explained["definition_changed"]
    app = explained["definition"]["ModelExplainabilityAppSpecification"]
    assert app["ConfigUri"].endswith("/analysis_config.json")


@pytest.fixture(scope="module")
def jobs(flow: Any, deployed: dict[str, Any]) -> dict[str, Any]:
    """Results of Clarify's jobs by the name of their folder."""
    return flow("sdk2_bias_jobs.py")


@pytest.mark.parametrize("name", ["pre", "bias", "both"])
def test_bias_before_training_is_measured(jobs: dict[str, Any], name: str) -> None:
    values = metrics_of(jobs[name]["analysis"], "pre_training", "minutes")
    assert values["CI"] == pytest.approx((120 - 120) / 240)
    assert values["KS"] == pytest.approx(abs(values["DPL"]))


def test_a_facet_comes_from_a_file_of_its_own(jobs: dict[str, Any]) -> None:
    (group,) = jobs["pre-joined"]["analysis"]["pre_training_bias_metrics"]["facets"]["age"]
    assert group["value_or_threshold"] == "(40, 67]"
    n_over_40 = sum(18 + number % 50 > 40 for number in range(N_KNOWN))
    values = metrics_of(jobs["pre-joined"]["analysis"], "pre_training", "age")
    assert values["CI"] == pytest.approx((N_KNOWN - 2 * n_over_40) / N_KNOWN)
    assert values["CDDL"] is not None  # by town, which is in that file as well


def test_facets_come_from_a_folder_and_predictions_from_the_model(jobs: dict[str, Any]) -> None:
    values = metrics_of(jobs["post-joined"]["analysis"], "post_training", "age")
    assert all(abs(values[name]) <= 1 for name in ("AD", "DPPL", "RD", "CDDPL"))


def test_the_model_is_not_asked_about_excluded_and_joining_columns(jobs: dict[str, Any]) -> None:
    values = metrics_of(jobs["post"]["analysis"], "post_training", "minutes")
    assert values["DPPL"] == metrics_of(jobs["bias"]["analysis"], "post_training", "minutes")["DPPL"]


def test_predicted_labels_come_from_a_file_of_their_own(jobs: dict[str, Any]) -> None:
    by_name = metrics_of(jobs["post-by-name"]["analysis"], "post_training", "minutes")
    assert by_name == metrics_of(jobs["post-by-index"]["analysis"], "post_training", "minutes")
    assert by_name["DPPL"] == metrics_of(jobs["both"]["analysis"], "post_training", "minutes")["DPPL"]


def test_a_threshold_of_the_job_decides_what_a_score_means(jobs: dict[str, Any]) -> None:
    at_048 = metrics_of(jobs["bias"]["analysis"], "post_training", "minutes")["DPPL"]
    at_a_half = metrics_of(jobs["both"]["analysis"], "post_training", "minutes")["DPPL"]
    assert at_048 != at_a_half


def test_several_facets_are_measured_in_one_job(jobs: dict[str, Any]) -> None:
    assert list(jobs["bias"]["analysis"]["pre_training_bias_metrics"]["facets"]) == ["plan", "minutes"]
    assert metrics_of(jobs["bias"]["analysis"], "pre_training", "plan")["CDDL"] is None  # no group variable


@pytest.mark.parametrize("name", ["shap", "both"])
def test_a_score_in_json_lines_is_explained(jobs: dict[str, Any], name: str) -> None:
    values = shap_of(jobs[name]["analysis"], "label0")
    assert values["plan"] == pytest.approx(0.02**2 * 63 / N_KNOWN)  # mean_sq
    assert "explanations_shap/out.csv" in jobs[name]["files"]


def test_labels_have_the_names_they_were_given_and_features_their_curves(jobs: dict[str, Any]) -> None:
    analysis = jobs["pdp"]["analysis"]
    assert list(analysis["explanations"]["kernel_shap"]) == ["leaves"]
    (curve,) = analysis["explanations"]["pdp"]
    assert (curve["feature_name"], len(curve["feature_values"])) == ("minutes", 5)
    assert curve["model_predictions"][0] == sorted(curve["model_predictions"][0])


def test_one_job_does_all_at_once(jobs: dict[str, Any]) -> None:
    assert jobs["both"]["methods"] == ["post_training_bias", "pre_training_bias", "report", "shap"]
    assert {"analysis.json", "analysis_config.json", "report.html"} <= set(jobs["both"]["files"])


def test_no_request_left_for_aws(
    quality: dict[str, Any], bias: dict[str, Any], explained: dict[str, Any], jobs: Any, outside: Any
) -> None:
    assert outside.asked_for == []
