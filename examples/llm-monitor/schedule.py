"""Makes a baseline of answers, and an hourly schedule that holds an endpoint against it.

python schedule.py ENDPOINT answers.jsonl words.txt
"""

import sys
import time
from typing import Any

import boto3

IMAGE = "example.com/llm-monitor:1"
"""No such image is anywhere: jobs.json says which program stands for it."""
BUCKET = "sagemaker-us-east-1-000000000000"
ROLE = "arn:aws:iam::000000000000:role/Monitoring"
INPUT, OUTPUT = "/opt/ml/processing/input", "/opt/ml/processing/output"
CLUSTER = {"ClusterConfig": {"InstanceCount": 1, "InstanceType": "ml.m5.large", "VolumeSizeInGB": 20}}


def main(endpoint: str, answers: str, words: str) -> None:
    """A baseline, then a schedule; both have names that begin with that of the endpoint."""
    client = boto3.client("sagemaker")
    name = f"{endpoint}-answers"
    store = boto3.client("s3")
    store.upload_file(answers, BUCKET, f"{name}/data/answers.jsonl")
    store.upload_file(words, BUCKET, f"{name}/words/words.txt")
    run_baseline(client, name)
    client.create_monitoring_schedule(
        MonitoringScheduleName=name,
        MonitoringScheduleConfig={
            "ScheduleConfig": {"ScheduleExpression": "cron(0 * ? * * *)"},
            "MonitoringJobDefinition": {
                "MonitoringInputs": [
                    {"EndpointInput": {"EndpointName": endpoint, "LocalPath": f"{INPUT}/data"}}
                ],
                "BaselineConfig": baseline_of(name),
                "MonitoringOutputConfig": {
                    "MonitoringOutputs": [
                        {"S3Output": {"S3Uri": f"s3://{BUCKET}/{name}/reports", "LocalPath": OUTPUT}}
                    ]
                },
                "MonitoringResources": CLUSTER,
                "MonitoringAppSpecification": {"ImageUri": IMAGE},
                "Environment": {"publish_cloudwatch_metrics": "Enabled"},
                "RoleArn": ROLE,
            },
        },
    )


def run_baseline(client: Any, name: str) -> None:
    """A processing job with the same image; without a baseline to compare with, it makes one."""
    kept = {"S3Uri": f"s3://{BUCKET}/{name}/baseline", "LocalPath": OUTPUT, "S3UploadMode": "EndOfJob"}
    client.create_processing_job(
        ProcessingJobName=name,
        ProcessingInputs=[stored(name, "data"), stored(name, "words")],
        ProcessingOutputConfig={"Outputs": [{"OutputName": "result", "S3Output": kept}]},
        ProcessingResources=CLUSTER,
        AppSpecification={"ImageUri": IMAGE},
        Environment={"dataset_source": f"{INPUT}/data", "output_path": OUTPUT},
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


def stored(name: str, what: str) -> dict[str, Any]:
    """An input of the baseline's job."""
    place = {"S3Uri": f"s3://{BUCKET}/{name}/{what}", "LocalPath": f"{INPUT}/{what}"}
    return {"InputName": what, "S3Input": {**place, "S3DataType": "S3Prefix", "S3InputMode": "File"}}


def baseline_of(name: str) -> dict[str, Any]:
    """The files that the baseline left."""
    folder = f"s3://{BUCKET}/{name}/baseline"
    return {
        "StatisticsResource": {"S3Uri": f"{folder}/statistics.json"},
        "ConstraintsResource": {"S3Uri": f"{folder}/constraints.json"},
    }


if __name__ == "__main__":
    main(*sys.argv[1:])
