"""Schedules on the outputs of transform jobs whose labels come by inference id, over a live server."""

import json
import sys
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from api_documents import BUCKET, CLARIFY, by_name, definition, model, run_by_hand, transform, unique
from live_server import until

PROGRAM = Path(__file__).parents[2] / "scoring_model.py"
IMAGE = "000000000000.dkr.ecr.us-east-1.amazonaws.com/scorer:1"
UNFINISHED = ("Pending", "InProgress", "Stopping")
N_ROWS, N_LABELLED = 40, 36


@dataclass(frozen=True, slots=True)
class Kind:
    """How the data of a transform job are written.

    Attributes:
        line: a row, from its sex and number.
        joined: whether the answer stands beside its input.
        told: where in a record the monitor finds what the model said.
        stored: what is left of the first record in a merged file.
    """

    content_type: str
    line: str
    joined: bool
    dataset_format: dict[str, Any]
    told: dict[str, Any]
    stored: str


CSV, LINES = {"Csv": {"Header": False}}, {"Json": {"Line": True}}
OBJECT = '{{"sex":"{0}","number":{1}}}'
KINDS = {
    "csv": Kind("text/csv", "{0},{1}", False, CSV, {"ProbabilityAttribute": "0"}, "0.1"),
    "csv-joined": Kind("text/csv", "{0},{1}", True, CSV, {"ProbabilityAttribute": "2"}, "m,0,0.1"),
    "lines": Kind(
        "application/jsonlines", OBJECT, False, LINES, {"ProbabilityAttribute": "score"},
        '{"predicted_label":0,"score":0.1}',
    ),
    "lines-joined": Kind(
        "application/jsonlines", OBJECT, True, LINES, {"ProbabilityAttribute": "SageMakerOutput.score"},
        '{"sex":"m","number":0,"SageMakerOutput":{"predicted_label":0,"score":0.1}}',
    ),
}  # fmt: skip


def slowly(kind: str) -> Any:
    """As a parameter of tests that are not part of the quick set."""
    return pytest.param(kind, marks=pytest.mark.slow)


@dataclass(frozen=True, slots=True)
class Transformed:
    """A job that has ended, with labels for the first of its rows."""

    name: str
    kind: Kind
    hour: datetime
    ids: list[str]

    @property
    def at(self) -> datetime:
        """When the hour of the job is over."""
        return self.hour + timedelta(hours=1)


@pytest.fixture(scope="module")
def scorer(live, sm):
    done = live.command("models", "map", "*/scorer:*", f"{sys.executable} {PROGRAM} {{port}} {{model}}")
    assert done.returncode == 0, done.stderr
    return model(sm, unique("scorer"), image=IMAGE)


@pytest.fixture(scope="module")
def transformed(sm, store, scorer):
    """Gives the job of a kind, which is run once."""
    done: dict[str, Transformed] = {}

    def get(kind: str) -> Transformed:
        if kind not in done:
            done[kind] = _transform(sm, store, scorer, KINDS[kind])
        return done[kind]

    return get


def _transform(sm, store, scorer, kind):
    name = unique("batch")
    rows = [kind.line.format("f" if n % 2 else "m", n) for n in range(N_ROWS)]
    store.put_object(Bucket=BUCKET, Key=f"{name}/in/rows", Body="\n".join(rows) + "\n")
    request = transform(
        name,
        scorer,
        DataProcessing={"JoinSource": "Input" if kind.joined else "None"},
        DataCaptureConfig={"DestinationS3Uri": f"s3://{BUCKET}/{name}/capture", "GenerateInferenceId": True},
    )
    request["TransformInput"]["ContentType"] = request["TransformOutput"]["Accept"] = kind.content_type
    sm.create_transform_job(**request)
    told = until(
        lambda: sm.describe_transform_job(TransformJobName=name),
        lambda told: told["TransformJobStatus"] not in UNFINISHED,
    )
    assert told["TransformJobStatus"] == "Completed", told["FailureReason"]
    hour = told["TransformStartTime"].astimezone(UTC).replace(minute=0, second=0, microsecond=0)
    written = store.get_object(Bucket=BUCKET, Key=f"{name}/out/rows.out")["Body"].read().decode()
    ids = [_id_in(line) for line in written.splitlines()]
    _put_labels(store, name, hour, ids[:N_LABELLED])
    return Transformed(name, kind, hour, ids)


def _id_in(line):
    return json.loads(line)["SageMakerInferenceId"] if line.startswith("{") else line.split(",")[-2]


def _put_labels(store, name, hour, ids):
    """1 where the model is to be right, and 0 for the last four."""
    labels = [
        json.dumps(
            {
                "groundTruthData": {"data": str(int(n % 4 > 0 and n < 32)), "encoding": "CSV"},
                "eventMetadata": {"eventId": inference_id},
                "eventVersion": "0",
            }
        )
        for n, inference_id in enumerate(ids)
    ]
    store.put_object(Bucket=BUCKET, Key=f"{name}/labels/{hour:%Y/%m/%d/%H}/a.jsonl", Body="\n".join(labels))


def batch_input(job, **members):
    return {
        "BatchTransformInput": {
            "DataCapturedDestinationS3Uri": f"s3://{BUCKET}/{job.name}/capture",
            "DatasetFormat": job.kind.dataset_format,
            "LocalPath": "/opt/ml/processing/input",
            **members,
        },
        "GroundTruthS3Input": {"S3Uri": f"s3://{BUCKET}/{job.name}/labels"},
    }


