"""CloudWatch's alarms, judged from the metrics that are kept."""

from datetime import UTC, datetime, timedelta

import pytest
from botocore.exceptions import ClientError

ACTION = "arn:aws:sns:us-east-1:000000000000:topic"


@pytest.fixture(scope="module")
def cloudwatch(live):
    return live.client("cloudwatch")


def alarm(name, **more):
    return {
        "AlarmName": name, "Namespace": "alarms", "MetricName": name, "Statistic": "Maximum", "Period": 60,
        "EvaluationPeriods": 2, "Threshold": 0.5, "ComparisonOperator": "GreaterThanThreshold", **more,
    }  # fmt: skip


def put(cloudwatch, name, *values, **more):
    """Values of the last whole minutes, the latest last; further back than a slow test takes."""
    now = datetime.now(UTC)
    data = [
        {"MetricName": name, "Timestamp": now - timedelta(minutes=1 + age), "Value": value, **more}
        for age, value in enumerate(reversed(values))
    ]
    cloudwatch.put_metric_data(Namespace="alarms", MetricData=data)


def described(cloudwatch, name):
    [found] = cloudwatch.describe_alarms(AlarmNames=[name])["MetricAlarms"]
    return found


def states(cloudwatch, **asked):
    return {
        each["AlarmName"]: each["StateValue"] for each in cloudwatch.describe_alarms(**asked)["MetricAlarms"]
    }


def code_of(call, **params):
    with pytest.raises(ClientError) as caught:
        call(**params)
    return caught.value.response["Error"]["Code"]


def test_an_alarm_is_described_as_it_was_put(cloudwatch):
    asked = alarm("told", AlarmDescription="drift", AlarmActions=[ACTION], DatapointsToAlarm=1,
                  Dimensions=[{"Name": "Endpoint", "Value": "e"}], TreatMissingData="breaching")  # fmt: skip
    cloudwatch.put_metric_alarm(**asked)
    found = described(cloudwatch, "told")
    assert {name: found[name] for name in asked} == asked
    assert found["AlarmArn"] == "arn:aws:cloudwatch:us-east-1:000000000000:alarm:told"
    assert (found["ActionsEnabled"], found["OKActions"]) == (True, [])


def test_the_state_follows_the_points(cloudwatch):
    for name, values in (("high", [0.9] * 4), ("low", [0.1] * 4), ("none", [])):
        cloudwatch.put_metric_alarm(**alarm(name))
        if values:
            put(cloudwatch, name, *values)
    assert states(cloudwatch, AlarmNames=["high", "low", "none"]) == {
        "high": "ALARM", "low": "OK", "none": "INSUFFICIENT_DATA",
    }  # fmt: skip
    assert described(cloudwatch, "high")["StateReason"].startswith("Threshold Crossed: 2 out of the last 2")


def test_alarms_are_found_by_state_prefix_and_page(cloudwatch):
    for name in ("page-a", "page-b", "page-c", "Page-d"):
        cloudwatch.put_metric_alarm(**alarm(name))
    put(cloudwatch, "page-b", 0.9, 0.9, 0.9, 0.9)
    assert states(cloudwatch, AlarmNamePrefix="page-", StateValue="ALARM") == {"page-b": "ALARM"}
    pages = cloudwatch.get_paginator("describe_alarms").paginate(
        AlarmNamePrefix="page-", PaginationConfig={"PageSize": 2}
    )
    assert [[each["AlarmName"] for each in page["MetricAlarms"]] for page in pages] == [
        ["page-a", "page-b"],
        ["page-c"],
    ]


def test_the_waiter_for_alarms_finds_one(cloudwatch):
    cloudwatch.put_metric_alarm(**alarm("waited"))
    cloudwatch.get_waiter("alarm_exists").wait(AlarmNames=["waited"], WaiterConfig={"MaxAttempts": 1})


def test_alarms_on_a_metric_are_found_by_it(cloudwatch):
    where = {"Namespace": "alarms", "MetricName": "watched"}
    dimensions = [{"Name": "Endpoint", "Value": "e"}, {"Name": "MonitoringSchedule", "Value": "s"}]
    cloudwatch.put_metric_alarm(**alarm("of-metric", **where, Dimensions=dimensions))
    found = cloudwatch.describe_alarms_for_metric(**where, Dimensions=dimensions[::-1])["MetricAlarms"]
    assert [each["AlarmName"] for each in found] == ["of-metric"]
    assert cloudwatch.describe_alarms_for_metric(**where)["MetricAlarms"] == []


