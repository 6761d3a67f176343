"""Captured requests and the labels that come for them, and schedules that merge them, on a live server."""

import json
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from api_documents import BUCKET, by_name, definition, endpoint_input, run_by_hand, unique
from live_server import until

UNFINISHED = ("Pending", "InProgress", "Stopping")


def put_requests(
    store: Any, endpoint: str, scores: Mapping[str, float], at: datetime, *, sent: str = "f,7"
) -> None:
    """Requests of that moment by their ids, in the file of its hour and minute."""
    lines = [json.dumps(_captured(event, sent, score, at)) for event, score in scores.items()]
    key = f"capture/{endpoint}/AllTraffic/{at:%Y/%m/%d/%H/%M}-00-000-by-hand.jsonl"
    store.put_object(Bucket=BUCKET, Key=key, Body="\n".join(lines) + "\n")


def _captured(event: str, sent: str, score: float, at: datetime) -> dict[str, Any]:
    sides = {
        name: {"observedContentType": "text/csv", "mode": mode, "data": data, "encoding": "CSV"}
        for name, mode, data in (("endpointInput", "INPUT", sent), ("endpointOutput", "OUTPUT", str(score)))
    }
    meta = {"eventId": event, "inferenceTime": f"{at:%Y-%m-%dT%H:%M:%SZ}"}
    return {"captureData": sides, "eventMetadata": meta, "eventVersion": "0"}


def put_labels(store: Any, endpoint: str, labels: Mapping[str, int], at: datetime) -> None:
    """Labels that were collected then."""
    lines = [
        json.dumps(
            {
                "groundTruthData": {"data": str(label), "encoding": "CSV"},
                "eventMetadata": {"eventId": event},
                "eventVersion": "0",
            }
        )
        for event, label in labels.items()
    ]
    key = f"labels-of/{endpoint}/{at:%Y/%m/%d/%H}/{at:%M}.jsonl"
    store.put_object(Bucket=BUCKET, Key=key, Body="\n".join(lines) + "\n")


def quality_schedule(
    sm: Any, endpoint: str, expression: str, baseline: dict[str, Any] | None = None, **attributes: Any
) -> str:
    """On whether the scores of an endpoint are on the right side of a half."""
    name = unique("quality")
    told = {"ProbabilityAttribute": "0", "ProbabilityThresholdAttribute": 0.5, **attributes}
    labels = {"GroundTruthS3Input": {"S3Uri": f"s3://{BUCKET}/labels-of/{endpoint}"}}
    members = {"ModelQualityBaselineConfig": baseline} if baseline else {}
    request = definition(name, {}, "ModelQuality", **members)
    request["ModelQualityJobInput"] = {**endpoint_input(endpoint, **told), **labels}
    sm.create_model_quality_job_definition(**request)
    return run_by_hand(sm, name, by_name(name, expression, "ModelQuality"))


def execute(sm: Any, own: Any, schedule: str, at: datetime, ends: str = "Completed") -> dict[str, Any]:
    """Runs a schedule as of then; gives the summary of the execution once it has ended."""
    made = own.post(f"/leeboard/schedules/{schedule}/run", {"at": at.isoformat()})
    told = until(
        lambda: own.get(f"/leeboard/executions/{made['execution']}"),
        lambda told: told["status"] not in UNFINISHED,
    )
    assert told["status"] == ends, told
    found = sm.list_monitoring_executions(MonitoringScheduleName=schedule)["MonitoringExecutionSummaries"]
    return next(each for each in found if each["ScheduledTime"] == at)


def jobs_of(sm: Any, execution: dict[str, Any]) -> tuple[dict[str, Any], dict[str, Any]]:
    """Merge and analysis."""
    analysis = execution["ProcessingJobArn"].rpartition("/")[2]
    merge = analysis.replace("model-quality-monitoring", "groundtruth-merge")
    merge_told, told = (sm.describe_processing_job(ProcessingJobName=name) for name in (merge, analysis))
    return merge_told, told


def inputs_of(job: dict[str, Any], beginning: str) -> list[str]:
    """URIs of the inputs whose names begin so."""
    inputs = job["ProcessingInputs"]
    return [each["S3Input"]["S3Uri"] for each in inputs if each["InputName"].startswith(beginning)]


def document(store: Any, job: dict[str, Any], name: str) -> Any:
    """A result of a job."""
    folder = job["ProcessingOutputConfig"]["Outputs"][0]["S3Output"]["S3Uri"]
    key = f"{folder}/{name}".removeprefix(f"s3://{BUCKET}/")
    return json.loads(store.get_object(Bucket=BUCKET, Key=key)["Body"].read())


def confusion(store: Any, job: dict[str, Any]) -> dict[str, int]:
    """How many rows by label and prediction, such as `10` for a missed 1; zeros are left out."""
    measured = document(store, job, "statistics.json")["binary_classification_metrics"]
    counts = {
        f"{label}{said}": n for label, row in measured["confusion_matrix"].items() for said, n in row.items()
    }
    return {cell: n for cell, n in counts.items() if n}
