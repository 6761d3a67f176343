"""leeboard's own calls, as its client and as strangers make them."""

import json
from datetime import UTC, datetime
from urllib.parse import quote

import pytest

from api_documents import BUCKET, by_name, definition, endpoint_input, monitored, processing, unique
from leeboard.errors import LeeboardError
from live_server import until


@pytest.fixture
def schedule(sm):
    """A schedule whose runs fail for lack of data."""
    name = unique("Own")
    sm.create_data_quality_job_definition(**definition(name, endpoint_input(monitored(sm))))
    sm.create_monitoring_schedule(MonitoringScheduleName=name, MonitoringScheduleConfig=by_name(name))
    return name


def ended(own, execution):
    return until(
        lambda: own.get(f"/leeboard/executions/{execution['execution']}"),
        lambda told: told["ended_at"] is not None,
    )


def test_a_schedule_is_run_for_its_next_time_and_the_execution_told(own, schedule):
    asked_at = datetime.now(UTC)
    made = own.post(f"/leeboard/schedules/{schedule}/run")
    assert (made["schedule"], made["status"], made["cause"]) == (schedule, "Pending", "by hand")
    start, end = (datetime.fromisoformat(made[f"window_{side}_at"]) for side in ("start", "end"))
    assert end == datetime.fromisoformat(made["scheduled_at"])
    assert asked_at < end
    assert start <= datetime.now(UTC)
    assert (end - start).total_seconds() == 3600
    told = ended(own, made)
    assert (told["status"], told["processing_job"]) == ("Failed", None)
    assert told["failure_reason"].startswith("Job inputs had no data")


def test_a_schedule_is_run_for_a_time_that_is_named(own, schedule):
    made = own.post(f"/leeboard/schedules/{schedule.lower()}/run", {"at": "2026-03-04T11:30:00+01:00"})
    assert made["scheduled_at"] == "2026-03-04T10:30:00Z"
    ended(own, made)


def test_running_it_twice_makes_two_executions(own, sm, schedule):
    at = {"at": "2026-03-04T11:00:00Z"}
    for _ in range(2):
        ended(own, own.post(f"/leeboard/schedules/{schedule}/run", at))
    assert (
        len(sm.list_monitoring_executions(MonitoringScheduleName=schedule)["MonitoringExecutionSummaries"])
        == 2
    )


def test_schedules_are_listed_with_their_next_and_their_last_time(own, schedule):
    def listed():
        (found,) = [each for each in own.get("/leeboard/schedules")["schedules"] if each["name"] == schedule]
        return found

    before = listed()
    assert (before["status"], before["monitoring_type"], before["last"]) == ("Scheduled", "DataQuality", None)
    assert before["expression"] == "cron(0 * ? * * *)"
    assert datetime.fromisoformat(before["next_at"]) > datetime.now(UTC)
    made = ended(own, own.post(f"/leeboard/schedules/{schedule}/run"))
    assert listed()["last"] == made
    assert listed()["next_at"] == before["next_at"]


@pytest.mark.parametrize(
    "at",
    [
        "yesterday",
        "",
        "2026-03-04T11:00:00+99:00",
        "0001-01-01T00:00:00Z",
        "9999-12-31T23:59:59Z",
        5,
        ["x"],
        True,
    ],
)
def test_times_that_are_none_are_refused(own, schedule, at):
    with pytest.raises(LeeboardError, match=r"at is|time|zone"):
        own.post(f"/leeboard/schedules/{schedule}/run", {"at": at})


@pytest.mark.parametrize("name", ["nobody", "a/b", "%2e%2e", "ä", "x" * 300, "a\0b"])
def test_a_schedule_that_is_not_there_is_not_run(own, name):
    with pytest.raises(LeeboardError, match="does not exist"):
        own.post(f"/leeboard/schedules/{quote(name, safe='')}/run")


@pytest.mark.parametrize("number", ["0", "-1", "x", "²", "9" * 18, "9" * 40])
def test_an_execution_that_is_not_there_is_said_to_be_so(own, number):
    with pytest.raises(LeeboardError, match="there is no execution"):
        own.get(f"/leeboard/executions/{quote(number)}")


@pytest.mark.parametrize("after", ["x", "²", "9" * 40, "-5", ""])
def test_a_log_is_read_from_any_place(own, sm, after):
    name = unique("logged")
    sm.create_processing_job(**processing(name))
    told = until(
        lambda: own.get(f"/leeboard/logs/{name}", after=after), lambda told: told["status"] == "Failed"
    )
    assert told["is_over"]
    assert any("No S3 objects" in line["message"] for line in told["lines"])
    assert own.get(f"/leeboard/logs/{name}", after=told["lines"][-1]["number"])["lines"] == []


def test_a_log_that_is_not_there_says_why(own, schedule):
    with pytest.raises(LeeboardError, match="no processing job, transform job or schedule named nobody"):
        own.get("/leeboard/logs/nobody")
    with pytest.raises(LeeboardError, match="it has not run yet"):
        own.get(f"/leeboard/logs/{schedule}")
    ended(own, own.post(f"/leeboard/schedules/{schedule}/run"))
    with pytest.raises(LeeboardError, match="its last execution has no job: Job inputs had no data"):
        own.get(f"/leeboard/logs/{schedule}")


