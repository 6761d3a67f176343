"""`leeboard schedule` against a server."""

import json
from datetime import UTC, datetime, timedelta

import pytest

from api_documents import BUCKET, by_name, definition, endpoint_input, monitored, unique

AT = datetime(2026, 3, 4, 11, tzinfo=UTC)
CONSTRAINTS = {
    "version": 0.0,
    "monitoring_config": {"evaluate_constraints": "Enabled", "datatype_check_threshold": 1.0},
    "features": [
        {"name": "_c0", "inferred_type": "Integral", "completeness": 1.0},
        {"name": "_c1", "inferred_type": "Integral", "completeness": 1.0},
    ],
}


@pytest.fixture
def schedule(sagemaker):
    """An hourly schedule of an endpoint without any traffic."""
    name = unique("Run")
    sagemaker.create_data_quality_job_definition(**definition(name, endpoint_input(monitored(sagemaker))))
    sagemaker.create_monitoring_schedule(MonitoringScheduleName=name, MonitoringScheduleConfig=by_name(name))
    yield name
    sagemaker.delete_monitoring_schedule(
        MonitoringScheduleName=name
    )  # so that it is not among `--all` of others


def put_captured(served, sagemaker, schedule, value, at=AT):
    """One record in the hour before a time."""
    endpoint = sagemaker.describe_monitoring_schedule(MonitoringScheduleName=schedule)["EndpointName"]
    began = at - timedelta(hours=1)
    side = {"observedContentType": "text/csv", "mode": "INPUT", "data": value, "encoding": "CSV"}
    record = {
        "captureData": {"endpointInput": side, "endpointOutput": side | {"mode": "OUTPUT", "data": "1"}},
        "eventMetadata": {"eventId": "1", "inferenceTime": f"{began:%Y-%m-%dT%H:%M:%SZ}"},
        "eventVersion": "0",
    }
    key = f"capture/{endpoint}/AllTraffic/{began:%Y/%m/%d/%H}/a.jsonl"
    served.client("s3").put_object(Bucket=BUCKET, Key=key, Body=json.dumps(record) + "\n")


def executions(sagemaker, schedule):
    return sagemaker.list_monitoring_executions(MonitoringScheduleName=schedule)[
        "MonitoringExecutionSummaries"
    ]


def test_a_clean_run_ends_with_0(served, sagemaker, schedule):
    put_captured(served, sagemaker, schedule, "1")
    done = served.command("schedule", "run", schedule, "--at", AT.isoformat(), "--wait")
    assert done.returncode == 0, done.stderr
    assert done.stdout == f"{schedule}: Completed, window 2026-03-04 10:00 to 2026-03-04 11:00\n"


def test_a_run_with_violations_ends_with_3_and_counts_them(served, sagemaker, schedule):
    name = unique("constrained")
    served.client("s3").put_object(Bucket=BUCKET, Key=f"{name}.json", Body=json.dumps(CONSTRAINTS))
    baseline = {"ConstraintsResource": {"S3Uri": f"s3://{BUCKET}/{name}.json"}}
    endpoint = sagemaker.describe_monitoring_schedule(MonitoringScheduleName=schedule)["EndpointName"]
    sagemaker.create_data_quality_job_definition(
        **definition(name, endpoint_input(endpoint), DataQualityBaselineConfig=baseline)
    )
    sagemaker.update_monitoring_schedule(
        MonitoringScheduleName=schedule, MonitoringScheduleConfig=by_name(name)
    )
    put_captured(served, sagemaker, schedule, "text")
    done = served.command("schedule", "run", schedule, "--at", AT.isoformat(), "--wait")
    assert done.returncode == 3, done.stdout + done.stderr
    assert f"{schedule}: CompletedWithViolations, window" in done.stdout
    assert "violation" in done.stdout


def test_a_failed_run_ends_with_2_and_its_reason(served, schedule):
    done = served.command("schedule", "run", schedule, "--wait")
    assert done.returncode == 2
    assert f"{schedule}: Failed, window" in done.stdout
    assert "Job inputs had no data" in done.stdout


