"""boto3 alone, against a server in a process of its own: from deployment to violations."""

import json
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import boto3
import pytest
from botocore.exceptions import ClientError

ROLE = "arn:aws:iam::000000000000:role/MonitoringRole"
NAME, BUCKET = "phone-calls-boto3", "phone-calls-boto3"
N_ROWS = 40
WAIT_S = 120


@dataclass(frozen=True, slots=True)
class Clients:
    """boto3's clients of one server."""

    sagemaker: Any
    runtime: Any
    s3: Any
    sts: Any
    logs: Any

    @classmethod
    def of(cls, variables: dict[str, str]) -> "Clients":
        session = boto3.Session(
            aws_access_key_id=variables["AWS_ACCESS_KEY_ID"],
            aws_secret_access_key=variables["AWS_SECRET_ACCESS_KEY"],
            region_name=variables["AWS_REGION"],
        )
        names = ("sagemaker", "sagemaker-runtime", "s3", "sts", "logs")
        return cls(*(session.client(name, endpoint_url=variables["AWS_ENDPOINT_URL"]) for name in names))

    def close(self) -> None:
        for client in (self.sagemaker, self.runtime, self.s3, self.sts, self.logs):
            client.close()

    def read_json(self, uri: str) -> Any:
        bucket, _, key = uri.removeprefix("s3://").partition("/")
        return json.loads(self.s3.get_object(Bucket=bucket, Key=key)["Body"].read())

    def keys(self, prefix: str) -> list[str]:
        listing = self.s3.list_objects_v2(Bucket=BUCKET, Prefix=prefix)
        return [entry["Key"] for entry in listing.get("Contents", [])]


def until(ask: Callable[[], Any], is_good: Callable[[Any], Any]) -> Any:
    """Asks again until the answer is good."""
    deadline = time.monotonic() + WAIT_S
    while not is_good(answer := ask()):
        if time.monotonic() > deadline:
            pytest.fail(f"after {WAIT_S} s still {answer}")
        time.sleep(0.1)
    return answer


@pytest.fixture(scope="module")
def clients(server: Any) -> Iterator[Clients]:
    """Clients as a program makes them that was told endpoint and keys."""
    made = Clients.of(server.variables())
    yield made
    made.close()


@pytest.fixture(scope="module")
def endpoint(clients: Clients, flows: Any) -> str:
    """An endpoint in service, with capture of all."""
    clients.s3.create_bucket(Bucket=BUCKET)
    clients.s3.put_object(Bucket=BUCKET, Key="model/model.tar.gz", Body=flows.model_archive())
    container = {"Image": "tiny-model:1.0", "ModelDataUrl": f"s3://{BUCKET}/model/model.tar.gz"}
    clients.sagemaker.create_model(ModelName=NAME, PrimaryContainer=container, ExecutionRoleArn=ROLE)
    clients.sagemaker.create_endpoint_config(
        EndpointConfigName=NAME,
        ProductionVariants=[
            {
                "VariantName": "AllTraffic",
                "ModelName": NAME,
                "InitialInstanceCount": 1,
                "InstanceType": "ml.m5.large",
            }
        ],
        DataCaptureConfig={
            "EnableCapture": True,
            "InitialSamplingPercentage": 100,
            "DestinationS3Uri": f"s3://{BUCKET}/capture",
            "CaptureOptions": [{"CaptureMode": "Input"}, {"CaptureMode": "Output"}],
            "CaptureContentTypeHeader": {"CsvContentTypes": ["text/csv"]},
        },
    )
    clients.sagemaker.create_endpoint(EndpointName=NAME, EndpointConfigName=NAME)
    clients.sagemaker.get_waiter("endpoint_in_service").wait(
        EndpointName=NAME, WaiterConfig={"Delay": 1, "MaxAttempts": WAIT_S}
    )
    return NAME


