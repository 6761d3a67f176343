"""SDK 3, first half: resources, traffic, baseline, schedule; results are read by the second half.

python sdk3_monitor.py FACTS      writes what it saw to FACTS
"""

# mypy: ignore-errors
# What this imports is in another environment than the checker.

import json
import sys
import time
from pathlib import Path

from phone_calls import customers, damaged, model_archive, training_csv
from sagemaker.core.helper.session_helper import Session
from sagemaker.core.model_monitor import CronExpressionGenerator, DefaultModelMonitor
from sagemaker.core.model_monitor.dataset_format import DatasetFormat
from sagemaker.core.resources import Endpoint, EndpointConfig, Model
from sagemaker.core.s3 import S3Downloader, S3Uploader
from sagemaker.core.shapes import (
    CaptureContentTypeHeader,
    CaptureOption,
    ContainerDefinition,
    DataCaptureConfig,
    ProductionVariant,
)

ROLE = "arn:aws:iam::000000000000:role/MonitoringRole"
IMAGE = "123456789012.dkr.ecr.us-east-1.amazonaws.com/tiny-model:1.0"
ENDPOINT, SCHEDULE = "phone-calls-sdk3", "phone-calls-hourly-sdk3"

facts = {}
session = Session()
facts["account"] = session.account_id()
bucket = session.default_bucket()
base = f"s3://{bucket}/phone-calls-sdk3"

S3Uploader.upload_bytes(model_archive(), f"{base}/model/model.tar.gz", sagemaker_session=session)
Model.create(
    model_name=ENDPOINT,
    primary_container=ContainerDefinition(image=IMAGE, model_data_url=f"{base}/model/model.tar.gz"),
    execution_role_arn=ROLE,
)
EndpointConfig.create(
    endpoint_config_name=ENDPOINT,
    production_variants=[
        ProductionVariant(
            variant_name="AllTraffic",
            model_name=ENDPOINT,
            initial_instance_count=1,
            instance_type="ml.m5.large",
            initial_variant_weight=1.0,
        )
    ],
    data_capture_config=DataCaptureConfig(
        enable_capture=True,
        initial_sampling_percentage=100,
        destination_s3_uri=f"{base}/capture",
        capture_options=[CaptureOption(capture_mode="Input"), CaptureOption(capture_mode="Output")],
        capture_content_type_header=CaptureContentTypeHeader(csv_content_types=["text/csv"]),
    ),
)
endpoint = Endpoint.create(endpoint_name=ENDPOINT, endpoint_config_name=ENDPOINT)
endpoint.wait_for_status("InService", poll=1)
for row in damaged(customers(40, seed=4)):
    answer = endpoint.invoke(body=row, content_type="text/csv", accept="text/csv")
facts["answer_type"] = answer.content_type

training = S3Uploader.upload_string_as_file_body(
    training_csv(), f"{base}/baselining/training.csv", sagemaker_session=session
)
monitor = DefaultModelMonitor(role=ROLE, instance_type="ml.m5.xlarge", sagemaker_session=session)
monitor.suggest_baseline(
    baseline_dataset=training,
    dataset_format=DatasetFormat.csv(header=True),
    output_s3_uri=f"{base}/baselining/results",
    wait=True,
    logs=True,
)
facts["item_count"] = monitor.baseline_statistics().body_dict["dataset"]["item_count"]
monitor.create_monitoring_schedule(
    monitor_schedule_name=SCHEDULE,
    endpoint_input=ENDPOINT,
    output_s3_uri=f"{base}/reports",
    statistics=monitor.baseline_statistics(),
    constraints=monitor.suggested_constraints(),
    schedule_cron_expression=CronExpressionGenerator.hourly(),
)
facts["schedule_status"] = monitor.describe_schedule()["MonitoringScheduleStatus"]

for _ in range(120):
    files = S3Downloader.list(f"{base}/capture/{ENDPOINT}/AllTraffic", sagemaker_session=session)
    if files:
        break
    time.sleep(1)
facts["n_capture_files"] = len(files)
Path(sys.argv[1]).write_text(json.dumps(facts))
