"""SDK 2, batch, second half: what the schedule found.

python sdk2_batch_watch.py FACTS      writes what it saw to FACTS
"""

# mypy: ignore-errors
# What this imports is in another environment than the checker.

import json
import sys
from pathlib import Path

import sagemaker
from sagemaker.model_monitor import DefaultModelMonitor

facts = {}
monitor = DefaultModelMonitor.attach("phone-calls-batch-sdk2", sagemaker_session=sagemaker.Session())
last = monitor.list_executions()[-1]
facts["status"] = last.describe()["ProcessingJobStatus"]
facts["exit_message"] = last.describe()["ExitMessage"]
facts["n_analysed"] = last.statistics().body_dict["dataset"]["item_count"]
facts["violations"] = last.constraint_violations().body_dict["violations"]
monitor.stop_monitoring_schedule()
monitor.delete_monitoring_schedule()
Path(sys.argv[1]).write_text(json.dumps(facts))
