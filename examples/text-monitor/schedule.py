"""Makes a baseline of texts, and an hourly schedule that holds an endpoint against it.

python schedule.py ENDPOINT baseline.jsonl
"""

import sys
import time
from typing import Any

import boto3

IMAGE = "example.com/text-monitor:1"
"""No such image is anywhere: jobs.json says which program stands for it."""
BUCKET = "sagemaker-us-east-1-000000000000"
ROLE = "arn:aws:iam::000000000000:role/Monitoring"
DATA, OUTPUT = "/opt/ml/processing/input/data", "/opt/ml/processing/output"
CLUSTER = {"ClusterConfig": {"InstanceCount": 1, "InstanceType": "ml.m5.large", "VolumeSizeInGB": 20}}
VARIABLES = {"TEXT_FIELD": "text"}
"""Where the text is in a request, and in a line of the baseline."""


def main(endpoint: str, file: str) -> None:
    """A baseline, then a schedule; both have names that begin with that of the endpoint."""
    client = boto3.client("sagemaker")
    name = f"{endpoint}-texts"
    boto3.client("s3").upload_file(file, BUCKET, f"{name}/data/baseline.jsonl")
    run_baseline(client, name)
    client.create_monitoring_schedule(
        MonitoringScheduleName=name,
        MonitoringScheduleConfig={
            "ScheduleConfig": {"ScheduleExpression": "cron(0 * ? * * *)"},
            "MonitoringJobDefinition": {
                "MonitoringInputs": [{"EndpointInput": {"EndpointName": endpoint, "LocalPath": DATA}}],
                "BaselineConfig": baseline_of(name),
                "MonitoringOutputConfig": {
                    "MonitoringOutputs": [
                        {"S3Output": {"S3Uri": f"s3://{BUCKET}/{name}/reports", "LocalPath": OUTPUT}}
                    ]
                },
                "MonitoringResources": CLUSTER,
                "MonitoringAppSpecification": {"ImageUri": IMAGE},
                "Environment": {**VARIABLES, "publish_cloudwatch_metrics": "Enabled"},
                "RoleArn": ROLE,
            },
        },
    )


def run_baseline(client: Any, name: str) -> None:
    """A processing job with the same image; without a baseline to compare with, it makes one."""
    given = {"S3Uri": f"s3://{BUCKET}/{name}/data", "LocalPath": DATA, "S3DataType": "S3Prefix"}
    kept = {"S3Uri": f"s3://{BUCKET}/{name}/baseline", "LocalPath": OUTPUT, "S3UploadMode": "EndOfJob"}
    client.create_processing_job(
        ProcessingJobName=name,
        ProcessingInputs=[{"InputName": "data", "S3Input": {**given, "S3InputMode": "File"}}],
        ProcessingOutputConfig={"Outputs": [{"OutputName": "result", "S3Output": kept}]},
        ProcessingResources=CLUSTER,
        AppSpecification={"ImageUri": IMAGE},
        Environment={**VARIABLES, "dataset_source": DATA, "output_path": OUTPUT},
        RoleArn=ROLE,
    )
    while (job := client.describe_processing_job(ProcessingJobName=name))["ProcessingJobStatus"] not in (
        "Completed",
        "Failed",
        "Stopped",
    ):
        time.sleep(0.5)
    if job["ProcessingJobStatus"] != "Completed":
        sys.exit(f"the baseline failed: {job.get('FailureReason')}")


def baseline_of(name: str) -> dict[str, Any]:
    """The files that the baseline left."""
    folder = f"s3://{BUCKET}/{name}/baseline"
    return {
        "StatisticsResource": {"S3Uri": f"{folder}/statistics.json"},
        "ConstraintsResource": {"S3Uri": f"{folder}/constraints.json"},
    }


if __name__ == "__main__":
    main(*sys.argv[1:])
