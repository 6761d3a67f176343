"""SDK 2, batch: a transform whose answers are judged by labels that come later.

python sdk2_quality_batch.py FACTS      writes what it saw to FACTS; sdk2_quality.py goes before it
"""

# mypy: ignore-errors
# What this imports is in another environment than the checker.

import json
import sys
from datetime import datetime, timedelta
from pathlib import Path

import quality_calls as calls
import sagemaker
from sagemaker.inputs import BatchDataCaptureConfig
from sagemaker.model_monitor import BatchTransformInput, CronExpressionGenerator, ModelQualityMonitor
from sagemaker.model_monitor.dataset_format import DatasetFormat, MonitoringDatasetFormat
from sagemaker.s3 import S3Downloader, S3Uploader
from sagemaker.transformer import Transformer

MODEL, SCHEDULE = "model-quality-sdk2", "model-quality-sdk2-batch"

facts = {}
session = sagemaker.Session()
base = f"s3://{session.default_bucket()}/{SCHEDULE}"


def put(text, uri):
    """One object."""
    return S3Uploader.upload_string_as_file_body(text, uri, sagemaker_session=session)


transformer = Transformer(
    model_name=MODEL,
    instance_count=1,
    instance_type="ml.m5.large",
    strategy="MultiRecord",
    assemble_with="Line",
    accept="text/csv",
    output_path=f"{base}/answers",
    sagemaker_session=session,
)
transformer.transform(
    put("".join(f"{row}\n" for row in calls.known()), f"{base}/input/customers.csv"),
    content_type="text/csv",
    split_type="Line",
    join_source="Input",
    batch_data_capture_config=BatchDataCaptureConfig(
        destination_s3_uri=f"{base}/capture", generate_inference_id=True
    ),
    wait=True,
    logs=False,
)
answers = S3Downloader.read_file(f"{base}/answers/customers.csv.out", session).splitlines()
facts["answer"] = answers[0]
ids, times = zip(*(line.split(",")[-2:] for line in answers), strict=True)
hour = datetime.strptime(times[0], "%Y-%m-%dT%H:%M:%S%z")
labels = [1 - label for label in calls.known_labels()]  # the model is wrong about nearly all
truth = calls.truth_of(dict(zip(ids, labels, strict=True)))
put(truth, f"{calls.hour_folder(f'{base}/truth', hour)}/labels.jsonl")
facts["n_ids"] = len(set(ids))

monitor = ModelQualityMonitor(role="MonitoringRole", max_runtime_in_seconds=1800, sagemaker_session=session)
monitor.suggest_baseline(
    baseline_dataset=f"s3://{session.default_bucket()}/{MODEL}/baselining/validation.csv",
    dataset_format=DatasetFormat.csv(header=True),
    problem_type="BinaryClassification",
    inference_attribute="label",
    probability_attribute="probability",
    ground_truth_attribute="left",
    output_s3_uri=f"{base}/baselining",
)
monitor.create_monitoring_schedule(
    monitor_schedule_name=SCHEDULE,
    batch_transform_input=BatchTransformInput(
        data_captured_destination_s3_uri=f"{base}/capture",
        destination="/opt/ml/processing/transform",
        **calls.HOUR_BEFORE,
        dataset_format=MonitoringDatasetFormat.csv(header=False),
        inference_attribute="3",  # behind the three cells of the input
        probability_attribute="4",
    ),
    ground_truth_input=f"{base}/truth",
    problem_type="BinaryClassification",
    output_s3_uri=f"{base}/reports",
    schedule_cron_expression=CronExpressionGenerator.daily(hour=calls.far_hour()),
)
facts["time"] = f"{hour + timedelta(hours=1):%Y-%m-%dT%H:00:00Z}"
Path(sys.argv[1]).write_text(json.dumps(facts))
