"""Schedules of the three monitors of models, over a live server."""

import json
from datetime import UTC, datetime, timedelta

import pytest

from api_documents import (
    BUCKET,
    CLARIFY,
    by_name,
    definition,
    endpoint_input,
    model,
    monitored,
    processing,
    run_by_hand,
    unique,
)
from live_server import until

UNFINISHED = ("Pending", "InProgress", "Stopping")
AT = datetime(2026, 3, 4, 11, tzinfo=UTC)
HOUR = AT - timedelta(hours=1)


def put_traffic(store, endpoint, scores, *, inputs=None, at=HOUR):
    """One captured request a score, with its number as id."""
    lines = []
    for number, score in enumerate(scores):
        sent = inputs[number] if inputs else f"{'f' if number % 2 else 'm'},{number % 7}"
        sides = {
            name: {"observedContentType": "text/csv", "mode": mode, "data": data, "encoding": "CSV"}
            for name, mode, data in (
                ("endpointInput", "INPUT", sent),
                ("endpointOutput", "OUTPUT", f"{score}\n"),
            )
        }
        meta = {"eventId": f"{endpoint}-{number}", "inferenceTime": f"{at:%Y-%m-%dT%H:%M:%SZ}"}
        lines.append(json.dumps({"captureData": sides, "eventMetadata": meta, "eventVersion": "0"}))
    key = f"capture/{endpoint}/AllTraffic/{at:%Y/%m/%d/%H}/00-00-000-by-hand.jsonl"
    store.put_object(Bucket=BUCKET, Key=key, Body="\n".join(lines) + "\n")


def put_labels(store, endpoint, labels, *, at=HOUR):
    lines = [
        json.dumps(
            {
                "groundTruthData": {"data": str(label), "encoding": "CSV"},
                "eventMetadata": {"eventId": f"{endpoint}-{number}"},
                "eventVersion": "0",
            }
        )
        for number, label in labels
    ]
    key = f"labels/{at:%Y/%m/%d/%H}/{endpoint}.jsonl"
    store.put_object(Bucket=BUCKET, Key=key, Body="\n".join(lines) + "\n")


def put(store, name, document):
    store.put_object(Bucket=BUCKET, Key=name, Body=json.dumps(document))
    return f"s3://{BUCKET}/{name}"


def limits(**measures):
    return {
        "version": 0.0,
        "binary_classification_constraints": {
            name: {"threshold": limit, "comparison_operator": "LessThanThreshold"}
            for name, limit in measures.items()
        },
    }


def scheduled(sm, endpoint, kind, create, **members):
    name = unique(kind)
    create(**definition(name, endpoint_input(endpoint, **members.pop("attributes", {})), kind, **members))
    return run_by_hand(sm, name, by_name(name, kind=kind))


def run(own, schedule, ends, at=AT):
    made = own.post(f"/leeboard/schedules/{schedule}/run", {"at": at.isoformat()})
    told = until(
        lambda: own.get(f"/leeboard/executions/{made['execution']}"),
        lambda told: told["status"] not in UNFINISHED,
    )
    assert told["status"] == ends, told


def last(sm, schedule):
    return sm.list_monitoring_executions(MonitoringScheduleName=schedule)["MonitoringExecutionSummaries"][0]


def job_of(sm, execution):
    return sm.describe_processing_job(ProcessingJobName=execution["ProcessingJobArn"].rpartition("/")[2])


def document(store, folder, name):
    key = f"{folder}/{name}".removeprefix(f"s3://{BUCKET}/")
    return json.loads(store.get_object(Bucket=BUCKET, Key=key)["Body"].read())


@pytest.fixture(scope="module")
def quality(sm, store, own):
    """An execution of a model quality schedule: 40 requests, of which 36 have a label."""
    endpoint = monitored(sm, "quality")
    put_traffic(store, endpoint, [0.9 if n % 4 else 0.1 for n in range(40)])
    put_labels(store, endpoint, [(n, int(n % 4 > 0) if n < 32 else 0) for n in range(36)])
    baseline = put(store, f"{endpoint}/constraints.json", limits(recall=0.5, precision=0.99))
    name = scheduled(
        sm,
        endpoint,
        "ModelQuality",
        sm.create_model_quality_job_definition,
        attributes={"ProbabilityAttribute": "0", "ProbabilityThresholdAttribute": 0.5},
        ModelQualityBaselineConfig={"ConstraintsResource": {"S3Uri": baseline}},
    )
    run(own, name, "CompletedWithViolations")
    return endpoint, last(sm, name)


def test_an_execution_with_labels_is_a_merge_and_an_analysis(sm, quality):
    _, execution = quality
    analysis = job_of(sm, execution)
    name = analysis["ProcessingJobName"]
    assert name.startswith("model-quality-monitoring-202603041100-")
    merge = sm.describe_processing_job(
        ProcessingJobName=name.replace("model-quality-monitoring", "groundtruth-merge")
    )
    assert merge["ProcessingJobStatus"] == analysis["ProcessingJobStatus"] == "Completed"
    assert merge["ExitMessage"].startswith("Completed: 36 of 40 captured records have a label")
    assert {each["InputName"] for each in merge["ProcessingInputs"]} == {
        "groundtruth_input_1",
        "endpoint_input_1",
    }
    assert (
        merge["ProcessingOutputConfig"]["Outputs"][0]["S3Output"]["S3Uri"] == f"s3://{BUCKET}/reports/merge"
    )


