"""SDK 3, second half: attach, executions, violations, alerts, update, stop, start, delete.

python sdk3_watch.py FACTS      writes what it saw to FACTS
"""

# mypy: ignore-errors
# What this imports is in another environment than the checker.

import json
import sys
from contextlib import redirect_stdout
from io import StringIO
from pathlib import Path

from sagemaker.core.helper.session_helper import Session
from sagemaker.core.model_monitor import CronExpressionGenerator, DefaultModelMonitor
from sagemaker.core.resources import Endpoint, EndpointConfig, Model

ENDPOINT, SCHEDULE = "phone-calls-sdk3", "phone-calls-hourly-sdk3"

facts = {}
session = Session()
monitor = DefaultModelMonitor.attach(SCHEDULE, sagemaker_session=session)
last = monitor.list_executions()[-1]
facts["violations"] = last.constraint_violations().body_dict["violations"]
facts["n_analysed"] = last.statistics().body_dict["dataset"]["item_count"]
facts["report"] = last.outputs[0].s3_output.s3_uri
printed = StringIO()
with redirect_stdout(printed):
    monitor.get_latest_execution_logs(wait=False)
facts["logs"] = printed.getvalue()

alert = monitor.list_monitoring_alerts()[0][0]
monitor.update_monitoring_alert(alert.alert_name, data_points_to_alert=3, evaluation_period=5)
changed = monitor.list_monitoring_alerts()[0][0]
facts["alert"] = [
    changed.alert_name == alert.alert_name,
    changed.data_points_to_alert,
    changed.evaluation_period,
]

monitor.update_monitoring_schedule(schedule_cron_expression=CronExpressionGenerator.daily(hour=4))
facts["cron"] = monitor.describe_schedule()["MonitoringScheduleConfig"]["ScheduleConfig"][
    "ScheduleExpression"
]
monitor.update_monitoring_schedule(instance_type="ml.m5.2xlarge")
monitor.stop_monitoring_schedule()
facts["stopped"] = monitor.describe_schedule()["MonitoringScheduleStatus"]
monitor.start_monitoring_schedule()
facts["started"] = monitor.describe_schedule()["MonitoringScheduleStatus"]
monitor.delete_monitoring_schedule()

Endpoint.get(ENDPOINT).delete()
EndpointConfig.get(ENDPOINT).delete()
Model.get(ENDPOINT).delete()
facts["endpoints_left"] = [each.endpoint_name for each in Endpoint.get_all()]
Path(sys.argv[1]).write_text(json.dumps(facts))