def test_routes_are_mapped_replaced_and_unmapped(own):
    image = f"*/{unique('mapped').lower()}:*"
    for url in ("http://127.0.0.1:1", "http://user:secret@127.0.0.1:2/a?key=1"):
        own.post("/leeboard/models", {"image": image, "url": url})
    listed = [each for each in own.get("/leeboard/models")["models"] if each["image"] == image]
    assert listed == [{"image": image, "url": "http://***@127.0.0.1:2/a?***", "command": None}]
    assert own.delete("/leeboard/models", image=image) == {}
    with pytest.raises(LeeboardError, match="no route for"):
        own.delete("/leeboard/models", image=image)


def test_routes_of_the_file_at_the_start_are_not_unmapped(own):
    with pytest.raises(LeeboardError, match="no route for"):
        own.delete("/leeboard/models", image="*toy:*")


@pytest.mark.parametrize(
    "route",
    [
        {},
        {"image": "x"},
        {"image": "x", "url": "http://a", "command": "b"},
        {"image": "", "url": "http://a"},
        {"image": 5, "url": "http://a"},
        {"image": "x", "url": 5},
        {"image": "x", "url": "ftp://a"},
        {"image": "x", "url": "http://[::1"},
        {"image": "x", "command": "unclosed 'quote"},
        {"image": "x", "command": ["a"]},
        {"image": "x" * 513, "url": "http://a"},
        {"image": "x\0y", "url": "http://a"},
    ],
)
def test_routes_that_cannot_be_are_refused(own, route):
    before = own.get("/leeboard/models")
    with pytest.raises(LeeboardError, match=r"image|url|command"):
        own.post("/leeboard/models", route)
    assert own.get("/leeboard/models") == before


def test_an_external_endpoint_is_one_to_hang_monitors_on(own, sm):
    name = unique("External")
    made = own.post("/leeboard/endpoints", {"name": name})
    assert (made["endpoint"], made["DestinationS3Uri"]) == (name, f"s3://{BUCKET}/capture")
    told = sm.describe_endpoint(EndpointName=name)
    assert (told["EndpointStatus"], told["DataCaptureConfig"]["CurrentSamplingPercentage"]) == (
        "InService",
        100,
    )
    sm.create_data_quality_job_definition(**definition(name, endpoint_input(name)))
    sm.create_monitoring_schedule(MonitoringScheduleName=name, MonitoringScheduleConfig=by_name(name))
    other = own.post("/leeboard/endpoints", {"name": f"{name}-2", "capture_to": f"s3://{BUCKET}/elsewhere"})
    assert other["DestinationS3Uri"] == f"s3://{BUCKET}/elsewhere"


def test_an_external_endpoint_leaves_nothing_behind_where_the_name_is_taken(own, sm):
    name = unique("Taken")
    own.post("/leeboard/endpoints", {"name": name})
    sm.delete_model(ModelName=name)
    sm.delete_endpoint_config(EndpointConfigName=name)
    with pytest.raises(LeeboardError, match="there is an endpoint named"):
        own.post("/leeboard/endpoints", {"name": name})
    assert sm.list_models(NameContains=name)["Models"] == []
    assert sm.list_endpoint_configs(NameContains=name)["EndpointConfigs"] == []


@pytest.mark.parametrize(
    "body",
    [{}, {"name": "a_b"}, {"name": "x" * 64}, {"name": 5}, {"name": "good", "capture_to": "/tmp/x"},
     {"name": "good", "capture_to": "s3://"}, {"name": "good", "capture_to": 7}],
)  # fmt: skip
def test_external_endpoints_that_cannot_be_are_refused(own, body):
    with pytest.raises(LeeboardError, match=r"name|capture_to"):
        own.post("/leeboard/endpoints", body)


@pytest.mark.parametrize("endpoint", [5, ["a"], {}])
def test_only_endpoints_are_shipped(own, endpoint):
    with pytest.raises(LeeboardError, match="endpoint"):
        own.post("/leeboard/capture/ship", {"endpoint": endpoint})


def test_a_call_that_is_none_is_told_those_that_are(own):
    with pytest.raises(LeeboardError, match=r"POST /leeboard/schedules/\{name\}/run"):
        own.get("/leeboard/anything")
    with pytest.raises(LeeboardError, match="no call DELETE /leeboard/schedules"):
        own.delete("/leeboard/schedules")


@pytest.mark.parametrize("body", ["[]", "5", "{", '"text"', '{"at": NaN}'])
def test_a_body_that_is_no_object_is_refused(own, schedule, body):
    request = own._signed("POST", f"/leeboard/schedules/{schedule}/run", {}, body.encode())
    answer = own._pool.request(
        "POST", str(request.url), body=request.data, headers=dict(request.headers.items())
    )
    assert answer.status == 400
    assert "no JSON object" in json.loads(answer.data)["message"]


def test_capture_of_an_endpoint_that_leeboard_does_not_serve_is_not_invoked(live, own):
    name = unique("external")
    own.post("/leeboard/endpoints", {"name": name})
    runtime = live.client("sagemaker-runtime")
    with pytest.raises(runtime.exceptions.ValidationError, match="served elsewhere"):
        runtime.invoke_endpoint(EndpointName=name, Body=b"", ContentType="text/csv")
