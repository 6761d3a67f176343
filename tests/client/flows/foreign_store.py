"""boto3 where only SageMaker is leeboard: the data lie in another S3, and STS is AWS's.

python foreign_store.py FACTS      writes what it saw to FACTS
"""

# mypy: ignore-errors
# The checker does not know that the scripts lie side by side.

import json
import sys
import time
from pathlib import Path

import boto3
from phone_calls import training_csv

BUCKET, NAME = "phone-calls-foreign", "phone-calls-foreign"
FOLDER = "/opt/ml/processing"

s3, sagemaker = boto3.client("s3"), boto3.client("sagemaker")
facts = {
    "s3": s3.meta.endpoint_url,
    "sagemaker": sagemaker.meta.endpoint_url,
    "sts": boto3.client("sts", endpoint_url="https://sts.us-east-1.amazonaws.com").meta.endpoint_url,
}
s3.create_bucket(Bucket=BUCKET)
s3.put_object(Bucket=BUCKET, Key="training/data.csv", Body=training_csv().encode())
sagemaker.create_processing_job(
    ProcessingJobName=NAME,
    RoleArn="arn:aws:iam::000000000000:role/MonitoringRole",
    AppSpecification={"ImageUri": "sagemaker-model-monitor-analyzer"},
    Environment={
        "dataset_format": '{"csv": {"header": true}}',
        "dataset_source": f"{FOLDER}/input/data",
        "output_path": f"{FOLDER}/output",
        "publish_cloudwatch_metrics": "Disabled",
    },
    ProcessingInputs=[
        {
            "InputName": "data",
            "S3Input": {
                "S3Uri": f"s3://{BUCKET}/training/data.csv",
                "LocalPath": f"{FOLDER}/input/data",
                "S3DataType": "S3Prefix",
                "S3InputMode": "File",
            },
        }
    ],
    ProcessingOutputConfig={
        "Outputs": [
            {
                "OutputName": "results",
                "S3Output": {
                    "S3Uri": f"s3://{BUCKET}/baseline",
                    "LocalPath": f"{FOLDER}/output",
                    "S3UploadMode": "EndOfJob",
                },
            }
        ]
    },
    ProcessingResources={
        "ClusterConfig": {"InstanceCount": 1, "InstanceType": "ml.m5.large", "VolumeSizeInGB": 20}
    },
)
for _ in range(600):
    job = sagemaker.describe_processing_job(ProcessingJobName=NAME)
    if job["ProcessingJobStatus"] in ("Completed", "Failed", "Stopped"):
        break
    time.sleep(0.2)
facts["status"], facts["reason"] = job["ProcessingJobStatus"], job.get("FailureReason")
if facts["status"] == "Completed":
    statistics = s3.get_object(Bucket=BUCKET, Key="baseline/statistics.json")["Body"].read()
    facts["item_count"] = json.loads(statistics)["dataset"]["item_count"]
Path(sys.argv[1]).write_text(json.dumps(facts))
