"""SageMaker, Logs and CloudWatch by boto3 against a live server."""

import gzip
import json
from datetime import UTC, datetime, timedelta
from urllib.error import HTTPError
from urllib.request import Request, urlopen

import pytest
from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials
from botocore.exceptions import ClientError

from leeboard.api.wire.bodies import MAX_BODY_BYTES

CONFIG = {
    "ScheduleConfig": {"ScheduleExpression": "cron(0 * ? * * *)"},
    "MonitoringJobDefinitionName": "definition",
    "MonitoringType": "DataQuality",
}


def create(sagemaker, name="one", **config):
    return sagemaker.create_monitoring_schedule(
        MonitoringScheduleName=name, MonitoringScheduleConfig={**CONFIG, **config}
    )


def refused(call, **params):
    with pytest.raises(ClientError) as error:
        call(**params)
    return error.value.response


def send(server, target, body, *, service="sagemaker", **headers):
    """A request that boto3 would not make; gives status, headers and document."""
    request = AWSRequest("POST", f"{server.url}/", headers={"X-Amz-Target": target, **headers}, data=body)
    SigV4Auth(Credentials("AKIDTEST", "secret/of+test"), service, "eu-west-1").add_auth(request)
    try:
        with urlopen(Request(request.url, data=body, headers=dict(request.headers))) as answer:
            return answer.status, answer.headers, json.loads(answer.read())
    except HTTPError as error:
        with error:
            return error.code, error.headers, json.loads(error.read())


def test_what_was_created_is_described_with_its_time_to_the_microsecond(server, sagemaker):
    arn = create(sagemaker)["MonitoringScheduleArn"]
    found = sagemaker.describe_monitoring_schedule(MonitoringScheduleName="one")
    assert arn == "arn:aws:sagemaker:eu-west-1:000000000000:monitoring-schedule/one"
    assert found["MonitoringScheduleConfig"] == CONFIG
    assert found["CreationTime"] == server.app.desk.schedules["one"]["CreationTime"]
    assert found["CreationTime"].microsecond % 1000
    assert not {"FailureReason", "OfOurOwn", "EndpointName"} & found.keys()
    assert found["ResponseMetadata"]["RequestId"]


def test_a_call_says_who_asks_for_what_and_when(server, sagemaker):
    create(sagemaker)
    call = server.app.desk.calls[-1]
    assert (call.service, call.operation) == ("sagemaker", "CreateMonitoringSchedule")
    assert (call.caller.access_key, call.caller.region) == ("AKIDTEST", "eu-west-1")
    assert datetime.now(UTC) - call.now < timedelta(minutes=1)


def test_errors_have_the_classes_of_the_client(sagemaker):
    with pytest.raises(sagemaker.exceptions.ResourceNotFound, match="no-such does not exist"):
        sagemaker.describe_monitoring_schedule(MonitoringScheduleName="no-such")
    create(sagemaker)
    with pytest.raises(sagemaker.exceptions.ResourceInUse):
        create(sagemaker)


def test_a_paginator_sees_everything_once(sagemaker):
    for at in range(25):
        create(sagemaker, f"s{at:02}")
    pages = sagemaker.get_paginator("list_monitoring_schedules").paginate(PaginationConfig={"PageSize": 10})
    names = [s["MonitoringScheduleName"] for page in pages for s in page["MonitoringScheduleSummaries"]]
    assert names == [f"s{at:02}" for at in range(25)]


def test_an_operation_without_an_answer_answers_nothing(sagemaker):
    create(sagemaker)
    found = sagemaker.delete_monitoring_schedule(MonitoringScheduleName="one")
    assert found.keys() == {"ResponseMetadata"}


def test_a_breach_is_told_in_the_words_of_aws(sagemaker):
    error = refused(create, sagemaker=sagemaker, name="not good!")["Error"]
    assert error["Code"] == "ValidationException"
    assert error["Message"] == (
        "1 validation error detected: Value 'not good!' at 'monitoringScheduleName' failed to satisfy "
        "constraint: Member must satisfy regular expression pattern: [a-zA-Z0-9](-*[a-zA-Z0-9]){0,62}"
    )


def test_all_breaches_are_told_at_once(sagemaker):
    error = refused(create, sagemaker=sagemaker, name="a" * 64, MonitoringType="Nope")["Error"]
    assert error["Message"].startswith("2 validation errors detected: Value 'aaa")
    assert (
        "'monitoringScheduleName' failed to satisfy constraint: Member must have length less than or"
        in error["Message"]
    )
    assert error["Message"].endswith(
        "; Value 'Nope' at 'monitoringScheduleConfig.monitoringType' failed to satisfy constraint: Member "
        "must satisfy enum value set: [DataQuality, ModelQuality, ModelBias, ModelExplainability]"
    )


def test_a_missing_member_is_told_as_null(sagemaker):
    error = refused(sagemaker.describe_monitoring_schedule)["Error"]
    assert error["Message"] == (
        "1 validation error detected: Value null at 'monitoringScheduleName' failed to satisfy constraint: "
        "Member must not be null"
    )


def test_a_good_name_is_taken_after_a_bad_one(sagemaker):
    assert refused(create, sagemaker=sagemaker, name="a" * 64)["Error"]["Code"] == "ValidationException"
    assert create(sagemaker, "a" * 63)["MonitoringScheduleArn"].endswith("a" * 63)


