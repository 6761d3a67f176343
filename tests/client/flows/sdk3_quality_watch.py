"""SDK 3: what the schedules on a model found, in another process; then update and delete.

python sdk3_quality_watch.py FACTS      writes what it saw to FACTS
"""

# mypy: ignore-errors
# What this imports is in another environment than the checker.

import json
import sys
from pathlib import Path

from sagemaker.core.helper.session_helper import Session
from sagemaker.core.model_monitor import (
    ModelBiasMonitor,
    ModelExplainabilityMonitor,
    ModelMonitor,
    ModelQualityMonitor,
)

ENDPOINT = "model-quality-sdk3"
KINDS = {"binary": ModelQualityMonitor, "bias": ModelBiasMonitor, "explain": ModelExplainabilityMonitor}

facts = {}
session = Session()
for name, kind in KINDS.items():
    monitor = kind.attach(f"{ENDPOINT}-{name}", sagemaker_session=session)
    try:
        facts[f"{name}_list_executions"] = f"{len(monitor.list_executions())} executions"
    except AttributeError as error:
        facts[f"{name}_list_executions"] = str(error)
    executions = ModelMonitor.list_executions(monitor)
    facts[name] = [
        {
            "exit_message": each.describe()["ExitMessage"],
            "violations": each.constraint_violations().body_dict["violations"],
            "report": each.output.s3_output.s3_uri,
        }
        for each in executions
    ]
    if name == "binary":
        facts["statistics"] = executions[-1].statistics().body_dict
        facts["latest"] = monitor.latest_monitoring_constraint_violations().body_dict["violations"]
    before = monitor.job_definition_name
    monitor.update_monitoring_schedule(instance_type="ml.m5.2xlarge")
    facts[f"{name}_changed"] = monitor.job_definition_name != before
    monitor.delete_monitoring_schedule()
listed = session.sagemaker_client.list_monitoring_schedules(EndpointName=ENDPOINT)
facts["schedules_left"] = listed["MonitoringScheduleSummaries"]
Path(sys.argv[1]).write_text(json.dumps(facts, default=str))
