"""What a program does to have a model watched, by boto3 alone: this is what runs on AWS, too."""

import json
import shlex
import sys
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from time import monotonic, sleep
from typing import Any

from leeboard.cli.demo.clients import BUCKET, N_CALLERS, Clients
from leeboard.cli.demo.flights import LABEL
from leeboard.errors import EngineError
from leeboard.formats.capture import CaptureRecord
from leeboard.jobs.results import VIOLATIONS

ENDPOINT, VARIANT, SCHEDULE = "flights", "AllTraffic", "hourly-data-quality"
IMAGE = "flights-late:1"
ANALYZER = "156813124566.dkr.ecr.us-east-1.amazonaws.com/sagemaker-model-monitor-analyzer"
ROLE = "arn:aws:iam::000000000000:role/flights"
CAPTURE, BASELINE, REPORTS = (f"s3://{BUCKET}/{name}" for name in ("capture", "baseline", "reports"))
MODEL_SERVER = f"{shlex.quote(sys.executable)} -P -m leeboard.cli.demo.model_server {{port}} {{model}}"
"""What stands for the image; on AWS a container would."""
RESOURCES = {"ClusterConfig": {"InstanceCount": 1, "InstanceType": "ml.m5.large", "VolumeSizeInGB": 20}}
ENDED = ("Completed", "CompletedWithViolations", "Failed", "Stopped")
WAIT_S, LOOK_S = 120, 0.1
_PROCESSING = "/opt/ml/processing"


def deploy(clients: Clients, model: bytes) -> None:
    """A model behind an endpoint that captures every request and answer."""
    clients.s3.create_bucket(Bucket=BUCKET)
    container = {"Image": IMAGE, "ModelDataUrl": clients.put("model/model.tar.gz", model)}
    clients.sagemaker.create_model(ModelName=ENDPOINT, PrimaryContainer=container, ExecutionRoleArn=ROLE)
    variant = {
        "VariantName": VARIANT,
        "ModelName": ENDPOINT,
        "InitialInstanceCount": 1,
        "InstanceType": "ml.m5.large",
    }
    clients.sagemaker.create_endpoint_config(
        EndpointConfigName=ENDPOINT,
        ProductionVariants=[variant],
        DataCaptureConfig={
            "EnableCapture": True,
            "InitialSamplingPercentage": 100,
            "DestinationS3Uri": CAPTURE,
            "CaptureOptions": [{"CaptureMode": "Input"}, {"CaptureMode": "Output"}],
            "CaptureContentTypeHeader": {"CsvContentTypes": ["text/csv"]},
        },
    )
    clients.sagemaker.create_endpoint(EndpointName=ENDPOINT, EndpointConfigName=ENDPOINT)


def wait_for_endpoint(clients: Clients) -> None:
    """Until the endpoint is in service."""
    ended = _until(
        lambda: clients.sagemaker.describe_endpoint(EndpointName=ENDPOINT),
        lambda endpoint: endpoint["EndpointStatus"] in ("InService", "Failed"),
    )
    if ended["EndpointStatus"] != "InService":
        raise EngineError(f"the endpoint did not come into service: {ended.get('FailureReason')}")


def begin_baseline(clients: Clients, training: bytes) -> None:
    """A job that suggests constraints from the training data."""
    inside = f"{_PROCESSING}/input/baseline"
    clients.sagemaker.create_processing_job(
        ProcessingJobName="flights-baseline",
        RoleArn=ROLE,
        AppSpecification={"ImageUri": ANALYZER},
        ProcessingResources=RESOURCES,
        Environment={
            "dataset_format": json.dumps({"csv": {"header": True, "output_columns_position": "START"}}),
            "dataset_source": inside,
            "output_path": f"{_PROCESSING}/output",
            "publish_cloudwatch_metrics": "Disabled",
        },
        ProcessingInputs=[
            {
                "InputName": "training",
                "S3Input": {
                    "S3Uri": clients.put("training/training.csv", training),
                    "LocalPath": inside,
                    "S3DataType": "S3Prefix",
                    "S3InputMode": "File",
                },
            }
        ],
        ProcessingOutputConfig={
            "Outputs": [
                {
                    "OutputName": "baseline",
                    "S3Output": {
                        "S3Uri": BASELINE,
                        "LocalPath": f"{_PROCESSING}/output",
                        "S3UploadMode": "EndOfJob",
                    },
                }
            ]
        },
    )


