"""Metrics and logs of a monitoring execution that really ran."""

import json
from datetime import UTC, datetime, timedelta

import pytest

from api_documents import by_name, run_by_hand
from live_server import ROLE, TOY_IMAGE, early_in_the_hour, in_service, until

NAME = "cloudwatch-monitoring"
SCHEDULE = "CloudWatch-Monitoring"
NAMESPACE = "aws/sagemaker/Endpoints/data-metrics"
DIMENSIONS = [{"Name": "Endpoint", "Value": NAME}, {"Name": "MonitoringSchedule", "Value": SCHEDULE}]
ANALYZER = "156813124566.dkr.ecr.us-east-1.amazonaws.com/sagemaker-model-monitor-analyzer"
CLUSTER = {"ClusterConfig": {"InstanceCount": 1, "InstanceType": "ml.m5.xlarge", "VolumeSizeInGB": 20}}
N_REQUESTS = 20
HOUR = timedelta(hours=1)
CONSTRAINTS = {
    "version": 0,
    "features": [
        {"name": "_c0", "inferred_type": "Fractional", "completeness": 1.0},
        {"name": "_c1", "inferred_type": "Integral", "completeness": 1.0},
    ],
    "monitoring_config": {"emit_metrics": "Enabled", "datatype_check_threshold": 1.0},
}


@pytest.fixture(scope="module")
def bucket(live):
    account = live.client("sts").get_caller_identity()["Account"]
    return f"sagemaker-us-east-1-{account}"


@pytest.fixture(scope="module")
def endpoint(live, sm, bucket):
    sm.create_model(ModelName=NAME, PrimaryContainer={"Image": TOY_IMAGE}, ExecutionRoleArn=ROLE)
    variant = {
        "VariantName": "AllTraffic", "ModelName": NAME, "InitialInstanceCount": 1,
        "InstanceType": "ml.m5.large",
    }  # fmt: skip
    capture = {
        "EnableCapture": True, "InitialSamplingPercentage": 100,
        "DestinationS3Uri": f"s3://{bucket}/{NAME}/capture",
        "CaptureOptions": [{"CaptureMode": "Input"}, {"CaptureMode": "Output"}],
        "CaptureContentTypeHeader": {"CsvContentTypes": ["text/csv"]},
    }  # fmt: skip
    sm.create_endpoint_config(
        EndpointConfigName=NAME, ProductionVariants=[variant], DataCaptureConfig=capture
    )
    sm.create_endpoint(EndpointName=NAME, EndpointConfigName=NAME)
    in_service(sm, NAME)
    return NAME


@pytest.fixture(scope="module")
def hour(live, endpoint):
    """The begin of the hour in which the endpoint was asked."""
    early_in_the_hour()
    began = datetime.now(UTC).replace(minute=0, second=0, microsecond=0)
    runtime = live.client("sagemaker-runtime")
    for n in range(N_REQUESTS):
        runtime.invoke_endpoint(EndpointName=NAME, Body=f"{n}", ContentType="text/csv")
    return began


@pytest.fixture(scope="module")
def execution(live, sm, bucket, endpoint, hour):
    """The first execution of a schedule that publishes metrics."""
    constraints = f"s3://{bucket}/{NAME}/constraints.json"
    live.client("s3").put_object(
        Bucket=bucket, Key=f"{NAME}/constraints.json", Body=json.dumps(CONSTRAINTS).encode()
    )
    sm.create_data_quality_job_definition(
        JobDefinitionName=NAME,
        RoleArn=ROLE,
        DataQualityAppSpecification={
            "ImageUri": ANALYZER, "Environment": {"publish_cloudwatch_metrics": "Enabled"}
        },
        DataQualityBaselineConfig={"ConstraintsResource": {"S3Uri": constraints}},
        DataQualityJobInput={
            "EndpointInput": {"EndpointName": endpoint, "LocalPath": "/opt/ml/processing/input/endpoint"}
        },
        DataQualityJobOutputConfig={
            "MonitoringOutputs": [{"S3Output": {
                "S3Uri": f"s3://{bucket}/{NAME}/reports", "LocalPath": "/opt/ml/processing/output"}}]
        },
        JobResources=CLUSTER,
    )  # fmt: skip
    run_by_hand(sm, SCHEDULE, by_name(NAME))
    done = live.command("schedule", "run", SCHEDULE, "--wait", "--at", (hour + HOUR).isoformat())
    assert done.returncode in (0, 3), done.stdout + done.stderr  # 3: violations
    [found] = sm.list_monitoring_executions(MonitoringScheduleName=SCHEDULE)["MonitoringExecutionSummaries"]
    return found


def test_an_execution_publishes_metrics_of_endpoint_and_schedule(live, execution):
    assert execution["MonitoringExecutionStatus"].startswith("Completed"), execution
    found = live.client("cloudwatch").list_metrics(Namespace=NAMESPACE, Dimensions=DIMENSIONS)["Metrics"]
    names = {each["MetricName"] for each in found}
    assert {"feature_data__c1", "feature_non_null__c0", "feature_non_null__c1"} <= names
    assert all(each["Dimensions"] == DIMENSIONS for each in found)


def test_its_metrics_are_statistics_of_the_window(live, execution):
    begin = datetime.now(UTC) - timedelta(hours=3)
    answer = live.client("cloudwatch").get_metric_statistics(
        Namespace=NAMESPACE, MetricName="feature_data__c1", Dimensions=DIMENSIONS, Period=3600 * 4,
        StartTime=begin, EndTime=begin + timedelta(hours=4), Statistics=["SampleCount", "Sum", "Maximum"],
    )  # fmt: skip
    [point] = answer["Datapoints"]
    n = N_REQUESTS
    assert (point["SampleCount"], point["Sum"], point["Maximum"]) == (n, n * (n - 1) / 2, n - 1)


def test_an_alarm_watches_what_it_published(live, execution):
    cloudwatch = live.client("cloudwatch")
    cloudwatch.put_metric_alarm(
        AlarmName=NAME, Namespace=NAMESPACE, MetricName="feature_data__c1", Dimensions=DIMENSIONS,
        Statistic="Maximum", Period=3600, EvaluationPeriods=1, Threshold=10.0,
        ComparisonOperator="GreaterThanThreshold",
    )  # fmt: skip
    found = until(
        lambda: cloudwatch.describe_alarms(AlarmNames=[NAME])["MetricAlarms"][0],
        lambda it: it["StateValue"] != "INSUFFICIENT_DATA",
    )
    assert found["StateValue"] == "ALARM", found["StateReason"]


def test_its_log_is_in_the_stream_of_its_job(live, execution):
    logs, group = live.client("logs"), "/aws/sagemaker/ProcessingJobs"
    job = execution["ProcessingJobArn"].rpartition("/")[2]
    [stream] = logs.describe_log_streams(logGroupName=group, logStreamNamePrefix=f"{job}/")["logStreams"]
    answer = logs.get_log_events(
        logGroupName=group, logStreamName=stream["logStreamName"], startFromHead=True
    )
    assert execution["ProcessingJobArn"] in "\n".join(event["message"] for event in answer["events"])