@pytest.fixture(scope="module")
def baseline(clients: Clients, endpoint: str, flows: Any) -> dict[str, Any]:
    """A baselining job that has ended."""
    clients.s3.put_object(Bucket=BUCKET, Key="training/data.csv", Body=flows.training_csv().encode())
    folder = "/opt/ml/processing"
    clients.sagemaker.create_processing_job(
        ProcessingJobName=NAME,
        RoleArn=ROLE,
        AppSpecification={"ImageUri": "1.dkr.ecr.us-east-1.amazonaws.com/sagemaker-model-monitor-analyzer"},
        Environment={
            "dataset_format": '{"csv": {"header": true, "output_columns_position": "START"}}',
            "dataset_source": f"{folder}/input/baseline_dataset_input",
            "output_path": f"{folder}/output",
            "publish_cloudwatch_metrics": "Disabled",
        },
        ProcessingInputs=[
            {
                "InputName": "baseline_dataset_input",
                "S3Input": {
                    "S3Uri": f"s3://{BUCKET}/training/data.csv",
                    "LocalPath": f"{folder}/input/baseline_dataset_input",
                    "S3DataType": "S3Prefix",
                    "S3InputMode": "File",
                },
            }
        ],
        ProcessingOutputConfig={
            "Outputs": [
                {
                    "OutputName": "monitoring_output",
                    "S3Output": {
                        "S3Uri": f"s3://{BUCKET}/baseline",
                        "LocalPath": f"{folder}/output",
                        "S3UploadMode": "EndOfJob",
                    },
                }
            ]
        },
        ProcessingResources={
            "ClusterConfig": {"InstanceCount": 1, "InstanceType": "ml.m5.large", "VolumeSizeInGB": 20}
        },
    )
    return until(
        lambda: clients.sagemaker.describe_processing_job(ProcessingJobName=NAME),
        lambda job: job["ProcessingJobStatus"] in ("Completed", "Failed", "Stopped"),
    )


@pytest.fixture(scope="module")
def execution(clients: Clients, server: Any, baseline: dict[str, Any], flows: Any) -> dict[str, Any]:
    """The one execution of a schedule over damaged traffic, fired by hand half a day before its time."""
    at = datetime.now(UTC).replace(minute=0) + timedelta(hours=2)
    for n, row in enumerate(flows.damaged(flows.customers(N_ROWS, seed=5))):
        clients.runtime.invoke_endpoint(
            EndpointName=NAME, Body=row, ContentType="text/csv", InferenceId=f"customer-{n}"
        )
    clients.sagemaker.create_data_quality_job_definition(
        JobDefinitionName=NAME,
        RoleArn=ROLE,
        DataQualityBaselineConfig={
            "ConstraintsResource": {"S3Uri": f"s3://{BUCKET}/baseline/constraints.json"},
            "StatisticsResource": {"S3Uri": f"s3://{BUCKET}/baseline/statistics.json"},
        },
        DataQualityAppSpecification={"ImageUri": "sagemaker-model-monitor-analyzer"},
        DataQualityJobInput={
            "EndpointInput": {
                "EndpointName": NAME,
                "LocalPath": "/opt/ml/processing/input/endpoint",
                "StartTimeOffset": "-PT3H",  # so that no hour that ends meanwhile matters
                "EndTimeOffset": "-PT0H",
            }
        },
        DataQualityJobOutputConfig={
            "MonitoringOutputs": [
                {"S3Output": {"S3Uri": f"s3://{BUCKET}/reports", "LocalPath": "/opt/ml/processing/output"}}
            ]
        },
        JobResources={
            "ClusterConfig": {"InstanceCount": 1, "InstanceType": "ml.m5.large", "VolumeSizeInGB": 20}
        },
    )
    clients.sagemaker.create_monitoring_schedule(
        MonitoringScheduleName=NAME,
        MonitoringScheduleConfig={
            "ScheduleConfig": {"ScheduleExpression": f"cron(0 {(at.hour + 10) % 24} ? * * *)"},
            "MonitoringJobDefinitionName": NAME,
            "MonitoringType": "DataQuality",
        },
        Tags=[{"Key": "team", "Value": "churn"}],
    )
    server.run_schedule(NAME, "--at", f"{at:%Y-%m-%dT%H:%MZ}")
    listed = clients.sagemaker.list_monitoring_executions(MonitoringScheduleName=NAME)
    return listed["MonitoringExecutionSummaries"][0]


@pytest.fixture
def report(clients: Clients, execution: dict[str, Any]) -> str:
    """The prefix of the execution's reports."""
    job = clients.sagemaker.describe_processing_job(
        ProcessingJobName=execution["ProcessingJobArn"].rpartition("/")[2]
    )
    return job["ProcessingOutputConfig"]["Outputs"][0]["S3Output"]["S3Uri"]


def test_the_caller_is_the_account_that_names_the_default_bucket(clients: Clients) -> None:
    assert clients.sts.get_caller_identity()["Account"] == "000000000000"