def test_the_merged_records_are_where_aws_has_them_and_alone_are_analysed(sm, store, quality):
    endpoint, execution = quality
    (read,) = [
        each["S3Input"]["S3Uri"]
        for each in job_of(sm, execution)["ProcessingInputs"]
        if each["InputName"].startswith("endpoint_input")
    ]
    assert read.startswith(f"s3://{BUCKET}/reports/merge/{endpoint}/AllTraffic/2026/03/04/10/part-00000-")
    body = store.get_object(Bucket=BUCKET, Key=read.removeprefix(f"s3://{BUCKET}/"))["Body"].read()
    records = [json.loads(line) for line in body.splitlines()]
    assert len(records) == 36
    assert records[5]["groundTruthData"] == {"data": "1", "encoding": "CSV"}
    assert records[5]["captureData"]["endpointOutput"]["data"] == "0.9\n"


def test_measures_and_what_is_worse_are_in_the_files_of_the_analysis(sm, store, quality):
    _, execution = quality
    folder = job_of(sm, execution)["ProcessingOutputConfig"]["Outputs"][0]["S3Output"]["S3Uri"]
    measured = document(store, folder, "statistics.json")["binary_classification_metrics"]
    assert measured["recall"]["value"] == 1.0
    assert measured["confusion_matrix"] == {"0": {"0": 9, "1": 3}, "1": {"0": 0, "1": 24}}
    (violation,) = document(store, folder, "constraint_violations.json")["violations"]
    assert (violation["metric_name"], violation["constraint_check_type"]) == (
        "precision",
        "LessThanThreshold",
    )


def test_without_a_label_the_execution_says_where_it_looked(sm, store, own):
    endpoint = monitored(sm, "unlabelled")
    put_traffic(store, endpoint, [0.9], at=HOUR - timedelta(days=30))
    name = scheduled(sm, endpoint, "ModelQuality", sm.create_model_quality_job_definition)
    run(own, name, "Failed", at=AT - timedelta(days=30))
    told = last(sm, name)
    assert told["FailureReason"].startswith("Job inputs had no data: no ground truth in")
    assert "ProcessingJobArn" not in told


def test_labels_for_other_requests_match_nothing_and_the_execution_says_so(sm, store, own):
    endpoint = monitored(sm, "strangers")
    at = HOUR - timedelta(days=40)
    put_traffic(store, endpoint, [0.9, 0.1], at=at)
    put_labels(store, "somebody-else", [(0, 1)], at=at)
    name = scheduled(
        sm,
        endpoint,
        "ModelQuality",
        sm.create_model_quality_job_definition,
        attributes={"ProbabilityAttribute": "0"},
    )
    run(own, name, "Failed", at=AT - timedelta(days=40))
    told = last(sm, name)
    assert told["FailureReason"].startswith("Job inputs had no data: no record that was captured")
    assert "groundtruth-merge-" in told["ProcessingJobArn"]


def test_bias_is_measured_on_merged_records_and_held_against_its_baseline(sm, store, own):
    endpoint, name = monitored(sm, "bias"), unique("bias")
    at = HOUR - timedelta(days=50)
    put_traffic(store, endpoint, [0.9 if n % 2 or n % 8 == 0 else 0.1 for n in range(80)], at=at)
    put_labels(store, endpoint, [(n, int(n % 3 > 0)) for n in range(80)], at=at)
    config = {
        "headers": ["approved", "sex", "age"],
        "label": "approved",
        "label_values_or_threshold": [1],
        "facet": [{"name_or_index": "sex", "value_or_threshold": ["m"]}],
        "probability_threshold": 0.5,
    }
    metrics = [
        {"name": "DPPL", "description": "", "value": 0.1},
        {"name": "CI", "description": "", "value": 0.9},
    ]
    facets = {"sex": [{"value_or_threshold": "m", "metrics": metrics}]}
    baseline = {
        "version": "1.0",
        "post_training_bias_metrics": {
            "label": "approved",
            "facets": facets,
            "label_value_or_threshold": "1",
        },
    }
    schedule = scheduled(
        sm,
        endpoint,
        "ModelBias",
        sm.create_model_bias_job_definition,
        ModelBiasBaselineConfig={
            "ConstraintsResource": {"S3Uri": put(store, f"{name}/analysis.json", baseline)}
        },
        ModelBiasAppSpecification={
            "ImageUri": CLARIFY,
            "ConfigUri": put(store, f"{name}/config/analysis_config.json", config),
        },
    )
    run(own, schedule, "CompletedWithViolations", at=AT - timedelta(days=50))
    job = job_of(sm, last(sm, schedule))
    folder = job["ProcessingOutputConfig"]["Outputs"][0]["S3Output"]["S3Uri"]
    (violation,) = document(store, folder, "constraint_violations.json")["violations"]
    assert (violation["facet"], violation["metric_name"]) == ("sex", "DPPL")
    assert (
        "Metric value 0.75 doesn't meet the baseline constraint requirement 0.1" in violation["description"]
    )


