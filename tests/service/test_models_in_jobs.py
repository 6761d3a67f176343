"""Clarify jobs of a live server, whose processes ask a model by its name."""

import json
from collections.abc import Iterator
from typing import Any

import pytest

from leeboard.jobs.clarify.configuration import FOLDER
from leeboard.jobs.clarify.job import DATA
from live_server import ACCOUNT, REGION, ROLE, TOY_IMAGE, LiveServer, live_server, until

CLARIFY = "205585389593.dkr.ecr.us-east-1.amazonaws.com/sagemaker-clarify-processing:1.0"
BUCKET = f"sagemaker-{REGION}-{ACCOUNT}"
CONFIG = {
    "dataset_type": "text/csv",
    "headers": ["Label", "F1", "F2"],
    "label": "Label",
    "label_values_or_threshold": [1],
    "facet": [{"name_or_index": "F1", "value_or_threshold": [0.5]}],
    "methods": {
        "pre_training_bias": {"methods": "all"},
        "post_training_bias": {"methods": "all"},
        "shap": {"baseline": [[0.5, 0.5]], "num_samples": 2, "agg_method": "mean_sq", "seed": 123},
        "report": {"name": "report", "title": "Analysis Report"},
    },
    "predictor": {"model_name": "toy-model", "instance_type": "ml.c5.xlarge", "initial_instance_count": 1},
}


@pytest.fixture(scope="module")
def live(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LiveServer]:
    with live_server(tmp_path_factory.mktemp("live") / "home") as running:
        running.client("sagemaker").create_model(
            ModelName="toy-model", PrimaryContainer={"Image": TOY_IMAGE}, ExecutionRoleArn=ROLE
        )
        yield running


def ended(live: LiveServer, name: str, config: dict[str, Any]) -> dict[str, Any]:
    """A job over 200 rows, once it has ended."""
    store, bucket = live.client("s3"), BUCKET
    rows = "".join(f"{i % 2},{i % 10 / 10},{'9' * (1 + i % 7)}\n" for i in range(200))
    store.put_object(Bucket=bucket, Key=f"{name}/data.csv", Body=rows.encode())
    store.put_object(Bucket=bucket, Key=f"{name}/analysis_config.json", Body=json.dumps(config).encode())
    files = {"dataset": ("data.csv", DATA), "analysis_config": ("analysis_config.json", FOLDER)}
    inputs = [
        {
            "InputName": each,
            "S3Input": {
                "S3Uri": f"s3://{bucket}/{name}/{file}",
                "LocalPath": place,
                "S3DataType": "S3Prefix",
                "S3InputMode": "File",
            },
        }
        for each, (file, place) in files.items()
    ]
    output = {
        "S3Uri": f"s3://{bucket}/{name}/out",
        "LocalPath": "/opt/ml/processing/output",
        "S3UploadMode": "EndOfJob",
    }
    sm = live.client("sagemaker")
    sm.create_processing_job(
        ProcessingJobName=name,
        ProcessingInputs=inputs,
        ProcessingOutputConfig={"Outputs": [{"OutputName": "analysis_result", "S3Output": output}]},
        ProcessingResources={
            "ClusterConfig": {"InstanceCount": 1, "InstanceType": "ml.c5.xlarge", "VolumeSizeInGB": 30}
        },
        AppSpecification={"ImageUri": CLARIFY},
        RoleArn=ROLE,
    )
    return until(
        lambda: sm.describe_processing_job(ProcessingJobName=name),
        lambda job: job["ProcessingJobStatus"] in ("Completed", "Failed", "Stopped"),
    )


def test_bias_and_attributions_of_a_model_come_from_its_answers(live: LiveServer) -> None:
    job = ended(live, "both", CONFIG)
    assert job["ProcessingJobStatus"] == "Completed", job
    store = live.client("s3")
    text = store.get_object(Bucket=BUCKET, Key="both/out/analysis.json")["Body"]
    analysis = json.loads(text.read())
    post = analysis["post_training_bias_metrics"]["facets"]["F1"][0]["metrics"]
    assert all(abs(metric["value"]) <= 1 for metric in post if metric["name"] in ("AD", "DPPL", "RD"))
    assert set(analysis["explanations"]["kernel_shap"]["label0"]["global_shap_values"]) == {"F1", "F2"}


def test_a_model_that_is_not_there_fails_the_job_with_those_that_are(live: LiveServer) -> None:
    job = ended(live, "missing", CONFIG | {"predictor": {"model_name": "other"}})
    assert job["ProcessingJobStatus"] == "Failed"
    assert "there is no model named 'other'; those that are there: toy-model" in job["FailureReason"]