def finish_baseline(clients: Clients) -> int:
    """Wait for the job and edit what it suggests; gives the number of columns.

    The label is told to be one: live traffic has a probability in its place.
    """
    ended = _until(
        lambda: clients.sagemaker.describe_processing_job(ProcessingJobName="flights-baseline"),
        lambda job: job["ProcessingJobStatus"] in ENDED,
    )
    if ended["ProcessingJobStatus"] != "Completed":
        raise EngineError(f"the baseline was not made: {ended.get('FailureReason')}")
    constraints = clients.read_json(f"{BASELINE}/constraints.json")
    for feature in constraints["features"]:
        if feature["name"] == LABEL:
            feature["leeboard"] = {"role": "label"}
    clients.put("baseline/constraints.json", json.dumps(constraints, indent=1).encode())
    return len(constraints["features"])


def schedule(clients: Clients) -> None:
    """Have each hour of captured traffic checked against the baseline."""
    clients.sagemaker.create_data_quality_job_definition(
        JobDefinitionName=SCHEDULE,
        RoleArn=ROLE,
        DataQualityAppSpecification={"ImageUri": ANALYZER},
        DataQualityBaselineConfig={
            "ConstraintsResource": {"S3Uri": f"{BASELINE}/constraints.json"},
            "StatisticsResource": {"S3Uri": f"{BASELINE}/statistics.json"},
        },
        DataQualityJobInput={
            "EndpointInput": {"EndpointName": ENDPOINT, "LocalPath": f"{_PROCESSING}/input/endpoint"}
        },
        DataQualityJobOutputConfig={
            "MonitoringOutputs": [{"S3Output": {"S3Uri": REPORTS, "LocalPath": f"{_PROCESSING}/output"}}]
        },
        JobResources=RESOURCES,
    )
    clients.sagemaker.create_monitoring_schedule(
        MonitoringScheduleName=SCHEDULE,
        MonitoringScheduleConfig={
            "ScheduleConfig": {"ScheduleExpression": "cron(0 * ? * * *)"},
            "MonitoringJobDefinitionName": SCHEDULE,
            "MonitoringType": "DataQuality",
        },
    )


def send(clients: Clients, requests: list[CaptureRecord]) -> None:
    """Ask the endpoint what the records say that it was asked."""

    def ask(record: CaptureRecord) -> None:
        sent, named = record.captureData.endpointInput, record.eventMetadata.inferenceId
        assert sent is not None  # noqa: S101 - the traffic of the demo has inputs
        identity = {"InferenceId": named} if named else {}
        answer = clients.runtime.invoke_endpoint(
            EndpointName=ENDPOINT, Body=sent.data, ContentType="text/csv", **identity
        )
        answer["Body"].read()

    with ThreadPoolExecutor(N_CALLERS) as callers:
        for _ in callers.map(ask, requests):
            pass


def executions(clients: Clients) -> list[dict[str, Any]]:
    """The executions of the schedule so far."""
    listed = clients.sagemaker.list_monitoring_executions(MonitoringScheduleName=SCHEDULE, MaxResults=100)
    found: list[dict[str, Any]] = listed["MonitoringExecutionSummaries"]
    return found


def results_of(clients: Clients, execution: dict[str, Any]) -> str:
    """Where an execution put its files."""
    name = execution["ProcessingJobArn"].rpartition("/")[2]
    job = clients.sagemaker.describe_processing_job(ProcessingJobName=name)
    return str(job["ProcessingOutputConfig"]["Outputs"][0]["S3Output"]["S3Uri"])


def violations_in(clients: Clients, results: str) -> list[dict[str, str]]:
    """What an execution found broken."""
    found: list[dict[str, str]] = clients.read_json(f"{results}/{VIOLATIONS}")["violations"]
    return found


def _until(ask: Callable[[], dict[str, Any]], is_over: Callable[[dict[str, Any]], bool]) -> dict[str, Any]:
    deadline = monotonic() + WAIT_S
    while not is_over(answer := ask()):
        if monotonic() > deadline:
            raise EngineError(f"not over after {WAIT_S} s: {answer}")
        sleep(LOOK_S)
    return answer
