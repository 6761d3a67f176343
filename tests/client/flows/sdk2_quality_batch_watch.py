"""SDK 2, batch: what the schedule found.

python sdk2_quality_batch_watch.py FACTS      writes what it saw to FACTS
"""

# mypy: ignore-errors
# What this imports is in another environment than the checker.

import json
import sys
from pathlib import Path

import sagemaker
from sagemaker.model_monitor import ModelQualityMonitor

facts = {}
session = sagemaker.Session()
monitor = ModelQualityMonitor.attach("model-quality-sdk2-batch", sagemaker_session=session)
last = monitor.list_executions()[-1]
facts["exit_message"] = last.describe()["ExitMessage"]
facts["statistics"] = last.statistics().body_dict
facts["violations"] = last.constraint_violations().body_dict["violations"]
facts["report"] = last.output.destination
monitor.delete_monitoring_schedule()
Path(sys.argv[1]).write_text(json.dumps(facts))
