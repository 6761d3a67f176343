"""Clarify check steps of pipelines over a live server."""

import json
import math
import random
import sys
from pathlib import Path

import pytest

from api_documents import BUCKET, model, unique
from check_steps import check, clarify, ran

PROGRAM = Path(__file__).parents[2] / "scoring_model.py"
IMAGE = "000000000000.dkr.ecr.us-east-1.amazonaws.com/check-scorer:1"
HEADERS = ["left", "age", "number"]
BIAS = {
    "dataset_type": "text/csv",
    "headers": HEADERS,
    "label": "left",
    "label_values_or_threshold": [1],
    "facet": [{"name_or_index": "age", "value_or_threshold": [40]}],
}
REPORT = {"name": "report", "title": "Analysis Report"}
PREDICTOR = {"instance_type": "ml.m5.large", "initial_instance_count": 1, "content_type": "text/csv"}
CONFIGS = {
    "DATA_BIAS": BIAS | {"methods": {"pre_training_bias": {"methods": "all"}, "report": REPORT}},
    "MODEL_BIAS": BIAS | {
        "methods": {"post_training_bias": {"methods": "all"}, "report": REPORT},
        "predictor": PREDICTOR | {"probability": 0},
        "probability_threshold": 0.5,
    },
    "MODEL_EXPLAINABILITY": {
        "dataset_type": "text/csv",
        "headers": HEADERS,
        "label": "left",
        "methods": {
            "shap": {"baseline": [[40, 4]], "num_samples": 8, "agg_method": "mean_abs", "seed": 1},
            "report": REPORT,
        },
        "predictor": PREDICTOR | {"label": 0},
    },
}  # fmt: skip
"""As the SDK uploads them: the predictor has no name of a model."""


def read(live, uri):
    bucket, _, key = uri.removeprefix("s3://").partition("/")
    return json.loads(live.client("s3").get_object(Bucket=bucket, Key=key)["Body"].read())


def put(live, key, body):
    live.client("s3").put_object(Bucket=BUCKET, Key=key, Body=body)
    return f"s3://{BUCKET}/{key}"


@pytest.fixture(scope="module")
def job(live):
    """Makes the arguments of a check: its type and the folder of its results."""
    where, chance = unique("clarify-data"), random.Random(3)
    ages = [chance.randrange(18, 70) for _ in range(120)]
    rows = [f"{int(chance.random() < age / 80)},{age},{chance.randrange(100)}" for age in ages]
    put(live, f"{where}/data.csv", "\n".join(rows) + "\n")
    for name, config in CONFIGS.items():
        put(live, f"{where}/{name}/analysis_config.json", json.dumps(config))
    return lambda name, results: clarify(
        f"{where}/data.csv", f"{where}/{name}/analysis_config.json", f"{results}/{name}"
    )


@pytest.fixture(scope="module")
def scorer(live, sm):
    mapped = live.command(
        "models", "map", "*/check-scorer:*", f"{sys.executable} {PROGRAM} {{port}} {{model}}"
    )
    assert mapped.returncode == 0, mapped.stderr
    return model(sm, unique("check-scorer"), image=IMAGE)


def fields(name, scorer, **given):
    return given if name == "DATA_BIAS" else {"ModelName": scorer, **given}


def run_all(sm, job, scorer, results, given):
    """Metadata of one step of each type, by type; they have to succeed."""
    steps = ran(
        sm,
        *(check(name, name, job(name, results), **fields(name, scorer, **given(name))) for name in CONFIGS),
    )
    for step in steps.values():
        assert step["StepStatus"] == "Succeeded", step
    return {name: step["Metadata"]["ClarifyCheck"] for name, step in steps.items()}


@pytest.fixture(scope="module")
def baseline(sm, job, scorer):
    """What a first run calculates, by type."""
    first = {"SkipCheck": True, "RegisterNewBaseline": True}
    return run_all(sm, job, scorer, unique("clarify-baseline"), lambda name: first)


def test_a_first_run_of_each_type_calculates_a_baseline(live, baseline):
    expected = {
        "DATA_BIAS": "pre_training_bias_metrics",
        "MODEL_BIAS": "post_training_bias_metrics",
        "MODEL_EXPLAINABILITY": "explanations",
    }
    for name, member in expected.items():
        found = baseline[name]
        assert found["CalculatedBaselineConstraints"].endswith(f"/{name}/analysis.json")
        assert found["BaselineUsedForDriftCheckConstraints"] == found["CalculatedBaselineConstraints"]
        assert (found["CheckType"], "ViolationReport" in found) == (name, False)
        assert member in read(live, found["CalculatedBaselineConstraints"])


@pytest.mark.slow
def test_the_configuration_of_the_user_is_left_as_it_is(live, job, baseline):
    for name in CONFIGS:
        uri = job(name, "")["ProcessingInputs"][0]["S3Input"]["S3Uri"]
        assert read(live, uri) == CONFIGS[name]


