"""SDK 2: bias. A baseline that asks the deployed model, and a schedule with labels that come later.

python sdk2_bias.py FACTS      writes what it saw to FACTS; sdk2_quality.py goes before it
"""

# mypy: ignore-errors
# What this imports is in another environment than the checker.

import json
import sys
from pathlib import Path

import quality_calls as calls
import sagemaker
from sagemaker.clarify import BiasConfig, DataConfig, ModelConfig, ModelPredictedLabelConfig
from sagemaker.model_monitor import CronExpressionGenerator, EndpointInput, ModelBiasMonitor
from sagemaker.s3 import S3Downloader, S3Uploader

ENDPOINT, SCHEDULE = "model-quality-sdk2", "model-bias-sdk2"

facts = {}
session = sagemaker.Session()
base = f"s3://{session.default_bucket()}/{ENDPOINT}"
training = S3Uploader.upload_string_as_file_body(
    calls.training_csv(), f"{base}/bias/training.csv", sagemaker_session=session
)
monitor = ModelBiasMonitor(role="MonitoringRole", max_runtime_in_seconds=1800, sagemaker_session=session)
job = monitor.suggest_baseline(
    data_config=DataConfig(
        s3_data_input_path=training,
        s3_output_path=f"{base}/bias/baseline",
        label="left",
        headers=["left", *calls.FEATURES],
        dataset_type="text/csv",
    ),
    bias_config=BiasConfig(
        label_values_or_threshold=[1],
        facet_name="plan",
        facet_values_or_threshold=["plus"],
        group_name="calls",
    ),
    model_config=ModelConfig(
        model_name=ENDPOINT,
        instance_count=1,
        instance_type="ml.m5.xlarge",
        content_type="text/csv",
        accept_type="text/csv",
    ),
    model_predicted_label_config=ModelPredictedLabelConfig(label=0),
)
monitor.create_monitoring_schedule(
    monitor_schedule_name=SCHEDULE,
    endpoint_input=EndpointInput(
        endpoint_name=ENDPOINT,
        destination="/opt/ml/processing/input/endpoint",
        **calls.HOUR_BEFORE,
    ),
    ground_truth_input=f"{base}/truth/binary",
    output_s3_uri=f"{base}/reports/bias",
    schedule_cron_expression=CronExpressionGenerator.daily(hour=calls.far_hour()),
    enable_cloudwatch_metrics=True,
)
facts["definition"] = session.sagemaker_client.describe_model_bias_job_definition(
    JobDefinitionName=monitor.job_definition_name
)
config_uri = facts["definition"]["ModelBiasAppSpecification"]["ConfigUri"]
facts["config"] = json.loads(S3Downloader.read_file(config_uri, session))
session.wait_for_processing_job(job.job_name, poll=1)
facts["baseline"] = monitor.suggested_constraints().body_dict
Path(sys.argv[1]).write_text(json.dumps(facts, default=str))