def test_without_a_time_the_hour_under_way_is_analysed(served, sagemaker, schedule):
    before = datetime.now(UTC)
    assert served.command("schedule", "run", schedule).returncode == 0
    (execution,) = executions(sagemaker, schedule)
    hour = execution["ScheduledTime"].astimezone(UTC) - timedelta(hours=1)
    assert hour <= before < execution["ScheduledTime"] or hour - before < timedelta(minutes=2)
    assert (hour.minute, hour.second) == (0, 0)


def test_a_run_changes_nothing_that_is_planned(served, sagemaker, schedule):
    before = sagemaker.describe_monitoring_schedule(MonitoringScheduleName=schedule)
    served.command("schedule", "run", schedule, "--wait")
    after = sagemaker.describe_monitoring_schedule(MonitoringScheduleName=schedule)
    for name in ("MonitoringScheduleStatus", "MonitoringScheduleConfig", "CreationTime", "LastModifiedTime"):
        assert after[name] == before[name]


def test_a_stopped_schedule_can_be_run_by_hand_but_is_not_among_all(served, sagemaker, schedule):
    sagemaker.stop_monitoring_schedule(MonitoringScheduleName=schedule)
    assert served.command("schedule", "run", schedule, "--wait").returncode == 2
    done = served.command("schedule", "run", "--all", "--at", AT.isoformat(), "--wait")
    assert schedule not in done.stdout
    assert len(executions(sagemaker, schedule)) == 1
    assert (
        sagemaker.describe_monitoring_schedule(MonitoringScheduleName=schedule)["MonitoringScheduleStatus"]
        == "Stopped"
    )


def test_all_active_schedules_are_run(served, sagemaker, schedule):
    done = served.command("schedule", "run", "--all", "--at", AT.isoformat(), "--wait")
    assert f"{schedule}: Failed, window 2026-03-04 10:00 to 2026-03-04 11:00" in done.stdout
    assert done.returncode == 2
    assert executions(sagemaker, schedule)[0]["ScheduledTime"] == AT


@pytest.mark.parametrize(
    ("arguments", "text"),
    [
        ([], "name one schedule, or say --all"),
        (["some", "--all"], "name one schedule, or say --all"),
        (["Nobody"], "Monitoring Schedule with name Nobody does not exist"),
        (["a b/c"], "does not exist"),
    ],
)
def test_what_cannot_be_run_is_bad_input(served, arguments, text):
    done = served.command("schedule", "run", *arguments)
    assert done.returncode == 2
    assert text in done.stderr


def test_a_time_that_is_none_is_bad_input(served, schedule):
    done = served.command("schedule", "run", schedule, "--at", "noon")
    assert done.returncode == 2
    assert "noon" in done.stderr


def test_schedules_are_listed_with_their_last_run(served, sagemaker, schedule):
    served.command("schedule", "run", schedule, "--at", AT.isoformat(), "--wait")
    listed = served.command("schedule", "list", COLUMNS="250").stdout.splitlines()
    (line,) = [line for line in listed if line.startswith(schedule)]
    for part in ("DataQuality", "Scheduled", "cron(0 * ? * * *)", "Failed 2026-03-04 11:00"):
        assert part in line


def test_a_server_that_is_not_there_is_bad_input(served):
    keys = {"AWS_ACCESS_KEY_ID": "A", "AWS_SECRET_ACCESS_KEY": "B"}
    done = served.command("schedule", "list", "--server", "http://127.0.0.1:1", **keys)
    assert done.returncode == 2
    assert "no server answers at http://127.0.0.1:1" in done.stderr


def test_a_wrong_key_is_said_to_be_one_with_where_it_came_from(served):
    wrong = {"AWS_ACCESS_KEY_ID": "WRONG", "AWS_SECRET_ACCESS_KEY": "guess"}
    done = served.command("schedule", "list", "--server", served.url, LEEBOARD_HOME="/nowhere", **wrong)
    assert done.returncode == 2
    assert "signed with the keys of" in done.stderr