def explaining(model_name, **shap):
    """The configuration of an attribution job that asks the toy model, which looks at the row's length."""
    return {
        "dataset_type": "text/csv",
        "headers": ["word", "number"],
        "methods": {"shap": {"baseline": [["a", 1]], "num_samples": 4, "agg_method": "mean_abs", **shap}},
        "predictor": {"model_name": model_name, "content_type": "text/csv", "accept_type": "text/csv"},
    }


def clarify_job(store, name, config, rows):
    """The request for a Clarify baseline of these lines of CSV."""
    store.put_object(Bucket=BUCKET, Key=f"{name}/data.csv", Body="\n".join(rows) + "\n")
    put(store, f"{name}/config/analysis_config.json", config)
    inputs = [
        {
            "InputName": input_name,
            "S3Input": {
                "S3Uri": f"s3://{BUCKET}/{name}/{file}",
                "LocalPath": f"/opt/ml/processing/input/{folder}",
                "S3DataType": "S3Prefix",
                "S3InputMode": "File",
            },
        }
        for input_name, file, folder in (
            ("dataset", "data.csv", "data"),
            ("analysis_config", "config/analysis_config.json", "config"),
        )
    ]
    request = processing(name, image=CLARIFY, ProcessingInputs=inputs)
    return {key: value for key, value in request.items() if key != "Environment"}


def ended(sm, name):
    return until(
        lambda: sm.describe_processing_job(ProcessingJobName=name),
        lambda told: told["ProcessingJobStatus"] not in ("InProgress", "Stopping"),
    )


def test_a_clarify_baseline_asks_the_model_by_its_name(sm, store):
    asked, name = model(sm, unique("shadow")), unique("clarify")
    request = clarify_job(store, name, explaining(asked), ["aaa,1", "aaaaa,1"])
    sm.create_processing_job(**request)
    job = ended(sm, name)
    assert job["ProcessingJobStatus"] == "Completed", job
    found = document(store, f"s3://{BUCKET}/{name}/results", "analysis.json")["explanations"]["kernel_shap"]
    # `a,1` has 3 letters, so 0.3; the rows have 5 and 7: 0.2 and 0.4 more, all of it by the word
    assert found["label0"]["global_shap_values"] == pytest.approx({"word": 0.3, "number": 0.0})
    assert found["label0"]["expected_value"] == pytest.approx(0.3)


def test_a_clarify_job_for_a_model_that_is_not_there_names_those_that_are(sm, store):
    name, there = unique("clarify"), model(sm, unique("present"))
    sm.create_processing_job(**clarify_job(store, name, explaining("absent-model"), ["aaa,1"]))
    job = ended(sm, name)
    assert job["ProcessingJobStatus"] == "Failed"
    assert "absent-model" in job["FailureReason"]
    assert there


def test_attributions_of_captured_traffic_are_held_against_their_baseline(live, sm, store, own):
    asked, endpoint, name = model(sm, unique("shadow")), monitored(sm, "attribution"), unique("attribution")
    at = HOUR - timedelta(days=60)
    put_traffic(store, endpoint, [0.5] * 6, inputs=[f"a,{10 ** (n % 5)}" for n in range(6)], at=at)
    values = {"label0": {"global_shap_values": {"word": 0.3, "number": 0.01}, "expected_value": 0.3}}
    baseline = {"version": "1.0", "explanations": {"kernel_shap": values}}
    schedule = scheduled(
        sm,
        endpoint,
        "ModelExplainability",
        sm.create_model_explainability_job_definition,
        ModelExplainabilityBaselineConfig={
            "ConstraintsResource": {"S3Uri": put(store, f"{name}/analysis.json", baseline)}
        },
        ModelExplainabilityAppSpecification={
            "ImageUri": CLARIFY,
            "ConfigUri": put(store, f"{name}/config/analysis_config.json", explaining(asked)),
            "Environment": {"publish_cloudwatch_metrics": "Enabled"},
        },
    )
    run(own, schedule, "CompletedWithViolations", at=AT - timedelta(days=60))
    folder = job_of(sm, last(sm, schedule))["ProcessingOutputConfig"]["Outputs"][0]["S3Output"]["S3Uri"]
    (violation,) = document(store, folder, "constraint_violations.json")["violations"]
    assert violation["description"].startswith("Feature attribution drift 0.6")
    assert violation["description"].endswith("exceeds threshold 0.9")
    metrics = live.client("cloudwatch").list_metrics(
        Namespace="aws/sagemaker/Endpoints/explainability-metrics",
        Dimensions=[{"Name": "MonitoringSchedule", "Value": schedule}],
    )["Metrics"]
    names = {each["MetricName"] for each in metrics}
    assert {"feature_word", "feature_number", "ExpectedValue", "feature_attribution_ndcg"} <= names
    dimensions = {each["Name"] for each in metrics[0]["Dimensions"]}
    assert {"Endpoint", "MonitoringSchedule", "ExplainabilityMethod", "Label"} <= dimensions