def test_the_models_answer_and_its_content_type_pass_through(clients: Clients, endpoint: str) -> None:
    answer = clients.runtime.invoke_endpoint(
        EndpointName=endpoint, Body="100.0,3,plus", ContentType="text/csv"
    )
    assert answer["Body"].read() == b"2.3000\n"  # 100 minutes at 0.01, 3 calls at 0.1, 1 for the plan
    assert answer["ContentType"].startswith("text/csv")
    assert answer["InvokedProductionVariant"] == "AllTraffic"


def test_the_models_refusal_is_a_model_error(clients: Clients, endpoint: str) -> None:
    with pytest.raises(clients.runtime.exceptions.ModelError, match="400"):
        clients.runtime.invoke_endpoint(EndpointName=endpoint, Body="not,a row", ContentType="text/csv")


def test_traffic_is_captured_with_its_inference_ids(clients: Clients, execution: dict[str, Any]) -> None:
    keys = clients.keys(f"capture/{NAME}/AllTraffic/")
    bodies = (clients.s3.get_object(Bucket=BUCKET, Key=key)["Body"].read().decode() for key in keys)
    records = [json.loads(line) for body in bodies for line in body.splitlines()]
    named = {record["eventMetadata"].get("inferenceId") for record in records} - {None}
    assert named == {f"customer-{n}" for n in range(N_ROWS)}
    assert records[0]["captureData"]["endpointInput"]["encoding"] == "CSV"


def test_a_baseline_says_what_was_trained_on(clients: Clients, baseline: dict[str, Any]) -> None:
    assert baseline["ProcessingJobStatus"] == "Completed", baseline.get("FailureReason")
    statistics = clients.read_json(f"s3://{BUCKET}/baseline/statistics.json")
    assert statistics["dataset"]["item_count"] == 600


def test_the_execution_found_what_is_wrong(clients: Clients, execution: dict[str, Any], report: str) -> None:
    assert execution["MonitoringExecutionStatus"] == "CompletedWithViolations"
    violations = clients.read_json(f"{report}/constraint_violations.json")["violations"]
    assert {"plan", "minutes"} <= {each["feature_name"] for each in violations}


def test_the_reports_lie_under_schedule_and_hour(execution: dict[str, Any], report: str) -> None:
    hour = execution["ScheduledTime"].astimezone(UTC).strftime("%Y/%m/%d/%H")
    assert report == f"s3://{BUCKET}/reports/{NAME}/{NAME}/{hour}"


def test_the_jobs_log_is_read_through_cloudwatch(clients: Clients, execution: dict[str, Any]) -> None:
    job = execution["ProcessingJobArn"].rpartition("/")[2]
    group = "/aws/sagemaker/ProcessingJobs"
    streams = clients.logs.describe_log_streams(logGroupName=group, logStreamNamePrefix=job)["logStreams"]
    events = clients.logs.get_log_events(
        logGroupName=group, logStreamName=streams[0]["logStreamName"], startFromHead=True
    )["events"]
    assert events
    assert all(event["message"] for event in events)


def test_the_schedule_tells_its_last_execution(clients: Clients, execution: dict[str, Any]) -> None:
    described = clients.sagemaker.describe_monitoring_schedule(MonitoringScheduleName=NAME)
    assert described["LastMonitoringExecutionSummary"]["ProcessingJobArn"] == execution["ProcessingJobArn"]
    tags = clients.sagemaker.list_tags(ResourceArn=described["MonitoringScheduleArn"])["Tags"]
    assert tags == [{"Key": "team", "Value": "churn"}]


def test_an_endpoint_with_a_schedule_refuses_deletion(clients: Clients, execution: dict[str, Any]) -> None:
    with pytest.raises(ClientError, match=r"ValidationException.*schedule") as refused:
        clients.sagemaker.delete_endpoint(EndpointName=NAME)
    assert NAME in str(refused.value)


def test_a_stranger_is_turned_away(server: Any) -> None:
    strangers = Clients.of(server.variables() | {"AWS_SECRET_ACCESS_KEY": "guessed"})
    try:
        with pytest.raises(ClientError) as refused:
            strangers.sagemaker.list_endpoints()
    finally:
        strangers.close()
    assert refused.value.response["ResponseMetadata"]["HTTPStatusCode"] == 403