def executed(sm, own, job, kind, create, *, ends="Completed", **members):
    """The jobs of one execution of a new schedule on the outputs of a job: merge and analysis."""
    name = unique(kind)
    request = definition(name, {}, kind, **members)
    request[f"{kind}JobInput"] = batch_input(job, **job.kind.told, ProbabilityThresholdAttribute=0.5)
    create(**request)
    run_by_hand(sm, name, by_name(name, kind=kind))
    made = own.post(f"/leeboard/schedules/{name}/run", {"at": job.at.isoformat()})
    told = until(
        lambda: own.get(f"/leeboard/executions/{made['execution']}"),
        lambda told: told["status"] not in UNFINISHED,
    )
    assert told["status"] == ends, told
    (summary,) = sm.list_monitoring_executions(MonitoringScheduleName=name)["MonitoringExecutionSummaries"]
    analysis = summary["ProcessingJobArn"].rpartition("/")[2]
    merge = "groundtruth-merge-" + "-".join(analysis.rsplit("-", 2)[1:])
    return [sm.describe_processing_job(ProcessingJobName=each) for each in (_merge_like(sm, merge), analysis)]


def _merge_like(sm, beginning):
    """The hexadecimal parts of a pair are the same as far as the longer name has room."""
    (found,) = sm.list_processing_jobs(NameContains=beginning)["ProcessingJobSummaries"]
    return found["ProcessingJobName"]


def document(store, job, name):
    folder = job["ProcessingOutputConfig"]["Outputs"][0]["S3Output"]["S3Uri"]
    key = f"{folder}/{name}".removeprefix(f"s3://{BUCKET}/")
    return json.loads(store.get_object(Bucket=BUCKET, Key=key)["Body"].read())


@pytest.mark.parametrize("kind", [*map(slowly, ("csv", "csv-joined", "lines")), "lines-joined"])
def test_outputs_of_a_transform_job_are_merged_by_inference_id_and_measured(
    sm, store, own, transformed, kind
):
    job = transformed(kind)
    merge, analysis = executed(sm, own, job, "ModelQuality", sm.create_model_quality_job_definition)
    assert merge["ExitMessage"].startswith("Completed: 36 of 40 captured records have a label")
    measured = document(store, analysis, "statistics.json")["binary_classification_metrics"]
    assert measured["confusion_matrix"] == {"0": {"0": 9, "1": 3}, "1": {"0": 0, "1": 24}}
    assert (measured["recall"]["value"], measured["precision"]["value"]) == (1.0, 24 / 27)
    assert _merged_records(store, job, analysis)[0] == {
        "eventVersion": "0",
        "groundTruthData": {"data": "0", "encoding": "CSV"},
        "captureData": {
            "batchTransformOutput": {
                "data": job.kind.stored, "encoding": "CSV" if kind.startswith("csv") else "JSON"
            }
        },
        "eventMetadata": {"eventId": job.ids[0]},
    }  # fmt: skip


def _merged_records(store, job, analysis):
    """What the analysis read: one file below the schedule's name, in the hour in which the job began."""
    schedule = analysis["Environment"]["sagemaker_monitoring_schedule_name"]
    (read,) = [
        each["S3Input"]["S3Uri"]
        for each in analysis["ProcessingInputs"]
        if each["S3Input"]["S3Uri"].endswith(".jsonl")
    ]
    assert read.startswith(f"s3://{BUCKET}/reports/merge/{schedule}/{job.hour:%Y/%m/%d/%H}/part-00000-")
    body = store.get_object(Bucket=BUCKET, Key=read.removeprefix(f"s3://{BUCKET}/"))["Body"].read()
    records = [json.loads(line) for line in body.splitlines()]
    assert [each["eventMetadata"]["eventId"] for each in records] == job.ids[:N_LABELLED]
    return records


@pytest.mark.parametrize("kind", [slowly("csv-joined"), "lines-joined"])
def test_bias_is_measured_on_rows_that_hold_their_input(sm, store, own, transformed, kind):
    job, name = transformed(kind), unique("bias-config")
    config = {
        "headers": ["approved", "sex", "number"],
        "label": "approved",
        "label_values_or_threshold": [1],
        "facet": [{"name_or_index": "sex", "value_or_threshold": ["m"]}],
        "probability_threshold": 0.5,
    }
    metrics = [{"name": "DPPL", "description": "", "value": 0.1}]
    facets = {"sex": [{"value_or_threshold": "m", "metrics": metrics}]}
    baseline = {"label": "approved", "facets": facets, "label_value_or_threshold": "1"}
    places = {
        "config/analysis_config.json": config,
        "analysis.json": {"version": "1.0", "post_training_bias_metrics": baseline},
    }
    for key, content in places.items():
        store.put_object(Bucket=BUCKET, Key=f"{name}/{key}", Body=json.dumps(content))
    uris = {key: f"s3://{BUCKET}/{name}/{key}" for key in places}
    _, analysis = executed(
        sm, own, job, "ModelBias", sm.create_model_bias_job_definition,
        ends="CompletedWithViolations",
        ModelBiasBaselineConfig={"ConstraintsResource": {"S3Uri": uris["analysis.json"]}},
        ModelBiasAppSpecification={"ImageUri": CLARIFY, "ConfigUri": uris["config/analysis_config.json"]},
    )  # fmt: skip
    # all 18 labelled rows of `f` are taken to be 1, and 9 of the 18 of `m`
    (violation,) = document(store, analysis, "constraint_violations.json")["violations"]
    assert "Metric value 0.5 doesn't meet the baseline constraint requirement 0.1" in violation["description"]
