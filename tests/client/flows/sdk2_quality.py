"""SDK 2: a model with capture, labels that come later, and schedules on the model's quality.

python sdk2_quality.py FACTS      writes what it saw to FACTS
"""

# mypy: ignore-errors
# What this imports is in another environment than the checker.

import json
import sys
from datetime import timedelta
from pathlib import Path

import boto3
import quality_calls as calls
import sagemaker
from sagemaker.model import Model
from sagemaker.model_monitor import (
    CronExpressionGenerator,
    DataCaptureConfig,
    EndpointInput,
    ModelQualityMonitor,
)
from sagemaker.model_monitor.dataset_format import DatasetFormat
from sagemaker.predictor import Predictor
from sagemaker.s3 import S3Uploader
from sagemaker.serializers import CSVSerializer

ROLE = "MonitoringRole"
ENDPOINT = "model-quality-sdk2"

facts = {}
session = sagemaker.Session()
bucket = session.default_bucket()
base = f"s3://{bucket}/{ENDPOINT}"

boto3.client("s3").put_object(Bucket=bucket, Key=f"{ENDPOINT}/model/model.tar.gz", Body=calls.model_archive())
model = Model(
    image_uri=calls.IMAGE,
    model_data=f"{base}/model/model.tar.gz",
    role=ROLE,
    name=ENDPOINT,
    predictor_cls=Predictor,
    sagemaker_session=session,
)
predictor = model.deploy(
    initial_instance_count=1,
    instance_type="ml.m5.large",
    endpoint_name=ENDPOINT,
    serializer=CSVSerializer(),
    data_capture_config=DataCaptureConfig(
        enable_capture=True,
        sampling_percentage=100,
        destination_s3_uri=f"{base}/capture",
        csv_content_types=["text/csv"],
        sagemaker_session=session,
    ),
    wait=False,
)
session.wait_for_endpoint(ENDPOINT, poll=1)  # to wait in deploy is to look every 30 s
this_hour = calls.this_hour()
for number, row in enumerate(calls.live()):
    answer = predictor.predict(row, inference_id=f"live-{number}")
facts["answer"] = answer.decode()

last_hour = this_hour - timedelta(hours=1)
facts["times"] = [(last_hour + timedelta(hours=n)).strftime("%Y-%m-%dT%H:00:00Z") for n in (1, 2)]


def put(text, uri):
    """One object."""
    return S3Uploader.upload_string_as_file_body(text, uri, sagemaker_session=session)


captured = calls.hour_folder(f"{base}/capture/{ENDPOINT}/AllTraffic", last_hour)
put(calls.capture_lines(last_hour), f"{captured}/capture_data.jsonl")

GROUND_TRUTH = {  # of the customers of the baseline, and of live traffic
    "binary": (calls.known_labels(), calls.live_labels()),
    "amounts": ([calls.amount_of(row) for row in calls.known()], [0.9] * calls.N_LIVE),
    "classes": ([calls.use_of(calls.chance_of(row)) for row in calls.known()], ["low", "high"] * 30),
}
for name, (known, live) in GROUND_TRUTH.items():
    for hour, lines in (
        (last_hour, calls.truth_lines("known", known)),
        (this_hour, calls.truth_lines("live", live)),
    ):
        put(lines, f"{calls.hour_folder(f'{base}/truth/{name}', hour)}/labels.jsonl")

validation = put(calls.validation_csv(), f"{base}/baselining/validation.csv")
MONITORS = {
    "binary": (
        "BinaryClassification",
        {
            "inference_attribute": "label",
            "probability_attribute": "probability",
            "ground_truth_attribute": "left",
        },
        {"inference_attribute": "0", "probability_attribute": "1", "probability_threshold_attribute": 0.5},
    ),
    "amounts": (
        "Regression",
        {"inference_attribute": "probability", "ground_truth_attribute": "amount"},
        {"inference_attribute": "1"},
    ),
    "classes": (
        "MulticlassClassification",
        {"inference_attribute": "use", "ground_truth_attribute": "class"},
        {"inference_attribute": "2"},
    ),
}
for name, (problem_type, of_baseline, of_endpoint) in MONITORS.items():
    monitor = ModelQualityMonitor(
        role=ROLE,
        instance_count=1,
        instance_type="ml.m5.xlarge",
        volume_size_in_gb=20,
        max_runtime_in_seconds=1800,
        sagemaker_session=session,
    )
    job = monitor.suggest_baseline(
        baseline_dataset=validation,
        dataset_format=DatasetFormat.csv(header=True),
        problem_type=problem_type,
        output_s3_uri=f"{base}/baselining/{name}",
        **of_baseline,
    )
    facts[f"{name}_baselining"] = job.job_name
    monitor.create_monitoring_schedule(  # while the job is running
        monitor_schedule_name=f"{ENDPOINT}-{name}",
        endpoint_input=EndpointInput(
            endpoint_name=ENDPOINT,
            destination="/opt/ml/processing/input_data",
            **calls.HOUR_BEFORE,
            **of_endpoint,
        ),
        ground_truth_input=f"{base}/truth/{name}",
        problem_type=problem_type,
        output_s3_uri=f"{base}/reports/{name}",
        schedule_cron_expression=CronExpressionGenerator.daily(hour=calls.far_hour()),
        enable_cloudwatch_metrics=True,
    )
    described = session.sagemaker_client.describe_model_quality_job_definition(
        JobDefinitionName=monitor.job_definition_name
    )
    facts[f"{name}_baseline"] = described["ModelQualityBaselineConfig"]
    if name == "binary":
        facts["executions_before"] = len(monitor.list_executions())
        session.wait_for_processing_job(job.job_name, poll=1)
        facts["statistics"] = monitor.baseline_statistics().body_dict
        facts["constraints"] = monitor.suggested_constraints().body_dict
Path(sys.argv[1]).write_text(json.dumps(facts, default=str))