def test_actions_are_switched(cloudwatch):
    cloudwatch.put_metric_alarm(**alarm("switched", AlarmActions=[ACTION]))
    cloudwatch.disable_alarm_actions(AlarmNames=["switched"])
    assert described(cloudwatch, "switched")["ActionsEnabled"] is False
    cloudwatch.enable_alarm_actions(AlarmNames=["switched"])
    assert described(cloudwatch, "switched")["ActionsEnabled"] is True


def test_a_state_that_was_set_lasts_until_the_next_period(cloudwatch):
    cloudwatch.put_metric_alarm(**alarm("set", Period=3600))
    cloudwatch.set_alarm_state(AlarmName="set", StateValue="ALARM", StateReason="a drill")
    found = described(cloudwatch, "set")
    assert (found["StateValue"], found["StateReason"]) == ("ALARM", "a drill")
    assert code_of(cloudwatch.set_alarm_state, AlarmName="?", StateValue="OK", StateReason="") == (
        "ResourceNotFound"
    )


def test_an_alarm_may_watch_an_expression(cloudwatch):
    metrics = [
        {"Id": name, "ReturnData": False, "MetricStat": {
            "Metric": {"Namespace": "alarms", "MetricName": name}, "Period": 60, "Stat": "Sum"}}
        for name in ("part1", "part2")
    ]  # fmt: skip
    cloudwatch.put_metric_alarm(
        AlarmName="expression", Metrics=[*metrics, {"Id": "sum", "Expression": "part1 + part2"}],
        EvaluationPeriods=1, Threshold=1.0, ComparisonOperator="GreaterThanThreshold",
    )  # fmt: skip
    for name in ("part1", "part2"):
        put(cloudwatch, name, 0.6, 0.6, 0.6)
    assert states(cloudwatch, AlarmNames=["expression"]) == {"expression": "ALARM"}


def test_an_alarm_on_an_expression_that_says_nothing_is_refused(cloudwatch):
    asked = {"EvaluationPeriods": 1, "Threshold": 1.0, "ComparisonOperator": "LessThanThreshold"}
    metric = {"Metric": {"Namespace": "alarms", "MetricName": "m"}, "Period": 60, "Stat": "Sum"}
    for text in ("m1 + nowhere", "m1 +", "SUM(m1)"):
        metrics = [{"Id": "m1", "MetricStat": metric, "ReturnData": False}, {"Id": "e1", "Expression": text}]
        assert code_of(cloudwatch.put_metric_alarm, AlarmName="wrong", Metrics=metrics, **asked) == (
            "ValidationError"
        )


def test_deleting_is_all_or_nothing(cloudwatch):
    cloudwatch.put_metric_alarm(**alarm("deleted"))
    assert code_of(cloudwatch.delete_alarms, AlarmNames=["deleted", "never"]) == "ResourceNotFound"
    assert len(states(cloudwatch, AlarmNames=["deleted"])) == 1
    cloudwatch.delete_alarms(AlarmNames=["deleted"])
    assert states(cloudwatch, AlarmNames=["deleted"]) == {}


@pytest.mark.parametrize(("wrong", "code"), [
    ({"DatapointsToAlarm": 3}, "InvalidParameterCombination"),
    ({"ComparisonOperator": "GreaterThanUpperThreshold"}, "InvalidParameterValue"),
    ({"TreatMissingData": "guess"}, "InvalidParameterValue"),
    ({"ExtendedStatistic": "p90"}, "InvalidParameterCombination"),
    ({"Statistic": None}, "InvalidParameterCombination"),
    ({"Threshold": None}, "MissingParameter"),
    ({"Threshold": float("nan")}, "InvalidParameterValue"),
    ({"Period": 45}, "InvalidParameterValue"),
    ({"Period": 86400, "EvaluationPeriods": 8}, "InvalidParameterCombination"),
    ({"EvaluationWindow": {"WallClockWindow": {"Timezone": "Europe/Berlin"}}}, "InvalidParameterValue"),
])  # fmt: skip
def test_alarms_that_cannot_be_judged_are_refused(cloudwatch, wrong, code):
    asked = {name: value for name, value in alarm("wrong", **wrong).items() if value is not None}
    assert code_of(cloudwatch.put_metric_alarm, **asked) == code
    assert states(cloudwatch, AlarmNames=["wrong"]) == {}
