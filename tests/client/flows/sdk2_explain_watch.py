"""SDK 2: what the schedule on attributions found, in another process; then update and delete.

python sdk2_explain_watch.py FACTS      writes what it saw to FACTS
"""

# mypy: ignore-errors
# What this imports is in another environment than the checker.

import json
import sys
from pathlib import Path

import quality_calls as calls
import sagemaker
from sagemaker.model_monitor import ModelExplainabilityMonitor
from sagemaker.s3 import S3Downloader

SCHEDULE = "model-explainability-sdk2"

facts = {}
session = sagemaker.Session()
monitor = ModelExplainabilityMonitor.attach(SCHEDULE, sagemaker_session=session)
executions = monitor.list_executions()
facts["exit_messages"] = [each.describe()["ExitMessage"] for each in executions]
facts["analyses"] = [
    json.loads(S3Downloader.read_file(f"{each.output.destination}/analysis.json", session))
    for each in executions
]
facts["violations"] = executions[-1].constraint_violations().body_dict
facts["latest"] = monitor.latest_monitoring_constraint_violations().body_dict["violations"]

facts["metrics"] = calls.metrics_of(session.boto_session, "explainability-metrics", SCHEDULE)
before = monitor.job_definition_name
monitor.update_monitoring_schedule(instance_type="ml.m5.2xlarge")
facts["definition_changed"] = monitor.job_definition_name != before
facts["definition"] = session.sagemaker_client.describe_model_explainability_job_definition(
    JobDefinitionName=monitor.job_definition_name
)
monitor.delete_monitoring_schedule()
Path(sys.argv[1]).write_text(json.dumps(facts, default=str))