@pytest.mark.slow
def test_the_same_data_are_clean_to_the_last_bit(live, sm, job, scorer, baseline):
    known = {name: found["CalculatedBaselineConstraints"] for name, found in baseline.items()}
    again = run_all(
        sm, job, scorer, unique("clarify-same"), lambda name: {"SuppliedBaselineConstraints": known[name]}
    )
    for name, found in again.items():
        assert "ViolationReport" not in found
        assert found["BaselineUsedForDriftCheckConstraints"] == known[name]
        assert read(live, found["CalculatedBaselineConstraints"]) == read(live, known[name])


def group_of(analysis, stage):
    (group,) = analysis[f"{stage}_training_bias_metrics"]["facets"]["age"]
    return {each["name"]: each for each in group["metrics"]}


@pytest.mark.slow
@pytest.mark.parametrize("given", [{}, {"FailOnViolation": True}])
def test_a_measure_above_a_small_baseline_fails_the_step(live, sm, job, baseline, given):
    analysis = read(live, baseline["DATA_BIAS"]["CalculatedBaselineConstraints"])
    measures = group_of(analysis, "pre")
    assert abs(measures["KS"]["value"]) > 0.01
    measures["KS"]["value"] = 7.9e-06
    uri = put(live, f"{unique('small')}/analysis.json", json.dumps(analysis))
    step = ran(
        sm,
        check("bias", "DATA_BIAS", job("DATA_BIAS", unique("ks")), SuppliedBaselineConstraints=uri, **given),
    )["bias"]
    report = step["Metadata"]["ClarifyCheck"]["ViolationReport"]
    assert step["StepStatus"] == "Failed"
    sentence = f"ClientError: Clarify check failed. See violation report {report}"
    assert step["FailureReason"].startswith(sentence)
    assert [each["metric_name"] for each in read(live, report)["violations"]] == ["KS"]


@pytest.mark.slow
@pytest.mark.parametrize(("name", "stage"), [("DATA_BIAS", "pre"), ("MODEL_BIAS", "post")])
def test_measures_that_are_off_by_the_last_bit_are_no_drift(live, sm, job, scorer, baseline, name, stage):
    analysis = read(live, baseline[name]["CalculatedBaselineConstraints"])
    for each in group_of(analysis, stage).values():
        if each["value"] and each["name"] != "DI":  # it is best at 1, where others are at 0
            each["value"] = math.nextafter(each["value"], 0)
    uri = put(live, f"{unique('last-bit')}/analysis.json", json.dumps(analysis))
    given = fields(name, scorer, SuppliedBaselineConstraints=uri)
    step = ran(sm, check("bias", name, job(name, unique("last-bit")), **given))["bias"]
    assert step["StepStatus"] == "Succeeded", step["FailureReason"]


@pytest.mark.slow
@pytest.mark.parametrize(
    ("name", "stage", "measure"), [("DATA_BIAS", "pre", "DPL"), ("MODEL_BIAS", "post", "DPPL")]
)
def test_a_package_holds_the_baselines_of_bias_before_and_after_training(
    live, sm, job, scorer, baseline, name, stage, measure
):
    analysis = read(live, baseline[name]["CalculatedBaselineConstraints"])
    group_of(analysis, stage)[measure]["value"] = 0.0
    uri = put(live, f"{unique('zero')}/analysis.json", json.dumps(analysis))
    group, member = unique("bias-group"), f"{stage.capitalize()}TrainingConstraints"
    sm.create_model_package_group(ModelPackageGroupName=group)
    sm.create_model_package(
        ModelPackageGroupName=group,
        ModelApprovalStatus="Approved",
        DriftCheckBaselines={"Bias": {member: {"ContentType": "application/json", "S3Uri": uri}}},
    )
    given = fields(name, scorer, ModelPackageGroupName=group, FailOnViolation=False)
    step = ran(sm, check("bias", name, job(name, unique("registered")), **given))["bias"]
    found = step["Metadata"]["ClarifyCheck"]
    assert found["BaselineUsedForDriftCheckConstraints"] == uri
    assert [each["metric_name"] for each in read(live, found["ViolationReport"])["violations"]] == [measure]


@pytest.mark.slow
def test_other_attributions_are_violations(live, sm, job, scorer, baseline):
    analysis = read(live, baseline["MODEL_EXPLAINABILITY"]["CalculatedBaselineConstraints"])
    values = analysis["explanations"]["kernel_shap"]["label0"]["global_shap_values"]
    values["age"], values["number"] = values["number"], values["age"]
    uri = put(live, f"{unique('swapped')}/analysis.json", json.dumps(analysis))
    name = "MODEL_EXPLAINABILITY"
    given = fields(name, scorer, SuppliedBaselineConstraints=uri)
    step = ran(sm, check("shap", name, job(name, unique("drift")), **given))["shap"]
    assert step["StepStatus"] == "Failed"
    assert "Clarify check failed" in step["FailureReason"]
    assert "label0 (feature_attribution_drift_check)" in step["FailureReason"]
