"""SDK 2: a schedule that runs once, now, though its baseline is still being measured.

python sdk2_quality_now.py FACTS      writes what it saw to FACTS; sdk2_quality.py goes before it
"""

# mypy: ignore-errors
# What this imports is in another environment than the checker.

import json
import sys
import time
from pathlib import Path

import sagemaker
from sagemaker.model_monitor import CronExpressionGenerator, EndpointInput, ModelQualityMonitor
from sagemaker.model_monitor.dataset_format import DatasetFormat

ENDPOINT, SCHEDULE = "model-quality-sdk2", "model-quality-sdk2-now"

facts = {}
session = sagemaker.Session()
base = f"s3://{session.default_bucket()}/{ENDPOINT}"
monitor = ModelQualityMonitor(role="MonitoringRole", max_runtime_in_seconds=1800, sagemaker_session=session)
job = monitor.suggest_baseline(
    baseline_dataset=f"{base}/baselining/validation.csv",
    dataset_format=DatasetFormat.csv(header=True),
    problem_type="BinaryClassification",
    inference_attribute="label",
    probability_attribute="probability",
    ground_truth_attribute="left",
    output_s3_uri=f"{base}/baselining/now",
)
monitor.create_monitoring_schedule(
    monitor_schedule_name=SCHEDULE,
    endpoint_input=EndpointInput(
        endpoint_name=ENDPOINT,
        destination="/opt/ml/processing/input_data",
        inference_attribute="0",
        probability_attribute="1",
    ),
    ground_truth_input=f"{base}/truth/binary",
    problem_type="BinaryClassification",
    output_s3_uri=f"{base}/reports/now",
    schedule_cron_expression=CronExpressionGenerator.now(),
    data_analysis_start_time="-PT1H",
    data_analysis_end_time="-PT0H",
)
for _ in range(120):
    last = monitor.describe_schedule().get("LastMonitoringExecutionSummary", {})
    if last.get("MonitoringExecutionStatus") not in (None, "Pending", "InProgress"):
        break
    time.sleep(1)
facts["status"], facts["reason"] = last["MonitoringExecutionStatus"], last.get("FailureReason")
facts["baseline_ended"] = job.describe()["ProcessingEndTime"].timestamp()
execution = monitor.list_executions()[-1]
facts["analysis_began"] = execution.describe()["CreationTime"].timestamp()
facts["has_accuracy"] = "accuracy" in execution.statistics().body_dict["binary_classification_metrics"]
monitor.stop_monitoring_schedule()
monitor.delete_monitoring_schedule()
Path(sys.argv[1]).write_text(json.dumps(facts))
