"""Schedules that name a baselining job which still runs, or has failed."""

import json
from datetime import UTC, datetime, timedelta

import pytest

from api_documents import (
    BUCKET,
    CLARIFY,
    HOURLY,
    by_name,
    definition,
    endpoint_input,
    monitored,
    processing,
    run_by_hand,
    unique,
)
from labelled_traffic import document, execute, put_labels, put_requests, quality_schedule

pytestmark = pytest.mark.slow  # whole schedules, one after the other

AT = datetime(2026, 5, 6, 11, tzinfo=UTC)
SLOW = "import time\n\ndef postprocess_handler():\n    time.sleep(1)\n"


def put(store, key, text):
    store.put_object(Bucket=BUCKET, Key=key, Body=text)
    return f"s3://{BUCKET}/{key}"


def mounted(name, uri, folder):
    place = {"S3Uri": uri, "LocalPath": folder, "S3DataType": "S3Prefix", "S3InputMode": "File"}
    return {"InputName": name, "S3Input": place}


def quality_baseline(sm, store, name, rows, **more):
    """Starts a job over rows of label and score, which takes a while after its work is done."""
    put(store, f"{name}/data.csv", "label,score\n" + "\n".join(rows) + "\n")
    code = "/opt/ml/processing/code/postprocessing"
    request = processing(name)
    request["ProcessingInputs"].append(mounted("script", put(store, f"{name}/slow.py", SLOW), code))
    request["Environment"] |= {
        "analysis_type": "MODEL_QUALITY",
        "problem_type": "BinaryClassification",
        "ground_truth_attribute": "label",
        "probability_attribute": "score",
        "probability_threshold_attribute": "0.5",
        "post_analytics_processor_script": f"{code}/slow.py",
        **more,
    }
    sm.create_processing_job(**request)
    return name


def described(sm, name):
    return sm.describe_processing_job(ProcessingJobName=name)


def job_of(sm, execution):
    return described(sm, execution["ProcessingJobArn"].rpartition("/")[2])


@pytest.fixture(scope="module")
def endpoint(sm, store):
    """Eight requests: the model says 1 to those of `m` alone, and is wrong about the last two."""
    name = monitored(sm, "awaiting")
    for is_odd in (0, 1):
        scores = {f"r-{n}": 0.9 if is_odd else 0.1 for n in range(is_odd, 8, 2)}
        at = AT - timedelta(minutes=30 + is_odd)
        put_requests(store, name, scores, at, sent="m,7" if is_odd else "f,7")
    labels = {f"r-{n}": n % 2 if n < 6 else 1 - n % 2 for n in range(8)}
    put_labels(store, name, labels, AT - timedelta(minutes=20))
    return name


def test_an_execution_waits_for_its_baselining_job_and_compares_with_what_it_gives(sm, store, own, endpoint):
    rows = [f"{n % 2},{0.9 if n % 2 else 0.1}" for n in range(20)]
    name = quality_baseline(sm, store, unique("slow-baseline"), rows)
    schedule = quality_schedule(sm, endpoint, HOURLY, baseline={"BaseliningJobName": name})
    execution = execute(sm, own, schedule, AT, ends="CompletedWithViolations")
    analysis = job_of(sm, execution)
    baseline = described(sm, name)
    assert baseline["ProcessingEndTime"] <= analysis["CreationTime"]
    assert baseline["ProcessingEndTime"] - baseline["ProcessingStartTime"] > timedelta(seconds=1)
    found = document(store, analysis, "constraint_violations.json")["violations"]
    assert {"accuracy", "precision", "recall"} <= {each["metric_name"] for each in found}


def test_an_execution_whose_baselining_job_failed_says_what_that_said_and_merges_nothing(
    sm, store, own, endpoint
):
    name = quality_baseline(sm, store, unique("failed-baseline"), ["1,0.5"], ground_truth_attribute="absent")
    schedule = quality_schedule(sm, endpoint, HOURLY, baseline={"BaseliningJobName": name})
    execution = execute(sm, own, schedule, AT, ends="Failed")
    assert execution["FailureReason"].startswith(f"the baselining job {name} ended as Failed: run one again")
    assert described(sm, name)["FailureReason"] in execution["FailureReason"]
    assert "ProcessingJobArn" not in execution


BIAS = {
    "dataset_type": "text/csv",
    "headers": ["approved", "sex", "age", "said"],
    "label": "approved",
    "label_values_or_threshold": [1],
    "facet": [{"name_or_index": "sex", "value_or_threshold": ["f"]}],
    "probability_threshold": 0.5,
    "methods": {"post_training_bias": {"methods": ["DPPL"]}},
}


@pytest.mark.slow
def test_a_bias_schedule_takes_the_analysis_of_a_clarify_job_that_still_runs(sm, store, own, endpoint):
    name = unique("clarify-baseline")
    rows = [f"{n % 2},{'f' if n % 3 else 'm'},7,{n % 2}" for n in range(30)]
    config = {**BIAS, "predicted_label": "said"}
    places = {"data": put(store, f"{name}/data.csv", "\n".join(rows) + "\n")}
    places["config"] = put(store, f"{name}/config/analysis_config.json", json.dumps(config))
    inputs = [mounted(each, uri, f"/opt/ml/processing/input/{each}") for each, uri in places.items()]
    request = processing(name, image=CLARIFY, ProcessingInputs=inputs)
    request.pop("Environment")
    sm.create_processing_job(**request)
    schedule = bias_schedule(sm, store, endpoint, name)
    execution = execute(sm, own, schedule, AT, ends="CompletedWithViolations")
    analysis, baseline = job_of(sm, execution), described(sm, name)
    assert baseline["ProcessingEndTime"] <= analysis["CreationTime"]
    read = {each["InputName"]: each["S3Input"]["S3Uri"] for each in analysis["ProcessingInputs"]}
    (violation,) = document(store, analysis, "constraint_violations.json")["violations"]
    assert "Metric value 1.0 doesn't meet the baseline constraint requirement 0.0" in violation["description"]
    assert read["constraints"] == f"s3://{BUCKET}/{name}/results/analysis.json"


def bias_schedule(sm, store, endpoint, baseline):
    name = unique("bias")
    config = {key: value for key, value in BIAS.items() if key not in ("dataset_type", "methods")}
    config["headers"] = ["approved", "sex", "age"]
    uri = put(store, f"{name}/analysis_config.json", json.dumps(config))
    request = definition(
        name, {}, "ModelBias",
        ModelBiasBaselineConfig={"BaseliningJobName": baseline},
        ModelBiasAppSpecification={"ImageUri": CLARIFY, "ConfigUri": uri},
    )  # fmt: skip
    request["ModelBiasJobInput"] = {
        **endpoint_input(endpoint, ProbabilityAttribute="0"),
        "GroundTruthS3Input": {"S3Uri": f"s3://{BUCKET}/labels-of/{endpoint}"},
    }
    sm.create_model_bias_job_definition(**request)
    return run_by_hand(sm, name, by_name(name, HOURLY, "ModelBias"))
