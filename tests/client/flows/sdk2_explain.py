"""SDK 2: attributions. A baseline and a schedule, both of which ask the deployed model.

python sdk2_explain.py FACTS      writes what it saw to FACTS; sdk2_quality.py goes before it
"""

# mypy: ignore-errors
# What this imports is in another environment than the checker.

import json
import sys
from pathlib import Path

import quality_calls as calls
import sagemaker
from sagemaker.clarify import DataConfig, ModelConfig, ModelPredictedLabelConfig, SHAPConfig
from sagemaker.model_monitor import CronExpressionGenerator, EndpointInput, ModelExplainabilityMonitor
from sagemaker.s3 import S3Downloader, S3Uploader

ENDPOINT, SCHEDULE = "model-quality-sdk2", "model-explainability-sdk2"

facts = {}
session = sagemaker.Session()
base = f"s3://{session.default_bucket()}/{ENDPOINT}"
training = S3Uploader.upload_string_as_file_body(
    calls.training_csv(), f"{base}/explain/training.csv", sagemaker_session=session
)
monitor = ModelExplainabilityMonitor(
    role="MonitoringRole", max_runtime_in_seconds=1800, sagemaker_session=session
)
job = monitor.suggest_baseline(
    data_config=DataConfig(
        s3_data_input_path=training,
        s3_output_path=f"{base}/explain/baseline",
        label="left",
        headers=["left", *calls.FEATURES],
        dataset_type="text/csv",
    ),
    explainability_config=SHAPConfig(
        baseline=[[200.0, 5, "basic"]],
        num_samples=5,
        agg_method="mean_abs",
        seed=7,
        save_local_shap_values=True,
    ),
    model_config=ModelConfig(
        model_name=ENDPOINT,
        instance_count=1,
        instance_type="ml.m5.xlarge",
        content_type="text/csv",
        accept_type="text/csv",
    ),
    model_scores=ModelPredictedLabelConfig(probability=1, label_headers=["leaves"]),
)
monitor.create_monitoring_schedule(
    monitor_schedule_name=SCHEDULE,
    endpoint_input=EndpointInput(
        endpoint_name=ENDPOINT,
        destination="/opt/ml/processing/input/endpoint",
        **calls.HOUR_BEFORE,
        probability_attribute="1",
    ),
    output_s3_uri=f"{base}/reports/explain",
    schedule_cron_expression=CronExpressionGenerator.daily(hour=calls.far_hour()),
    enable_cloudwatch_metrics=True,
)
facts["definition"] = session.sagemaker_client.describe_model_explainability_job_definition(
    JobDefinitionName=monitor.job_definition_name
)
config_uri = facts["definition"]["ModelExplainabilityAppSpecification"]["ConfigUri"]
facts["config"] = json.loads(S3Downloader.read_file(config_uri, session))
session.wait_for_processing_job(job.job_name, poll=1)
facts["baseline"] = monitor.suggested_constraints().body_dict
local = S3Downloader.read_file(f"{base}/explain/baseline/explanations_shap/out.csv", session).splitlines()
facts["local"] = {"header": local[0], "n_rows": len(local) - 1}
Path(sys.argv[1]).write_text(json.dumps(facts, default=str))
