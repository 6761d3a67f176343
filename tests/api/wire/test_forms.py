"""The services that take forms and answer in XML, and CloudWatch, which takes both."""

import json
from datetime import UTC, datetime
from urllib.error import HTTPError
from urllib.parse import urlencode
from urllib.request import Request, urlopen

import boto3
import pytest
from botocore.auth import SigV4Auth, SigV4QueryAuth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials
from botocore.exceptions import ClientError
from defusedxml.ElementTree import fromstring

AT = datetime(2026, 3, 4, 5, 6, 7, tzinfo=UTC)
CLOUDWATCH = "{http://monitoring.amazonaws.com/doc/2010-08-01/}"


def post(server, service, fields, *, signer=SigV4Auth, method="POST"):
    """Status and document of a form, which GET has in its URL."""
    text = urlencode(fields)
    url, body = (f"{server.url}/", text.encode()) if method == "POST" else (f"{server.url}/?{text}", None)
    headers = {"Content-Type": "application/x-www-form-urlencoded; charset=utf-8"} if body else {}
    request = AWSRequest(method, url, headers=headers, data=body)
    signer(Credentials("AKIDTEST", "secret/of+test"), service, "us-east-1").add_auth(request)
    try:
        with urlopen(Request(request.url, data=body, headers=dict(request.headers), method=method)) as answer:
            return answer.status, fromstring(answer.read())
    except HTTPError as error:
        with error:
            return error.code, fromstring(error.read())


def texts(document, name):
    return [element.text for element in document.iter() if element.tag.endswith(f"}}{name}")]


def form_of(action, **fields):
    return {"Action": action, "Version": "2010-08-01", **fields}


def test_cloudwatch_in_json_keeps_numbers_and_times(server):
    cloudwatch = server.client("cloudwatch")
    server.app.desk.data.clear()
    data = [{"MetricName": "m", "Timestamp": AT, "Value": 0.1}]
    cloudwatch.put_metric_data(Namespace="n", MetricData=data)
    assert server.app.desk.data == [{"MetricName": "m", "Timestamp": AT, "Value": 0.1}]
    assert cloudwatch.list_metrics()["Metrics"][0]["Dimensions"] == [{"Name": "Endpoint", "Value": "<a&b>"}]


def test_cloudwatch_in_json_takes_many_values_which_boto3_compresses(server):
    server.app.desk.data.clear()
    data = [{"MetricName": f"metric-{at}", "Value": float(at)} for at in range(900)]
    server.client("cloudwatch").put_metric_data(Namespace="n", MetricData=data)
    assert server.app.desk.data == data


def test_cloudwatch_in_a_form_is_the_same_call(server):
    server.app.desk.data.clear()
    fields = {
        "Namespace": "n",
        "MetricData.member.1.MetricName": "m",
        "MetricData.member.1.Value": "0.1",
        "MetricData.member.1.Timestamp": "2026-03-04T05:06:07Z",
        "MetricData.member.2.MetricName": "<ü>",
        "MetricData.member.2.Values.member.1": "1",
        "MetricData.member.2.Values.member.10": "3",
        "MetricData.member.2.Values.member.2": "2",
        "MetricData.member.2.StorageResolution": "60",
    }
    assert post(server, "monitoring", form_of("PutMetricData", **fields))[0] == 200
    assert server.app.desk.data == [
        {"MetricName": "m", "Value": 0.1, "Timestamp": AT},
        {"MetricName": "<ü>", "Values": [1.0, 2.0, 3.0], "StorageResolution": 60},
    ]
    status, document = post(server, "monitoring", form_of("ListMetrics"))
    assert (status, document.tag) == (200, f"{CLOUDWATCH}ListMetricsResponse")
    assert texts(document, "MetricName") == ["m", "<ü>"]
    assert texts(document, "RequestId")[0]


