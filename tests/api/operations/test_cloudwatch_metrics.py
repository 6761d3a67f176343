"""CloudWatch's metrics, as boto3 and older clients ask for them."""

from datetime import UTC, datetime, timedelta
from urllib.parse import urlencode
from urllib.request import Request, urlopen

import pytest
from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials
from botocore.exceptions import ClientError
from defusedxml.ElementTree import fromstring

from live_server import KEY, REGION, SECRET

AT = datetime(2026, 3, 4, 10, tzinfo=UTC)
HOUR = {"StartTime": AT, "EndTime": AT + timedelta(hours=1)}
ENDPOINT, SCHEDULE = {"Name": "Endpoint", "Value": "e"}, {"Name": "MonitoringSchedule", "Value": "s"}


@pytest.fixture(scope="module")
def cloudwatch(live):
    return live.client("cloudwatch")


def post(live, action, **fields):
    """The document that answers a form, which is what clients sent before there was JSON."""
    body = urlencode({"Action": action, "Version": "2010-08-01", **fields}).encode()
    headers = {"Content-Type": "application/x-www-form-urlencoded; charset=utf-8"}
    request = AWSRequest("POST", f"{live.url}/", headers=headers, data=body)
    SigV4Auth(Credentials(KEY, SECRET), "monitoring", REGION).add_auth(request)
    with urlopen(Request(request.url, data=body, headers=dict(request.headers))) as answer:
        return fromstring(answer.read())


def texts(document, name):
    return [element.text for element in document.iter() if element.tag.endswith(f"}}{name}")]


def code_of(call, **params):
    with pytest.raises(ClientError) as caught:
        call(**params)
    return caught.value.response["Error"]["Code"]


def test_values_sets_and_counted_values_become_statistics(cloudwatch):
    known = {"SampleCount": 4.0, "Sum": 10.0, "Minimum": -1.0, "Maximum": 6.0}
    data = [
        {"MetricName": "m", "Timestamp": AT, "Value": 2.0},
        {"MetricName": "m", "Timestamp": AT, "StatisticValues": known},
        {
            "MetricName": "m",
            "Timestamp": AT + timedelta(minutes=9),
            "Values": [1.0, 3.0],
            "Counts": [2.0, 1.0],
        },
    ]
    cloudwatch.put_metric_data(Namespace="put", MetricData=data)
    names = ["SampleCount", "Sum", "Average", "Minimum", "Maximum"]
    answer = cloudwatch.get_metric_statistics(
        Namespace="put", MetricName="m", Period=3600, Statistics=names, **HOUR
    )
    assert answer["Label"] == "m"
    [point] = answer["Datapoints"]
    assert (point["Timestamp"], point["Unit"]) == (AT, "None")
    assert [point[name] for name in names] == [8, 17, 17 / 8, -1, 6]


def test_percentiles_are_told_where_single_values_are_known(cloudwatch):
    cloudwatch.put_metric_data(
        Namespace="percentiles",
        MetricData=[{"MetricName": "m", "Timestamp": AT, "Values": [float(n) for n in range(1, 101)]}],
    )
    asked = {"Namespace": "percentiles", "MetricName": "m", "Period": 60, **HOUR}
    answer = cloudwatch.get_metric_statistics(ExtendedStatistics=["p50", "p99.5"], **asked)
    assert answer["Datapoints"][0]["ExtendedStatistics"] == {"p50": 50, "p99.5": 100}
    assert code_of(cloudwatch.get_metric_statistics, ExtendedStatistics=["tm90"], **asked) == (
        "InvalidParameterValue"
    )


def test_metrics_are_found_by_namespace_name_and_dimensions(cloudwatch):
    for name in ("a", "b"):
        data = [{"MetricName": name, "Value": 1.0, "Dimensions": [SCHEDULE, ENDPOINT]}]
        cloudwatch.put_metric_data(Namespace="found", MetricData=data)
    found = cloudwatch.list_metrics(Namespace="found", Dimensions=[{"Name": "Endpoint"}, SCHEDULE])["Metrics"]
    assert [each["MetricName"] for each in found] == ["a", "b"]
    assert found[0]["Dimensions"] == [ENDPOINT, SCHEDULE]
    found = cloudwatch.list_metrics(Namespace="found", MetricName="b", RecentlyActive="PT3H")["Metrics"]
    assert [each["MetricName"] for each in found] == ["b"]
    other = {"Name": "Endpoint", "Value": "E"}
    assert cloudwatch.list_metrics(Namespace="found", Dimensions=[other])["Metrics"] == []


def test_many_metrics_come_in_pages(cloudwatch):
    data = [{"MetricName": f"m{n:04}", "Value": 1.0} for n in range(501)]
    cloudwatch.put_metric_data(Namespace="pages", MetricData=data)
    pages = list(cloudwatch.get_paginator("list_metrics").paginate(Namespace="pages"))
    assert [len(page["Metrics"]) for page in pages] == [500, 1]


def query(name, stat="Sum", **more):
    metric = {"Namespace": "data", "MetricName": name}
    return {"Id": name, "MetricStat": {"Metric": metric, "Period": 60, "Stat": stat}, **more}


@pytest.fixture(scope="module")
def data(cloudwatch):
    put = [
        {"MetricName": name, "Timestamp": AT + timedelta(minutes=n), "Value": float(n * factor)}
        for name, factor in (("m1", 1), ("m2", 10))
        for n in range(5)
    ]
    cloudwatch.put_metric_data(Namespace="data", MetricData=put)


