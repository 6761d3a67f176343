"""SDK 3: a model with capture, labels that come later, and schedules on quality, bias and attributions.

python sdk3_quality.py FACTS      writes what it saw to FACTS
"""

# mypy: ignore-errors
# What this imports is in another environment than the checker.

import json
import sys
from datetime import timedelta
from pathlib import Path

import quality_calls as calls
from sagemaker.core.clarify import BiasConfig, DataConfig, ModelConfig, ModelPredictedLabelConfig, SHAPConfig
from sagemaker.core.helper.session_helper import Session
from sagemaker.core.model_monitor import (
    BiasAnalysisConfig,
    CronExpressionGenerator,
    EndpointInput,
    ExplainabilityAnalysisConfig,
    ModelBiasMonitor,
    ModelExplainabilityMonitor,
    ModelQualityMonitor,
)
from sagemaker.core.model_monitor.dataset_format import DatasetFormat
from sagemaker.core.resources import Endpoint, EndpointConfig, Model, ProcessingJob
from sagemaker.core.s3 import S3Downloader, S3Uploader
from sagemaker.core.shapes import (
    CaptureContentTypeHeader,
    CaptureOption,
    ContainerDefinition,
    DataCaptureConfig,
    ProductionVariant,
)

ROLE = "arn:aws:iam::000000000000:role/MonitoringRole"
ENDPOINT = "model-quality-sdk3"

facts = {}
session = Session()
base = f"s3://{session.default_bucket()}/{ENDPOINT}"


def put(text, uri):
    """One object."""
    return S3Uploader.upload_string_as_file_body(text, uri, sagemaker_session=session)


S3Uploader.upload_bytes(calls.model_archive(), f"{base}/model/model.tar.gz", sagemaker_session=session)
Model.create(
    model_name=ENDPOINT,
    primary_container=ContainerDefinition(image=calls.IMAGE, model_data_url=f"{base}/model/model.tar.gz"),
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
this_hour = calls.this_hour()
for number, row in enumerate(calls.live()):
    endpoint.invoke(body=row, content_type="text/csv", accept="text/csv", inference_id=f"live-{number}")

last_hour = this_hour - timedelta(hours=1)
facts["times"] = [(last_hour + timedelta(hours=n)).strftime("%Y-%m-%dT%H:00:00Z") for n in (1, 2)]

captured = calls.hour_folder(f"{base}/capture/{ENDPOINT}/AllTraffic", last_hour)
put(calls.capture_lines(last_hour), f"{captured}/capture_data.jsonl")
for hour, lines in (
    (last_hour, calls.truth_lines("known", calls.known_labels())),
    (this_hour, calls.truth_lines("live", calls.live_labels())),
):
    put(lines, f"{calls.hour_folder(f'{base}/truth', hour)}/labels.jsonl")

monitor = ModelQualityMonitor(role=ROLE, max_runtime_in_seconds=1800, sagemaker_session=session)
monitor.suggest_baseline(
    baseline_dataset=put(calls.validation_csv(), f"{base}/baselining/validation.csv"),
    dataset_format=DatasetFormat.csv(header=True),
    problem_type="BinaryClassification",
    inference_attribute="label",
    probability_attribute="probability",
    ground_truth_attribute="left",
    output_s3_uri=f"{base}/baselining/results",
)
monitor.create_monitoring_schedule(  # while the job is running
    monitor_schedule_name=f"{ENDPOINT}-binary",
    endpoint_input=EndpointInput(
        endpoint_name=ENDPOINT,
        destination="/opt/ml/processing/input_data",
        **calls.HOUR_BEFORE,
        inference_attribute="0",
        probability_attribute="1",
        probability_threshold_attribute=0.5,
    ),
    ground_truth_input=f"{base}/truth",
    problem_type="BinaryClassification",
    output_s3_uri=f"{base}/reports/quality",
    schedule_cron_expression=CronExpressionGenerator.daily(hour=calls.far_hour()),
)
facts["executions_before"] = len(monitor.list_executions())
job = ProcessingJob.get(monitor.latest_baselining_job_name)
job.wait(poll=1)
facts["statistics"] = monitor.baseline_statistics().body_dict
facts["constraints"] = monitor.suggested_constraints().body_dict

training = put(calls.training_csv(), f"{base}/training.csv")
headers = ["left", *calls.FEATURES]
bias_config = BiasConfig([1], "plan", ["plus"], "calls")
shap_config = SHAPConfig(baseline=[[200.0, 5, "basic"]], num_samples=5, agg_method="mean_abs", seed=7)
model_config = ModelConfig(
    model_name=ENDPOINT,
    instance_count=1,
    instance_type="ml.m5.xlarge",
    content_type="text/csv",
    accept_type="text/csv",
)


def data(name):
    """Config of the data of a baseline."""
    return DataConfig(training, f"{base}/{name}", label="left", headers=headers, dataset_type="text/csv")


def suggested(name, suggest):
    """The analysis that a baselining job wrote, and what the SDK did meanwhile."""
    job_name = f"{ENDPOINT}-{name}-baseline"
    try:
        suggest(job_name)
        facts[f"{name}_suggest_baseline"] = "works"
    except Exception as error:
        facts[f"{name}_suggest_baseline"] = f"{type(error).__name__}: {error}"
    ProcessingJob.get(job_name).wait(poll=1)
    facts[f"{name}_baseline"] = json.loads(S3Downloader.read_file(f"{base}/{name}/analysis.json", session))


bias = ModelBiasMonitor(role=ROLE, max_runtime_in_seconds=1800, sagemaker_session=session)
suggested(
    "bias",
    lambda job_name: bias.suggest_baseline(
        data_config=data("bias"),
        bias_config=bias_config,
        model_config=model_config,
        model_predicted_label_config=ModelPredictedLabelConfig(label=0),
        job_name=job_name,
    ),
)
bias.create_monitoring_schedule(
    monitor_schedule_name=f"{ENDPOINT}-bias",
    endpoint_input=EndpointInput(
        endpoint_name=ENDPOINT,
        destination="/opt/ml/processing/input/endpoint",
        **calls.HOUR_BEFORE,
        inference_attribute="0",
    ),
    ground_truth_input=f"{base}/truth",
    analysis_config=BiasAnalysisConfig(bias_config, headers=headers, label="left"),
    constraints=f"{base}/bias/analysis.json",
    output_s3_uri=f"{base}/reports/bias",
    schedule_cron_expression=CronExpressionGenerator.daily(hour=calls.far_hour()),
)

explain = ModelExplainabilityMonitor(role=ROLE, max_runtime_in_seconds=1800, sagemaker_session=session)
suggested(
    "explain",
    lambda job_name: explain.suggest_baseline(
        data_config=data("explain"),
        explainability_config=shap_config,
        model_config=model_config,
        model_scores=1,
        job_name=job_name,
    ),
)
explain.create_monitoring_schedule(
    monitor_schedule_name=f"{ENDPOINT}-explain",
    endpoint_input=EndpointInput(
        endpoint_name=ENDPOINT,
        destination="/opt/ml/processing/input/endpoint",
        **calls.HOUR_BEFORE,
        inference_attribute="1",
    ),
    analysis_config=ExplainabilityAnalysisConfig(shap_config, model_config, headers=calls.FEATURES),
    constraints=f"{base}/explain/analysis.json",
    output_s3_uri=f"{base}/reports/explain",
    schedule_cron_expression=CronExpressionGenerator.daily(hour=calls.far_hour()),
)
Path(sys.argv[1]).write_text(json.dumps(facts, default=str))
