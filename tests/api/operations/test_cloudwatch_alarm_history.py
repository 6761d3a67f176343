"""What became of alarms, as boto3 asks for it."""

import json
from datetime import UTC, datetime, timedelta

import pytest
from botocore.exceptions import ClientError

from api_documents import by_name, definition, endpoint_input, monitored, run_by_hand
from leeboard.client.calls import Client
from live_server import until


@pytest.fixture(scope="module")
def cloudwatch(live):
    return live.client("cloudwatch")


def put_alarm(cloudwatch, name, **more):
    cloudwatch.put_metric_alarm(
        AlarmName=name, Namespace="history", MetricName=name, Statistic="Maximum", Period=60,
        EvaluationPeriods=1, Threshold=0.5, ComparisonOperator="GreaterThanThreshold", **more,
    )  # fmt: skip


def items(cloudwatch, **asked):
    pages = cloudwatch.get_paginator("describe_alarm_history").paginate(**asked)
    return [item for page in pages for item in page["AlarmHistoryItems"]]


def turns(found):
    states = [json.loads(each["HistoryData"]) for each in found if each["HistoryItemType"] == "StateUpdate"]
    return [(each["oldState"]["stateValue"], each["newState"]["stateValue"]) for each in states]


def put_value(cloudwatch, name, value):
    at = datetime.now(UTC) - timedelta(minutes=2)
    data = [{"MetricName": name, "Timestamp": at, "Value": value}]
    cloudwatch.put_metric_data(Namespace="history", MetricData=data)


def test_an_alarm_was_made_changed_and_is_in_the_state_that_its_points_give(cloudwatch):
    put_value(cloudwatch, "made", 1)
    put_alarm(cloudwatch, "made", TreatMissingData="ignore")
    put_alarm(cloudwatch, "made", TreatMissingData="ignore", AlarmDescription="again")
    found = items(cloudwatch, AlarmName="made", ScanBy="TimestampAscending")
    assert [each["HistorySummary"] for each in found] == [
        'Alarm "made" created', 'Alarm "made" updated', "Alarm updated from INSUFFICIENT_DATA to ALARM"
    ]  # fmt: skip
    assert turns(found) == [("INSUFFICIENT_DATA", "ALARM")]
    data = [json.loads(each["HistoryData"]) for each in found]
    assert data[1]["updatedAlarm"]["AlarmDescription"] == "again"
    assert data[2]["newState"]["stateReason"].startswith("Threshold Crossed: 1 out of the last 1 datapoints")
    assert {each["AlarmType"] for each in found} == {"MetricAlarm"}


def test_a_state_that_was_set_by_hand_is_in_the_history(cloudwatch):
    put_alarm(cloudwatch, "by-hand", TreatMissingData="ignore")
    cloudwatch.set_alarm_state(AlarmName="by-hand", StateValue="OK", StateReason="all is well")
    [found] = items(cloudwatch, AlarmName="by-hand", HistoryItemType="StateUpdate")
    assert json.loads(found["HistoryData"])["newState"] == {"stateValue": "OK", "stateReason": "all is well"}


def test_pages_have_all_items_once_in_either_order(cloudwatch):
    for n in range(5):
        put_alarm(cloudwatch, f"paged-{n}")
    asked = {"HistoryItemType": "ConfigurationUpdate", "PaginationConfig": {"PageSize": 2}}
    falling = items(cloudwatch, **asked)
    rising = items(cloudwatch, **asked, ScanBy="TimestampAscending")
    assert rising == falling[::-1]
    names = [each["AlarmName"] for each in rising if each["AlarmName"].startswith("paged")]
    assert names == [f"paged-{n}" for n in range(5)]
    assert len({(each["AlarmName"], each["HistorySummary"]) for each in rising}) == len(rising)


def test_dates_choose(cloudwatch):
    put_alarm(cloudwatch, "dated")
    now = datetime.now(UTC)
    hour = timedelta(hours=1)
    assert items(cloudwatch, AlarmName="dated", StartDate=now - hour, EndDate=now + hour)
    assert not items(cloudwatch, AlarmName="dated", EndDate=now - hour)
    assert not items(cloudwatch, AlarmName="dated", StartDate=now + hour)


def test_of_other_kinds_of_alarms_there_is_nothing(cloudwatch):
    put_alarm(cloudwatch, "plain")
    assert not items(cloudwatch, AlarmName="plain", AlarmTypes=["CompositeAlarm"])
    assert not items(cloudwatch, AlarmName="plain", HistoryItemType="AlarmContributorAction")
    assert not items(cloudwatch, AlarmName="nobody")


@pytest.mark.parametrize("token", ["x", "WzEsMiwzXQ==", "WzEwMDAwMDAwMDAwMDAwMDAwMDAwMDAwLDEsIngiXQ=="])
def test_a_token_that_none_of_ours_is_is_refused(cloudwatch, token):
    with pytest.raises(ClientError) as caught:
        cloudwatch.describe_alarm_history(NextToken=token)
    assert caught.value.response["Error"]["Code"] == "InvalidNextToken"


def test_alerts_of_leeboard_are_there_with_who_was_told(live, cloudwatch):
    sagemaker = live.client("sagemaker")
    sagemaker.create_data_quality_job_definition(**definition("told", endpoint_input(monitored(sagemaker))))
    run_by_hand(sagemaker, "told", by_name("told"))
    with Client.of(home=str(live.home)) as client:
        sink = {"name": "nobody", "kind": "webhook", "settings": {"url": "http://127.0.0.1:9"}}
        client.post("/leeboard/alerts/sinks", sink)
        client.post("/leeboard/alerts/routes", {"name": "all", "sinks": ["nobody"]})
        client.post("/leeboard/schedules/told/run", {"at": "2026-03-04T12:00:00+00:00"})
        name = "schedule alert/told"
        [opened] = until(lambda: items(cloudwatch, AlarmName=name))
        sagemaker.delete_monitoring_schedule(MonitoringScheduleName="told")
        client.delete("/leeboard/alerts/routes/all")
    found = items(cloudwatch, AlarmName=name, ScanBy="TimestampAscending", HistoryItemType="StateUpdate")
    assert turns(found) == [("OK", "ALARM"), ("ALARM", "OK")]
    assert found[0]["Timestamp"] == opened["Timestamp"]
    assert json.loads(found[1]["HistoryData"])["newState"]["stateReason"] == "The schedule was deleted."
