"""CloudWatch Logs, as boto3 and the SageMaker SDK's poller read them."""

from datetime import UTC, datetime, timedelta

import pytest
from botocore.exceptions import ClientError

from leeboard.service.logs import append
from leeboard.state.database import Database

AT = datetime(2026, 3, 4, 10, tzinfo=UTC)
GROUP = "/aws/sagemaker/ProcessingJobs"


@pytest.fixture(scope="module")
def logs(live):
    return live.client("logs")


@pytest.fixture(scope="module")
def write(live):
    """Writes lines of a job, two a millisecond, beside the server."""
    database = Database(f"sqlite:///{live.home / 'state.sqlite'}")

    def lines(stream, *texts, group=GROUP, after_ms=0):
        with database.write() as connection:
            at = [AT + timedelta(microseconds=after_ms * 1000 + 500 * n) for n in range(len(texts))]
            append(connection, group, stream, list(zip(at, texts, strict=True)))

    yield lines
    database.close()


def messages(answer):
    return [event["message"] for event in answer["events"]]


def sdk_poll(logs, stream, position):
    """The lines since a position, as the SDK asks for them: from a time on, skipping what it has of it."""
    found, token, (start, skip) = [], None, position
    while True:
        more: dict[str, str] = {"nextToken": token} if token else {}
        answer = logs.get_log_events(
            logGroupName=GROUP, logStreamName=stream, startTime=start, startFromHead=True, **more
        )
        token, events = answer["nextForwardToken"], answer["events"]
        if not events:
            break
        new, skip = events[skip:], max(0, skip - len(events))
        for event in new:
            found.append(event["message"])
            same = event["timestamp"] == position[0]
            position = (event["timestamp"], position[1] + 1 if same else 1)
    return found, position


def test_the_sdks_poller_gets_every_line_once(logs, write):
    write("polled/algo-1-1", "a", "b", "c")
    found, position = sdk_poll(logs, "polled/algo-1-1", (0, 0))
    assert found == ["a", "b", "c"]
    assert sdk_poll(logs, "polled/algo-1-1", position) == ([], position)
    write("polled/algo-1-1", "d", "e", after_ms=1)
    assert sdk_poll(logs, "polled/algo-1-1", position)[0] == ["d", "e"]


def test_the_token_at_the_end_stays_the_same(logs, write):
    write("ended/algo-1-1", "a")
    asked = {"logGroupName": GROUP, "logStreamName": "ended/algo-1-1", "startFromHead": True}
    token = logs.get_log_events(**asked)["nextForwardToken"]
    answer = logs.get_log_events(**asked, nextToken=token)
    assert (answer["events"], answer["nextForwardToken"]) == ([], token)


def test_lines_are_read_from_either_end(logs, write):
    write("ends/algo-1-1", *"abcd")
    asked = {"logGroupName": GROUP, "logStreamName": "ends/algo-1-1", "limit": 2}
    assert messages(logs.get_log_events(**asked, startFromHead=True)) == ["a", "b"]
    answer = logs.get_log_events(**asked)
    assert messages(answer) == ["c", "d"]
    assert messages(logs.get_log_events(**asked, nextToken=answer["nextBackwardToken"])) == ["a", "b"]


def test_streams_of_a_job_are_found_by_prefix(logs, write):
    write("streams-1/algo-1-5", "x")
    write("streams-10/algo-1-5", "x")
    answer = logs.describe_log_streams(
        logGroupName=GROUP, logStreamNamePrefix="streams-1/", orderBy="LogStreamName", limit=1
    )
    [stream] = answer["logStreams"]
    assert (stream["logStreamName"], "nextToken" in answer) == ("streams-1/algo-1-5", False)
    assert stream["firstEventTimestamp"] == int(AT.timestamp() * 1000)


def test_streams_come_in_pages_by_their_last_line(logs, write):
    for n in range(3):
        write(f"s{n}", "x", group="paged", after_ms=n)
    pages = logs.get_paginator("describe_log_streams").paginate(
        logGroupName="paged", orderBy="LastEventTime", descending=True, PaginationConfig={"PageSize": 2}
    )
    assert [[each["logStreamName"] for each in page["logStreams"]] for page in pages] == [
        ["s2", "s1"],
        ["s0"],
    ]


def test_groups_are_listed(logs, write):
    write("s", "x", group="groups/a")
    write("s", "x", group="groups/b")
    found = logs.describe_log_groups(logGroupNamePrefix="groups/")["logGroups"]
    assert [each["logGroupName"] for each in found] == ["groups/a", "groups/b"]
    by_arn = logs.describe_log_streams(logGroupIdentifier=found[0]["logGroupArn"])["logStreams"]
    assert [each["logStreamName"] for each in by_arn] == ["s"]


def test_lines_are_found_by_words_over_the_streams_of_a_group(logs, write):
    write("one", "an Error", "fine", group="words")
    write("two", "error too", "Error 2", group="words", after_ms=5)
    pages = logs.get_paginator("filter_log_events").paginate(
        logGroupName="words", filterPattern="Error", PaginationConfig={"PageSize": 1}
    )
    found = [(each["logStreamName"], each["message"]) for page in pages for each in page["events"]]
    assert found == [("one", "an Error"), ("two", "Error 2")]
    answer = logs.filter_log_events(logGroupName="words", logStreamNamePrefix="tw", endTime=10**14)
    assert messages(answer) == ["error too", "Error 2"]


NOT_FOUND, INVALID = "ResourceNotFoundException", "InvalidParameterException"
THERE = {"logGroupName": "there"}


@pytest.mark.parametrize(("operation", "params", "code"), [
    ("describe_log_streams", {"logGroupName": "absent"}, NOT_FOUND),
    ("get_log_events", {"logGroupName": "absent", "logStreamName": "s"}, NOT_FOUND),
    ("get_log_events", {**THERE, "logStreamName": "absent"}, NOT_FOUND),
    ("filter_log_events", {"logGroupName": "absent"}, NOT_FOUND),
    ("filter_log_events", {**THERE, "logStreamNames": ["absent"]}, NOT_FOUND),
    ("filter_log_events", {**THERE, "filterPattern": "{ $.a = 1 }"}, INVALID),
    ("get_log_events", {**THERE, "logStreamName": "s", "nextToken": "mine"}, INVALID),
    ("describe_log_streams", {**THERE, "logStreamNamePrefix": "a", "orderBy": "LastEventTime"}, INVALID),
    ("describe_log_streams", {**THERE, "nextToken": "mine"}, INVALID),
    ("describe_log_streams", {}, INVALID),
])  # fmt: skip
def test_what_is_not_there_or_not_read_is_refused(logs, write, operation, params, code):
    write("s", "x", group="there")
    with pytest.raises(ClientError) as caught:
        getattr(logs, operation)(**params)
    assert caught.value.response["Error"]["Code"] == code
