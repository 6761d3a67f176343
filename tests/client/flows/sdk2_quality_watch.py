"""SDK 2: what schedules on a model's quality found, in another process; then update, stop, start, delete.

python sdk2_quality_watch.py FACTS      writes what it saw to FACTS
"""

# mypy: ignore-errors
# What this imports is in another environment than the checker.

import json
import sys
from pathlib import Path

import quality_calls as calls
import sagemaker
from sagemaker.model_monitor import CronExpressionGenerator, ModelQualityMonitor
from sagemaker.predictor import Predictor

ENDPOINT = "model-quality-sdk2"

facts = {}
session = sagemaker.Session()
for name in ("binary", "amounts", "classes"):
    monitor = ModelQualityMonitor.attach(f"{ENDPOINT}-{name}", sagemaker_session=session)
    executions = monitor.list_executions()
    facts[name] = [
        {
            "exit_message": each.describe()["ExitMessage"],
            "violations": each.constraint_violations().body_dict["violations"],
            "statistics": each.statistics().body_dict,
            "report": each.output.destination,
            "inputs": [entry.destination for entry in each.inputs],
        }
        for each in executions
    ]

monitor = ModelQualityMonitor.attach(f"{ENDPOINT}-binary", sagemaker_session=session)
facts["latest"] = {
    "violations": monitor.latest_monitoring_constraint_violations().body_dict["violations"],
    "n_analysed": monitor.latest_monitoring_statistics().body_dict["dataset"]["item_count"],
    "status": monitor.describe_schedule()["LastMonitoringExecutionSummary"]["MonitoringExecutionStatus"],
}
facts["metrics"] = calls.metrics_of(session.boto_session, "model-metrics", f"{ENDPOINT}-binary")
executed = monitor.list_executions()[0].job_name
stamp = executed.removeprefix("model-quality-monitoring-")
listed = session.sagemaker_client.list_processing_jobs(NameContains=stamp, SortOrder="Ascending")
facts["jobs_of_first"] = [each["ProcessingJobName"] for each in listed["ProcessingJobSummaries"]]
facts["merge"] = session.describe_processing_job(facts["jobs_of_first"][0])

monitor.update_monitoring_schedule(schedule_cron_expression=CronExpressionGenerator.daily(hour=4))
config = monitor.describe_schedule()["MonitoringScheduleConfig"]
facts["cron"] = config["ScheduleConfig"]["ScheduleExpression"]
before = monitor.job_definition_name
monitor.update_monitoring_schedule(instance_type="ml.m5.2xlarge", enable_cloudwatch_metrics=False)
facts["definition_changed"] = monitor.job_definition_name != before
facts["definition"] = session.sagemaker_client.describe_model_quality_job_definition(
    JobDefinitionName=monitor.job_definition_name
)
monitor.stop_monitoring_schedule()
facts["stopped"] = monitor.describe_schedule()["MonitoringScheduleStatus"]
monitor.start_monitoring_schedule()
facts["started"] = monitor.describe_schedule()["MonitoringScheduleStatus"]

predictor = Predictor(ENDPOINT, sagemaker_session=session)
facts["monitors"] = sorted(
    [type(each).__name__, each.monitoring_schedule_name] for each in predictor.list_monitors()
)
for name in ("binary", "amounts", "classes"):
    ModelQualityMonitor.attach(f"{ENDPOINT}-{name}", sagemaker_session=session).delete_monitoring_schedule()
facts["schedules_left"] = [
    each["MonitoringScheduleName"]
    for each in session.list_monitoring_schedules(endpoint_name=ENDPOINT)["MonitoringScheduleSummaries"]
    if each["MonitoringType"] == "ModelQuality"
]
Path(sys.argv[1]).write_text(json.dumps(facts, default=str))
