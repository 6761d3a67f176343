"""SDK 2, batch: transform with capture, then a schedule over what was captured.

python sdk2_batch.py FACTS      writes what it saw to FACTS
"""

# mypy: ignore-errors
# What this imports is in another environment than the checker.

import json
import sys
from pathlib import Path

import boto3
import sagemaker
from phone_calls import batch_training_csv, customers, model_archive
from sagemaker.inputs import BatchDataCaptureConfig
from sagemaker.model import Model
from sagemaker.model_monitor import BatchTransformInput, CronExpressionGenerator, DefaultModelMonitor
from sagemaker.model_monitor.dataset_format import DatasetFormat, MonitoringDatasetFormat
from sagemaker.s3 import S3Downloader, S3Uploader

ROLE = "arn:aws:iam::000000000000:role/MonitoringRole"
IMAGE = "123456789012.dkr.ecr.us-east-1.amazonaws.com/tiny-model:1.0"
SCHEDULE = "phone-calls-batch-sdk2"

facts = {}
session = sagemaker.Session()
bucket = session.default_bucket()
base = f"s3://{bucket}/phone-calls-batch-sdk2"

boto3.client("s3").put_object(
    Bucket=bucket, Key="phone-calls-batch-sdk2/model/model.tar.gz", Body=model_archive()
)
data = S3Uploader.upload_string_as_file_body(
    "".join(row + "\n" for row in customers(80, seed=3)),
    f"{base}/input/customers.csv",
    sagemaker_session=session,
)
model = Model(IMAGE, model_data=f"{base}/model/model.tar.gz", role=ROLE, sagemaker_session=session)
transformer = model.transformer(
    instance_count=1,
    instance_type="ml.m5.large",
    strategy="MultiRecord",
    assemble_with="Line",
    accept="text/csv",
    output_path=f"{base}/scores",
)
transformer.transform(
    data,
    content_type="text/csv",
    split_type="Line",
    join_source="Input",
    batch_data_capture_config=BatchDataCaptureConfig(
        destination_s3_uri=f"{base}/capture", generate_inference_id=True
    ),
    wait=True,
    logs=True,
)
scores = S3Downloader.read_file(f"{base}/scores/customers.csv.out", session).splitlines()
facts["n_scores"], facts["score"] = len(scores), scores[0]
facts["captured"] = S3Downloader.list(f"{base}/capture", sagemaker_session=session)

training = S3Uploader.upload_string_as_file_body(
    batch_training_csv(), f"{base}/baselining/training.csv", sagemaker_session=session
)
monitor = DefaultModelMonitor(role=ROLE, instance_type="ml.m5.xlarge", sagemaker_session=session)
monitor.suggest_baseline(
    baseline_dataset=training,
    dataset_format=DatasetFormat.csv(header=True),
    output_s3_uri=f"{base}/baselining/results",
    wait=True,
    logs=False,
)
monitor.create_monitoring_schedule(
    monitor_schedule_name=SCHEDULE,
    batch_transform_input=BatchTransformInput(
        data_captured_destination_s3_uri=f"{base}/capture",
        destination="/opt/ml/processing/input",
        dataset_format=MonitoringDatasetFormat.csv(header=False),
    ),
    output_s3_uri=f"{base}/reports",
    statistics=monitor.baseline_statistics(),
    constraints=monitor.suggested_constraints(),
    schedule_cron_expression=CronExpressionGenerator.hourly(),
)
facts["batch_input"] = session.sagemaker_client.describe_data_quality_job_definition(
    JobDefinitionName=monitor.job_definition_name
)["DataQualityJobInput"]
Path(sys.argv[1]).write_text(json.dumps(facts))
