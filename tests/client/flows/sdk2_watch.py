"""SDK 2, second half, in another process: attach, read, change, stop, start, delete.

python sdk2_watch.py FACTS      writes what it saw to FACTS
"""

# mypy: ignore-errors
# What this imports is in another environment than the checker.

import json
import sys
from contextlib import redirect_stdout
from io import StringIO
from pathlib import Path

import sagemaker
from botocore.exceptions import ClientError
from sagemaker.model_monitor import CronExpressionGenerator, DefaultModelMonitor
from sagemaker.predictor import Predictor

ENDPOINT, SCHEDULE = "phone-calls-sdk2", "phone-calls-hourly-sdk2"

facts = {}
session = sagemaker.Session()
monitor = DefaultModelMonitor.attach(SCHEDULE, sagemaker_session=session)
facts["attached"] = [monitor.monitoring_schedule_name, monitor.instance_type, monitor.volume_size_in_gb]

executions = monitor.list_executions()
facts["n_executions"] = len(executions)
last = executions[-1]
facts["exit_message"] = last.describe()["ExitMessage"]
facts["violations"] = last.constraint_violations().body_dict["violations"]
facts["latest_violations"] = monitor.latest_monitoring_constraint_violations().body_dict["violations"]
facts["n_analysed"] = monitor.latest_monitoring_statistics().body_dict["dataset"]["item_count"]
facts["report"] = last.output.destination
facts["summary"] = monitor.describe_schedule()["LastMonitoringExecutionSummary"]["MonitoringExecutionStatus"]

printed = StringIO()
with redirect_stdout(printed):
    monitor.get_latest_execution_logs(wait=False)
facts["logs"] = printed.getvalue()
facts["arn"] = last.describe()["ProcessingJobArn"]

alert = monitor.list_monitoring_alerts()[0][0]
monitor.update_monitoring_alert(alert.alert_name, data_points_to_alert=3, evaluation_period=5)
changed = monitor.list_monitoring_alerts()[0][0]
facts["alert"] = [
    changed.alert_name == alert.alert_name,
    changed.data_points_to_alert,
    changed.evaluation_period,
]
facts["history"] = len(monitor.list_monitoring_alert_history()[0])

monitor.update_monitoring_schedule(schedule_cron_expression=CronExpressionGenerator.daily(hour=4))
facts["cron"] = monitor.describe_schedule()["MonitoringScheduleConfig"]["ScheduleConfig"][
    "ScheduleExpression"
]
before = monitor.job_definition_name
monitor.update_monitoring_schedule(instance_type="ml.m5.2xlarge", enable_cloudwatch_metrics=False)
facts["definition_changed"] = monitor.job_definition_name != before
monitor.stop_monitoring_schedule()
facts["stopped"] = monitor.describe_schedule()["MonitoringScheduleStatus"]
monitor.start_monitoring_schedule()
facts["started"] = monitor.describe_schedule()["MonitoringScheduleStatus"]

predictor = Predictor(ENDPOINT, sagemaker_session=session)
facts["monitors"] = [
    [type(each).__name__, each.monitoring_schedule_name] for each in predictor.list_monitors()
]
try:
    predictor.delete_endpoint(delete_endpoint_config=False)
except ClientError as error:
    facts["refusal"] = str(error)

predictor.disable_data_capture()
described = session.sagemaker_client.describe_endpoint(EndpointName=ENDPOINT)
facts["capture_after_disabling"] = described["DataCaptureConfig"]["CaptureStatus"]

monitor.delete_monitoring_schedule()
facts["schedules_left"] = session.list_monitoring_schedules(endpoint_name=ENDPOINT)[
    "MonitoringScheduleSummaries"
]
predictor.delete_model()
predictor.delete_endpoint()
try:
    session.sagemaker_client.describe_endpoint(EndpointName=ENDPOINT)
except ClientError as error:
    facts["gone"] = str(error)
Path(sys.argv[1]).write_text(json.dumps(facts, default=str))
