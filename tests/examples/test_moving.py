"""The scripts that move monitors of an account, between two live servers."""

import json
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from api_documents import BUCKET, by_name, capture, definition, deployed, endpoint_input, inline
from leeboard.client.calls import Client
from live_server import LiveServer, clean_environment, live_server, until

pytestmark = pytest.mark.slow  # two servers, and two executions

MOVING = Path(__file__).parents[2] / "examples/moving"
HOUR = datetime(2026, 3, 4, 10, tzinfo=UTC)
COLUMNS = {"age": "Integral", "plan": "String"}
CONSTRAINTS = {
    "version": 0.0,
    "features": [
        {"name": name, "inferred_type": kind, "completeness": 1.0} for name, kind in COLUMNS.items()
    ],
    "monitoring_config": {"evaluate_constraints": "Enabled", "datatype_check_threshold": 1.0},
}
ALARM = {
    "AlarmName": "churn drifts",
    "Namespace": "aws/sagemaker/Endpoints/data-metrics",
    "MetricName": "feature_baseline_drift_age",
    "Dimensions": [{"Name": "Endpoint", "Value": "churn"}],
    "Statistic": "Maximum",
    "Period": 3600,
    "EvaluationPeriods": 1,
    "Threshold": 0.2,
    "ComparisonOperator": "GreaterThanThreshold",
}


@pytest.fixture(scope="module")
def moved(tmp_path_factory):
    """A server with monitors, another one that they were moved to, and the folder between them."""
    folder = tmp_path_factory.mktemp("moving")
    with live_server(folder / "old") as old, live_server(folder / "new") as new:
        make_monitors(old)
        exported = run("export_monitors.py", old, folder / "moved", "--contains", "churn")
        replayed = run("replay_monitors.py", new, folder / "moved")
        yield old, new, folder / "moved", exported, replayed


def make_monitors(server: LiveServer) -> None:
    sm, store = server.client("sagemaker"), server.client("s3")
    store.create_bucket(Bucket="our-baselines")
    store.put_object(Bucket="our-baselines", Key="churn/constraints.json", Body=json.dumps(CONSTRAINTS))
    captures = capture(DestinationS3Uri="s3://our-captures/all")
    store.create_bucket(Bucket="our-captures")
    deployed(sm, "churn", captures=captures)
    named = {"ConstraintsResource": {"S3Uri": "s3://our-baselines/churn/constraints.json"}}
    sm.create_data_quality_job_definition(
        **definition("churn-data", endpoint_input("churn"), DataQualityBaselineConfig=named)
    )
    tags = [{"Key": "team", "Value": "retention"}]
    schedule = {"MonitoringScheduleName": "churn-hourly", "MonitoringScheduleConfig": by_name("churn-data")}
    sm.create_monitoring_schedule(**schedule, Tags=tags)
    sm.update_monitoring_alert(
        MonitoringScheduleName="churn-hourly",
        MonitoringAlertName=sm.list_monitoring_alerts(MonitoringScheduleName="churn-hourly")[
            "MonitoringAlertSummaries"
        ][0]["MonitoringAlertName"],
        DatapointsToAlert=2,
        EvaluationPeriod=3,
    )
    config = {
        "ScheduleConfig": {"ScheduleExpression": "cron(0 5 ? * * *)"},
        "MonitoringJobDefinition": inline("churn"),
        "MonitoringType": "DataQuality",
    }
    sm.create_monitoring_schedule(MonitoringScheduleName="churn-daily", MonitoringScheduleConfig=config)
    sm.stop_monitoring_schedule(MonitoringScheduleName="churn-daily")
    server.client("cloudwatch").put_metric_alarm(**ALARM)


