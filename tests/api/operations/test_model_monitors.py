"""Schedules of the three monitors of models, over a live server."""

import json
from datetime import UTC, datetime, timedelta

import pytest

from api_documents import BUCKET, by_name, definition, endpoint_input, monitored, unique
from live_server import until

UNFINISHED = ("Pending", "InProgress", "Stopping")
AT = datetime(2026, 3, 4, 11, tzinfo=UTC)
HOUR = AT - timedelta(hours=1)


def put_traffic(store, endpoint, scores, *, features=("f", 1), at=HOUR):
    """One captured request a score, with its number as id."""
    lines = []
    for number, score in enumerate(scores):
        sides = {
            name: {"observedContentType": "text/csv", "mode": mode, "data": data, "encoding": "CSV"}
            for name, mode, data in (
                ("endpointInput", "INPUT", f"{'f' if number % 2 else 'm'},{number % 7}"),
                ("endpointOutput", "OUTPUT", f"{score}\n"),
            )
        }
        meta = {"eventId": f"{endpoint}-{number}", "inferenceTime": f"{at:%Y-%m-%dT%H:%M:%SZ}"}
        lines.append(json.dumps({"captureData": sides, "eventMetadata": meta, "eventVersion": "0"}))
    key = f"capture/{endpoint}/AllTraffic/{at:%Y/%m/%d/%H}/00-00-000-by-hand.jsonl"
    store.put_object(Bucket=BUCKET, Key=key, Body="\n".join(lines) + "\n")


def put_labels(store, endpoint, labels, *, at=HOUR, place="labels"):
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
    key = f"{place}/{at:%Y/%m/%d/%H}/{endpoint}.jsonl"
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
    sm.create_monitoring_schedule(
        MonitoringScheduleName=name, MonitoringScheduleConfig=by_name(name, kind=kind)
    )
    return name


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
    """An execution of a model quality schedule: 40 requests, 36 labels, of which 4 came an hour later."""
    endpoint = monitored(sm, "quality")
    put_traffic(store, endpoint, [0.9 if n % 4 else 0.1 for n in range(40)])
    put_labels(store, endpoint, [(n, int(n % 4 > 0)) for n in range(32)])
    put_labels(
        store, f"{endpoint}", [(n, 0) for n in range(32, 36)], at=HOUR + timedelta(minutes=30), place="l8"
    )
    baseline = put(store, f"{endpoint}/constraints.json", limits(recall=0.5, precision=0.99))
    name = scheduled(
        sm,
        endpoint,
        "ModelQuality",
        sm.create_model_quality_job_definition,
        attributes={"ProbabilityAttribute": "0", "ProbabilityThresholdAttribute": 0.5},
        ModelQualityBaselineConfig={"ConstraintsResource": {"S3Uri": baseline}},
    )
    put_labels(
        store, f"{endpoint}", [(n, int(n % 4 > 0)) for n in range(32)] + [(n, 0) for n in range(32, 36)]
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
            "ImageUri": "1.dkr.ecr.us-east-1.amazonaws.com/sagemaker-clarify-processing:1.0",
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