def test_both_protocols_tell_the_same_breach(server):
    params = {"Namespace": "n", "MetricName": "m", "StartTime": AT, "EndTime": AT, "Period": 0}
    cloudwatch = server.client("cloudwatch", parameter_validation=False)
    with pytest.raises(ClientError) as error:
        cloudwatch.get_metric_statistics(**params)
    params |= {"StartTime": AT.isoformat(), "EndTime": AT.isoformat()}
    status, document = post(server, "monitoring", form_of("GetMetricStatistics", **params))
    assert (status, texts(document, "Code"), texts(document, "Type")) == (
        400,
        ["ValidationError"],
        ["Sender"],
    )
    assert error.value.response["Error"]["Code"] == "ValidationError"
    assert [error.value.response["Error"]["Message"]] == texts(document, "Message")


def test_times_in_xml_keep_their_fraction(server):
    fields = {"Namespace": "n", "MetricName": "m", "Period": "60", "EndTime": "2026-01-01T00:00:00Z"}
    fields |= {"StartTime": "2026-01-01T00:00:00.123456Z"}
    document = post(server, "monitoring", form_of("GetMetricStatistics", **fields))[1]
    assert texts(document, "Timestamp") == ["2026-01-01T00:00:00.123456Z"]


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("Period", "soon"),
        ("StartTime", "yesterday"),
        ("Period", "9" * 20),
        (".".join("a" * 99), "1"),
        ("A..B", "1"),
        ("Statistics", "x"),
        ("Statistics.member.١", "x"),
    ],
)
def test_fields_that_say_nothing_are_refused_in_words(server, name, value):
    fields = {
        "Namespace": "n",
        "MetricName": "m",
        "Period": "60",
        "EndTime": "2026-01-01T00:00:00Z",
        name: value,
    }
    status, document = post(server, "monitoring", form_of("GetMetricStatistics", **fields))
    assert status == 400
    assert texts(document, "Code")[0] in ("MalformedInput", "ValidationError")


def test_an_answer_in_xml_survives_characters_that_xml_has_not(server):
    status, document = post(
        server, "iam", {"Action": "GetRole", "Version": "2010-05-08", "RoleName": "a\x00<b"}
    )
    assert (status, texts(document, "Code")) == (400, ["ValidationError"])
    assert "'a�<b'" in texts(document, "Message")[0]


def test_an_action_that_is_not_answered_is_refused_and_not_tried_again(server):
    before = server.app.n_requests
    with pytest.raises(ClientError, match="ListUsers is not among the 2 operations of iam") as error:
        server.client("iam").list_users()
    assert error.value.response["Error"]["Code"] == "InvalidAction"
    assert server.app.n_requests == before + 1


def test_a_form_without_action_is_refused(server):
    assert texts(post(server, "sts", {"Version": "2011-06-15"})[1], "Code") == ["InvalidAction"]


def test_a_presigned_url_of_sts_says_who_signed_it(server):
    fields = {"Action": "GetCallerIdentity", "Version": "2011-06-15"}
    status, document = post(server, "sts", fields, signer=SigV4QueryAuth, method="GET")
    assert (status, texts(document, "Account")) == (200, ["000000000000"])


def test_an_older_boto3_speaks_forms_to_cloudwatch(server, tmp_path, monkeypatch):
    """As boto3 does when its model knows one protocol."""
    client = server.client("cloudwatch")
    assert client.meta.service_model.resolved_protocol in ("json", "query")
    loader = boto3.Session()._loader
    model = loader.load_service_model("cloudwatch", "service-2")
    old = {**model, "metadata": {**model["metadata"], "protocol": "query", "protocols": ["query"]}}
    folder = tmp_path / "cloudwatch" / "2010-08-01"
    folder.mkdir(parents=True)
    (folder / "service-2.json").write_text(json.dumps(old))
    monkeypatch.setenv("AWS_DATA_PATH", str(tmp_path))
    session = boto3.Session("AKIDTEST", "secret/of+test", region_name="us-east-1")
    older = session.client("cloudwatch", endpoint_url=server.url)
    assert older.meta.service_model.resolved_protocol == "query"
    server.app.desk.data.clear()
    older.put_metric_data(Namespace="n", MetricData=[{"MetricName": "m", "Value": 2.5, "Timestamp": AT}])
    assert server.app.desk.data == [{"MetricName": "m", "Value": 2.5, "Timestamp": AT}]
    assert older.list_metrics()["Metrics"][0]["MetricName"] == "m"
    older.close()
