"""SDK 2, first half, as a user of SageMaker writes it: deploy with capture, traffic, baseline, schedule.

python sdk2_deploy.py FACTS      writes what it saw to FACTS
"""

# mypy: ignore-errors
# What this imports is in another environment than the checker.

import json
import sys
import time
from pathlib import Path

import boto3
import sagemaker
from phone_calls import customers, damaged, model_archive, training_csv
from sagemaker.model import Model
from sagemaker.model_monitor import CronExpressionGenerator, DataCaptureConfig, DefaultModelMonitor
from sagemaker.model_monitor.dataset_format import DatasetFormat
from sagemaker.predictor import Predictor
from sagemaker.s3 import S3Downloader, S3Uploader
from sagemaker.serializers import CSVSerializer

HERE = Path(__file__).parent
ROLE = "MonitoringRole"  # a short name: the SDK asks IAM for its ARN
IMAGE = "123456789012.dkr.ecr.us-east-1.amazonaws.com/tiny-model:1.0"
ENDPOINT, SCHEDULE = "phone-calls-sdk2", "phone-calls-hourly-sdk2"

facts = {}
session = sagemaker.Session()
bucket = session.default_bucket()
facts["bucket"] = bucket
base = f"s3://{bucket}/phone-calls-sdk2"

boto3.client("s3").put_object(Bucket=bucket, Key="phone-calls-sdk2/model/model.tar.gz", Body=model_archive())
model = Model(
    image_uri=IMAGE,
    model_data=f"{base}/model/model.tar.gz",
    role=session.expand_role(ROLE),
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
)
facts["status"] = session.sagemaker_client.describe_endpoint(EndpointName=ENDPOINT)["EndpointStatus"]

rows = damaged(customers(60, seed=2))
answers = [predictor.predict(row) for row in rows[:50]]
answers += [predictor.predict(row, inference_id=f"customer-{n}") for n, row in enumerate(rows[50:])]
facts["n_answers"], facts["answer"] = len(answers), answers[0].decode()

for _ in range(120):  # as samples do: until the capture has arrived
    files = S3Downloader.list(f"{base}/capture/{ENDPOINT}/AllTraffic", sagemaker_session=session)
    if files:
        break
    time.sleep(1)
lines = [line for file in files for line in S3Downloader.read_file(file, session).splitlines()]
facts["captures"] = [json.loads(line) for line in lines][:1]

Path("training.csv").write_text(training_csv())
training = S3Uploader.upload("training.csv", f"{base}/baselining/data", sagemaker_session=session)
monitor = DefaultModelMonitor(
    role=ROLE,
    instance_count=1,
    instance_type="ml.m5.xlarge",
    volume_size_in_gb=20,
    max_runtime_in_seconds=1800,
    sagemaker_session=session,
)
monitor.suggest_baseline(
    baseline_dataset=training,
    dataset_format=DatasetFormat.csv(header=True),
    output_s3_uri=f"{base}/baselining/results",
    wait=True,
    logs=True,
)
statistics = monitor.baseline_statistics()
constraints = monitor.suggested_constraints()
facts["item_count"] = statistics.body_dict["dataset"]["item_count"]
facts["features"] = [feature["name"] for feature in constraints.body_dict["features"]]
facts["baselining_status"] = monitor.describe_latest_baselining_job()["ProcessingJobStatus"]

constraints.body_dict["monitoring_config"]["distribution_constraints"]["comparison_threshold"] = 0.25
constraints.save()
facts["saved"] = json.loads(S3Downloader.read_file(f"{base}/baselining/results/constraints.json", session))

scripts = [
    S3Uploader.upload(str(HERE / name), f"{base}/code", sagemaker_session=session)
    for name in ("preprocess.py", "postprocess.py")
]
monitor.create_monitoring_schedule(
    monitor_schedule_name=SCHEDULE,
    endpoint_input=predictor.endpoint_name,
    record_preprocessor_script=scripts[0],
    post_analytics_processor_script=scripts[1],
    output_s3_uri=f"{base}/reports",
    statistics=monitor.baseline_statistics(),
    constraints=monitor.suggested_constraints(),
    schedule_cron_expression=CronExpressionGenerator.hourly(),
    enable_cloudwatch_metrics=True,
)
facts["schedule_status"] = monitor.describe_schedule()["MonitoringScheduleStatus"]
facts["executions_before"] = len(monitor.list_executions())
Path(sys.argv[1]).write_text(json.dumps(facts))