def run(script: str, server: LiveServer, *arguments: object) -> str:
    done = subprocess.run(
        [sys.executable, str(MOVING / script), *map(str, arguments)],
        env=clean_environment() | server.environment,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_all_that_a_schedule_needs_is_exported_and_made_in_its_order(moved):
    _, _, _, exported, replayed = moved
    made = [line.removesuffix(": made") for line in replayed.splitlines()]
    assert sorted(made) == sorted(exported.splitlines())
    assert made == ["model churn", "endpoint_config churn", "endpoint churn", "definition churn-data",
                    "schedule churn-daily", "schedule churn-hourly", "alarm churn drifts"]  # fmt: skip


def test_schedules_their_alerts_and_their_tags_are_as_they_were(moved):
    old, new, *_ = moved
    for name in ("churn-hourly", "churn-daily"):
        told = [described(server, name) for server in (old, new)]
        assert told[0] == told[1]


def described(server: LiveServer, name: str) -> dict:
    sm = server.client("sagemaker")
    told = sm.describe_monitoring_schedule(MonitoringScheduleName=name)
    (alert,) = sm.list_monitoring_alerts(MonitoringScheduleName=name)["MonitoringAlertSummaries"]
    tags = sm.list_tags(ResourceArn=told["MonitoringScheduleArn"])["Tags"]
    chosen = ("MonitoringScheduleConfig", "MonitoringScheduleStatus", "EndpointName", "MonitoringType")
    counts = (alert["DatapointsToAlert"], alert["EvaluationPeriod"])
    return {"tags": tags, "counts": counts} | {key: told.get(key) for key in chosen}


def test_the_endpoint_is_there_to_be_monitored_and_captures_to_the_same_place(moved):
    endpoint = moved[1].client("sagemaker").describe_endpoint(EndpointName="churn")
    assert endpoint["EndpointStatus"] == "InService"
    assert endpoint["DataCaptureConfig"]["DestinationS3Uri"] == "s3://our-captures/all"


def test_alarms_have_come_along(moved):
    (alarm,) = moved[1].client("cloudwatch").describe_alarms()["MetricAlarms"]
    assert {key: alarm[key] for key in ALARM} == ALARM


def test_a_second_replay_makes_nothing_anew(moved):
    _, new, folder, *_ = moved
    lines = run("replay_monitors.py", new, folder).splitlines()
    assert [line for line in lines if not line.endswith("is there already")] == ["alarm churn drifts: made"]


def test_the_same_captures_break_the_same_promises_on_both(moved):
    old, new, *_ = moved
    for server in (old, new):
        put_captures(server, "28,blue", ",red", "forty,red")
    found = [violations(server) for server in (old, new)]
    assert found[0] == found[1]
    assert {one["constraint_check_type"] for one in found[0]} == {"completeness_check", "data_type_check"}


def put_captures(server: LiveServer, *rows: str) -> None:
    lines = []
    for number, row in enumerate(rows):
        side = {"observedContentType": "text/csv", "mode": "INPUT", "data": row, "encoding": "CSV"}
        meta = {"eventId": f"e{number}", "inferenceTime": f"{HOUR:%Y-%m-%dT%H}:00:0{number}Z"}
        record = {"captureData": {"endpointInput": side}, "eventMetadata": meta, "eventVersion": "0"}
        lines.append(json.dumps(record))
    key = f"all/churn/AllTraffic/{HOUR:%Y/%m/%d/%H}/00-00-000-moved.jsonl"
    server.client("s3").put_object(Bucket="our-captures", Key=key, Body="\n".join(lines) + "\n")


def violations(server: LiveServer) -> list[dict]:
    with Client.of(home=str(server.home)) as own:
        asked = {"at": (HOUR + timedelta(hours=1)).isoformat()}
        number = own.post("/leeboard/schedules/churn-hourly/run", asked)["execution"]
        ended = until(lambda: own.get(f"/leeboard/executions/{number}"), lambda told: told["ended_at"])
    assert ended["status"] == "CompletedWithViolations", ended
    key = f"reports/churn/churn-hourly/{HOUR + timedelta(hours=1):%Y/%m/%d/%H}/constraint_violations.json"
    body = server.client("s3").get_object(Bucket=BUCKET, Key=key)["Body"].read()
    return json.loads(body)["violations"]