def test_metric_data_are_series_newest_first_with_expressions_over_them(cloudwatch, data):
    queries = [
        query("m1"),
        query("m2", ReturnData=False),
        {"Id": "e1", "Expression": "m1 + m2", "Label": "both"},
    ]
    results = cloudwatch.get_metric_data(MetricDataQueries=queries, **HOUR)["MetricDataResults"]
    assert [(each["Id"], each["Label"], each["StatusCode"]) for each in results] == [
        ("m1", "m1", "Complete"),
        ("e1", "both", "Complete"),
    ]
    assert results[0]["Values"] == [4, 3, 2, 1, 0]
    assert results[1]["Values"] == [44, 33, 22, 11, 0]
    assert results[1]["Timestamps"][0] == AT + timedelta(minutes=4)


@pytest.mark.parametrize("scan", ["TimestampAscending", "TimestampDescending"])
def test_metric_data_come_in_pages(cloudwatch, data, scan):
    pages = cloudwatch.get_paginator("get_metric_data").paginate(
        MetricDataQueries=[query("m1"), query("m2")], MaxDatapoints=4, ScanBy=scan, **HOUR
    )
    values = [[each["Values"] for each in page["MetricDataResults"]] for page in pages]
    assert len(values) == 3
    told = [value for page in values for value in page[1]]
    assert told == sorted([0, 10, 20, 30, 40], reverse=scan == "TimestampDescending")


def test_metric_data_that_cannot_be_computed_are_refused(cloudwatch, data):
    ask = cloudwatch.get_metric_data
    search = {"Id": "e1", "Expression": "SEARCH('{data}', 'Sum', 60)"}
    assert code_of(ask, MetricDataQueries=[search], **HOUR) == "ValidationError"
    assert code_of(ask, MetricDataQueries=[query("m1"), query("m1")], **HOUR) == "ValidationError"
    assert code_of(ask, MetricDataQueries=[query("m1")], NextToken="mine", **HOUR) == "InvalidNextToken"
    assert code_of(ask, MetricDataQueries=[query("m1", "IQM")], **HOUR) == "InvalidParameterValue"


@pytest.mark.parametrize(("wrong", "code"), [
    ({"Period": 45}, "InvalidParameterValue"),
    ({"Period": 1}, "InvalidParameterCombination"),
    ({"EndTime": AT}, "InvalidParameterValue"),
    ({"Statistics": None}, "MissingParameter"),
])  # fmt: skip
def test_statistics_that_cannot_be_are_refused(cloudwatch, wrong, code):
    asked = {"Namespace": "n", "MetricName": "m", "Period": 60, "Statistics": ["Sum"], **HOUR, **wrong}
    asked = {name: value for name, value in asked.items() if value is not None}
    assert code_of(cloudwatch.get_metric_statistics, **asked) == code


@pytest.mark.parametrize(("datum", "code"), [
    ({}, "MissingParameter"),
    ({"Value": 1.0, "Values": [1.0]}, "InvalidParameterCombination"),
    ({"Value": float("nan")}, "InvalidParameterValue"),
])  # fmt: skip
def test_data_that_cannot_be_are_refused_as_a_whole(cloudwatch, datum, code):
    data = [{"MetricName": "good", "Value": 1.0}, {"MetricName": "bad", **datum}]
    assert code_of(cloudwatch.put_metric_data, Namespace="refused", MetricData=data) == code
    assert cloudwatch.list_metrics(Namespace="refused")["Metrics"] == []


def test_forms_are_answered_as_json_is(live, cloudwatch):
    fields = {"MetricName": "m", "Value": "0.5", "Timestamp": AT.isoformat()}
    dimension = {"MetricData.member.1.Dimensions.member.1.Name": "Endpoint",
                 "MetricData.member.1.Dimensions.member.1.Value": "e"}  # fmt: skip
    data = {f"MetricData.member.1.{name}": value for name, value in fields.items()}
    post(live, "PutMetricData", Namespace="forms", **data, **dimension)
    assert texts(post(live, "ListMetrics", Namespace="forms"), "MetricName") == ["m"]
    where = {"MetricDataQueries.member.1.MetricStat.Metric.Namespace": "forms",
             "MetricDataQueries.member.1.MetricStat.Metric.MetricName": "m",
             "MetricDataQueries.member.1.MetricStat.Metric.Dimensions.member.1.Name": "Endpoint",
             "MetricDataQueries.member.1.MetricStat.Metric.Dimensions.member.1.Value": "e",
             "MetricDataQueries.member.1.MetricStat.Period": "60",
             "MetricDataQueries.member.1.MetricStat.Stat": "Average",
             "MetricDataQueries.member.1.Id": "m1"}  # fmt: skip
    times = {name: at.isoformat() for name, at in HOUR.items()}
    values = post(live, "GetMetricData", **where, **times)
    assert texts(values, "Id") == ["m1"]
    assert [text for text in texts(values, "member") if text == "0.5"] == ["0.5"]


def test_what_services_count_cannot_be_added_to(cloudwatch):
    mine = [{"Name": "EndpointName", "Value": "of-nobody"}]
    data = [{"MetricName": "Invocations", "Value": 1.0, "Dimensions": mine}]
    code = code_of(cloudwatch.put_metric_data, Namespace="AWS/SageMaker", MetricData=data)
    assert code == "InvalidParameterValue"
    assert cloudwatch.list_metrics(Namespace="AWS/SageMaker", Dimensions=mine)["Metrics"] == []