def test_an_error_that_a_user_can_mend_keeps_its_text(sagemaker):
    error = refused(sagemaker.describe_monitoring_schedule, MonitoringScheduleName="empty")["Error"]
    assert error == {
        "Code": "ValidationException",
        "Message": "there is nothing in s3://b/empty: send requests first",
    }


def test_a_failure_of_ours_shows_nothing_and_is_in_the_log(server, caplog):
    client = server.client("sagemaker", retries={"total_max_attempts": 1})
    response = refused(client.describe_monitoring_schedule, MonitoringScheduleName="broken")
    assert response["ResponseMetadata"]["HTTPStatusCode"] == 500
    assert response["Error"]["Code"] == "InternalFailure"
    assert "inside" not in str(response)
    assert response["ResponseMetadata"]["RequestId"] in caplog.text
    assert "ZeroDivisionError: an inside" in caplog.text


def test_an_operation_that_is_not_answered_is_refused_at_once_and_not_tried_again(server, sagemaker):
    before = server.app.n_requests
    response = refused(sagemaker.list_trials)
    assert response["Error"]["Code"] == "UnknownOperationException"
    assert "ListTrials is not among the 4 operations of sagemaker" in response["Error"]["Message"]
    assert server.app.n_requests == before + 1


@pytest.mark.parametrize(
    ("target", "words"),
    [
        ("SageMaker.ListMonitoringSchedulez", "did you mean ListMonitoringSchedules?"),
        (
            "DynamoDB_20120810.ListTables",
            "no service that leeboard answers has the target 'DynamoDB_20120810'",
        ),
        ("nonsense", "X-Amz-Target must be like SageMaker.ListModels"),
    ],
)
def test_a_target_that_does_not_exist_is_refused_with_a_hint(server, target, words):
    status, headers, document = send(server, target, b"{}")
    assert (status, headers["x-amzn-ErrorType"]) == (404, "UnknownOperationException")
    assert document["__type"] == "UnknownOperationException"
    assert words in document["message"]


@pytest.mark.parametrize(
    "body", [b"{", b"\xff", b"[" * 100_000, b"[]", b'"a"', b"1e999", b'{"MaxResults": NaN}']
)
def test_a_body_that_is_no_object_is_malformed(server, body):
    status, _, document = send(server, "SageMaker.ListMonitoringSchedules", body)
    assert (status, document["__type"]) == (400, "SerializationException")


def test_an_empty_body_has_no_members_and_unknown_members_do_no_harm(server, sagemaker):
    target = "SageMaker.ListMonitoringSchedules"
    assert send(server, target, b"")[2] == {"MonitoringScheduleSummaries": []}
    assert send(server, target, b'{"NewerMember": {"a": 1}, "NextToken": null}')[0] == 200


def test_a_wrong_type_is_told_with_its_place(server):
    body = b'{"MonitoringScheduleName": "a", "MonitoringScheduleConfig": {"ScheduleConfig": [1]}}'
    status, _, document = send(server, "SageMaker.CreateMonitoringSchedule", body)
    assert (status, document["__type"]) == (400, "SerializationException")
    assert (
        document["message"] == "'monitoringScheduleConfig.scheduleConfig' must be an object, and a list came"
    )


def test_a_compressed_body_is_read_and_one_that_grows_too_much_is_not(server):
    target, small = "SageMaker.ListMonitoringSchedules", gzip.compress(b'{"MaxResults": 5}')
    large = gzip.compress(b" " * (MAX_BODY_BYTES + 1))
    assert send(server, target, small, **{"Content-Encoding": "gzip"})[0] == 200
    assert send(server, target, large, **{"Content-Encoding": "gzip"})[0] == 413
    assert send(server, target, b"{}", **{"Content-Encoding": "gzip"})[0] == 400


def test_a_request_for_one_service_signed_for_another_is_refused(server):
    status, _, document = send(server, "SageMaker.ListMonitoringSchedules", b"{}", service="logs")
    assert (status, document["__type"]) == (403, "AccessDeniedException")
    assert "Credential should be scoped to correct service: 'sagemaker'" in document["message"]


@pytest.mark.parametrize(
    ("service", "code"), [("sagemaker", "UnrecognizedClientException"), ("sts", "InvalidClientTokenId")]
)
def test_an_unknown_key_is_refused_in_the_protocol_of_the_service(server, service, code):
    client = server.client(service, key="AKIDOTHER")
    call = client.list_monitoring_schedules if service == "sagemaker" else client.get_caller_identity
    response = refused(call)
    assert response["Error"]["Code"] == code
    assert response["ResponseMetadata"]["HTTPStatusCode"] == 403


def test_a_wrong_secret_is_refused(server):
    response = refused(server.client("sagemaker", secret="other").list_monitoring_schedules)
    assert response["Error"]["Code"] == "InvalidSignatureException"
    assert response["ResponseMetadata"]["HTTPStatusCode"] == 403


def test_logs_have_their_own_name_for_what_is_not_there(server):
    logs = server.client("logs")
    with pytest.raises(logs.exceptions.ResourceNotFoundException, match="log group does not exist"):
        logs.describe_log_streams(logGroupName="/aws/sagemaker/ProcessingJobs")
    with pytest.raises(logs.exceptions.InvalidParameterException, match="at 'logGroupName' failed"):
        logs.describe_log_streams(logGroupName="a b")
