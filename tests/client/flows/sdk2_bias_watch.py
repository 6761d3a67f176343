"""SDK 2: what the schedule on bias found, in another process; then update and delete.

python sdk2_bias_watch.py FACTS      writes what it saw to FACTS
"""

# mypy: ignore-errors
# What this imports is in another environment than the checker.

import json
import sys
from contextlib import redirect_stdout
from io import StringIO
from pathlib import Path

import quality_calls as calls
import sagemaker
from sagemaker.model_monitor import ModelBiasMonitor
from sagemaker.s3 import S3Downloader

SCHEDULE = "model-bias-sdk2"

facts = {}
session = sagemaker.Session()
monitor = ModelBiasMonitor.attach(SCHEDULE, sagemaker_session=session)
executions = monitor.list_executions()
facts["exit_messages"] = [each.describe()["ExitMessage"] for each in executions]
last = executions[-1]
facts["violations"] = last.constraint_violations().body_dict
facts["latest"] = monitor.latest_monitoring_constraint_violations().body_dict["violations"]
facts["analysis"] = json.loads(S3Downloader.read_file(f"{last.output.destination}/analysis.json", session))
facts["files"] = S3Downloader.list(last.output.destination, sagemaker_session=session)
printed = StringIO()
with redirect_stdout(printed):
    monitor.get_latest_execution_logs(wait=False)
facts["logs"] = printed.getvalue()
facts["job"] = last.job_name

facts["metrics"] = calls.metrics_of(session.boto_session, "bias-metrics", SCHEDULE)
before = monitor.job_definition_name
monitor.update_monitoring_schedule(volume_size_in_gb=40, max_runtime_in_seconds=900)
facts["definition_changed"] = monitor.job_definition_name != before
facts["definition"] = session.sagemaker_client.describe_model_bias_job_definition(
    JobDefinitionName=monitor.job_definition_name
)
monitor.delete_monitoring_schedule()
Path(sys.argv[1]).write_text(json.dumps(facts, default=str))
