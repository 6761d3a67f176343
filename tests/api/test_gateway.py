"""InvokeEndpoint by boto3, and what of it is captured."""

import base64
import json
import sqlite3
import sys
from collections import Counter
from contextlib import closing
from pathlib import Path

import pytest
from botocore.exceptions import ClientError

from api_documents import BUCKET, ELSEWHERE, capture, deployed, model, unique, variant
from live_server import ROLE, TOY_IMAGE, in_service, live_server, until

ECHO = "000000000000.dkr.ecr.us-east-1.amazonaws.com/echo:1"
MOST_BYTES = 6_291_456


@pytest.fixture(scope="module", autouse=True)
def echo(live):
    """Maps the image of the echo."""
    program = Path(__file__).parents[1] / "echo_model.py"
    done = live.command("models", "map", "*/echo:*", f"{sys.executable} {program} {{port}} {{model}}")
    assert done.returncode == 0, done.stderr


@pytest.fixture(scope="module")
def endpoint(sm):
    """One echo, with capture of all."""
    return in_service(sm, deployed(sm, unique("Echo"), image=ECHO, captures=capture()))


def invoked(runtime, endpoint, body="1,2", content_type="text/csv", **members):
    return runtime.invoke_endpoint(EndpointName=endpoint, Body=body, ContentType=content_type, **members)


def captured(own, store, endpoint, *, variant="AllTraffic", folder="capture"):
    """The records that were captured of an endpoint."""
    own.post("/leeboard/capture/ship", {"endpoint": endpoint})
    listed = store.list_objects_v2(Bucket=BUCKET, Prefix=f"{folder}/{endpoint}/{variant}/").get(
        "Contents", []
    )
    bodies = [store.get_object(Bucket=BUCKET, Key=each["Key"])["Body"].read().decode() for each in listed]
    return [json.loads(line) for body in bodies for line in body.splitlines()]


def captures_of(sm, own, runtime, store, config, *requests):
    """Deploys with these settings, invokes, and gives the captured sides in the order of the requests."""
    name = in_service(sm, deployed(sm, unique("captures"), image=ECHO, captures=config))
    for request in requests:
        invoked(runtime, name, **request)
    return [record["captureData"] for record in captured(own, store, name)]


def test_the_request_reaches_the_model_and_its_answer_the_caller(runtime, endpoint):
    answer = invoked(runtime, endpoint, b"\x00\xff", "application/x-image", Accept="text/answer; v=2",
                     CustomAttributes="trace=1")  # fmt: skip
    assert answer["Body"].read() == b"model(\x00\xff)"
    assert answer["ContentType"] == "text/answer; v=2"
    assert answer["CustomAttributes"] == "seen trace=1"
    assert answer["InvokedProductionVariant"] == "AllTraffic"


def test_an_endpoint_is_found_in_any_case(runtime, endpoint):
    assert invoked(runtime, endpoint.upper())["Body"].read() == b"model(1,2)"


def test_an_empty_body_is_an_empty_body(runtime, endpoint):
    assert invoked(runtime, endpoint, b"")["Body"].read() == b"model()"


def test_a_body_of_the_largest_size_passes_and_one_byte_more_does_not(runtime, endpoint, refused):
    body = bytes(MOST_BYTES)
    with pytest.raises(ClientError) as answer:  # the echo's answer is longer than its request, and too long
        invoked(runtime, endpoint, body)
    assert answer.value.response["Error"]["Code"] == "ModelError"
    with refused("ValidationError", f"{MOST_BYTES + 1} bytes"):
        invoked(runtime, endpoint, body + b"x")
    with refused("ValidationError", "bytes"):
        invoked(runtime, endpoint, bytes(3 * MOST_BYTES))
    assert (
        invoked(runtime, endpoint, bytes(MOST_BYTES - 7))["Body"].read()
        == b"model(" + bytes(MOST_BYTES - 7) + b")"
    )


def test_an_unknown_endpoint_is_told_as_aws_does(runtime, refused):
    with refused("ValidationError", "Endpoint nobody of account 000000000000 not found."):
        invoked(runtime, "nobody")


def test_an_endpoint_that_failed_is_not_found(sm, runtime, refused):
    name = deployed(sm, unique("failed"), image="registry/nothing:9")
    with refused("ValidationError", f"Endpoint {name} of account 000000000000 not found."):
        invoked(runtime, name)


def test_a_deleted_endpoint_is_not_found_at_once(sm, runtime, refused):
    name = in_service(sm, deployed(sm, unique("deleted"), image=ECHO))
    invoked(runtime, name)
    sm.delete_endpoint(EndpointName=name)
    with refused("ValidationError", "not found"):
        invoked(runtime, name)


@pytest.mark.parametrize("status", [400, 418, 500, 503])
def test_what_the_model_refuses_is_a_model_error_with_its_words(runtime, endpoint, status):
    with pytest.raises(runtime.exceptions.ModelError) as caught:
        invoked(runtime, endpoint, f"status:{status}:the reason")
    told = caught.value.response
    assert told["ResponseMetadata"]["HTTPStatusCode"] == 424
    assert (told["OriginalStatusCode"], told["OriginalMessage"]) == (status, "the reason")
    assert "LogStreamArn" in told
    kind = "server" if status >= 500 else "client"
    assert (
        f'Received {kind} error ({status}) from primary with message "the reason"' in told["Error"]["Message"]
    )


def test_what_the_model_refuses_is_not_captured(sm, own, runtime, store):
    name = in_service(sm, deployed(sm, unique("refusing"), image=ECHO, captures=capture()))
    for body in ("status:400:no", "good"):
        try:
            invoked(runtime, name, body)
        except runtime.exceptions.ModelError:
            continue
    assert [each["captureData"]["endpointInput"]["data"] for each in captured(own, store, name)] == ["good"]


def test_a_model_that_is_served_elsewhere_is_not_invoked(sm, runtime, refused):
    with refused("ValidationError", "served elsewhere"):
        invoked(runtime, in_service(sm, deployed(sm, unique("elsewhere"), image=ELSEWHERE)))


def test_calls_that_leeboard_does_not_answer_are_refused_clearly(runtime, endpoint, refused):
    with refused("ValidationError", "async-invocations", "InvokeEndpoint"):
        runtime.invoke_endpoint_async(EndpointName=endpoint, InputLocation=f"s3://{BUCKET}/x")
    with refused("ValidationError", "invocations-response-stream", "InvokeEndpoint"):
        runtime.invoke_endpoint_with_response_stream(EndpointName=endpoint, Body=b"")


@pytest.mark.parametrize(
    "members",
    [
        {"InferenceId": "x" * 65},
        {"CustomAttributes": "x" * 1025},
        {"TargetModel": "x" * 1025},
        {"TargetContainerHostname": "x" * 64},
        {"Accept": "x" * 1025},
        {"SessionId": "x" * 257},
        {"InferenceComponentName": "some"},
    ],
    ids=lambda members: next(iter(members)),
)
def test_headers_that_cannot_be_are_refused(runtime, endpoint, refused, members):
    with refused("ValidationError"):
        invoked(runtime, endpoint, **members)


def named(sm, name):
    """A model that answers with that name."""
    return model(sm, unique(name), image=ECHO, Environment={"NAME": name})


@pytest.fixture(scope="module")
def weighted(sm):
    """Three variants; the third one gets nothing by weight."""
    weights = {"blue": 3.0, "green": 1.0, "idle": 0.0}
    shown = [variant(named(sm, name), name, InitialVariantWeight=weight) for name, weight in weights.items()]
    return in_service(sm, deployed(sm, unique("weighted"), *shown, captures=capture()))


def counted(runtime, endpoint, n):
    return Counter(invoked(runtime, endpoint)["InvokedProductionVariant"] for _ in range(n))


def test_requests_are_shared_by_weight(runtime, weighted):
    found = counted(runtime, weighted, 400)
    # 300 are expected, with a standard deviation of 8.7: five of these either way
    assert 256 <= found["blue"] <= 344
    assert found["idle"] == 0
    assert sum(found.values()) == 400


def test_a_variant_may_be_named(runtime, weighted, refused):
    answer = invoked(runtime, weighted, TargetVariant="idle")
    assert (answer["Body"].read(), answer["InvokedProductionVariant"]) == (b"idle(1,2)", "idle")
    with refused("ValidationError", "Variant nobody not found", "blue, green, idle"):
        invoked(runtime, weighted, TargetVariant="nobody")


def test_each_variant_is_captured_in_its_own_folder(own, store, runtime, weighted):
    for name in ("blue", "green", "idle"):
        invoked(runtime, weighted, f"for {name}", TargetVariant=name)
        said = [
            each["captureData"]["endpointInput"]["data"]
            for each in captured(own, store, weighted, variant=name)
        ]
        assert f"for {name}" in said


def test_changed_weights_count_at_once(sm, runtime):
    shown = [variant(named(sm, name), name) for name in ("a", "b")]
    name = in_service(sm, deployed(sm, unique("shifted"), *shown))
    counted(runtime, name, 5)
    wanted = [{"VariantName": "a", "DesiredWeight": 0}, {"VariantName": "b", "DesiredWeight": 1}]
    sm.update_endpoint_weights_and_capacities(EndpointName=name, DesiredWeightsAndCapacities=wanted)
    assert counted(runtime, name, 20) == {"b": 20}


def test_the_old_configuration_answers_until_the_new_one_is_ready(sm, runtime):
    name = in_service(sm, deployed(sm, unique("rolled"), variant(named(sm, "old"))))
    sm.create_endpoint_config(EndpointConfigName=f"{name}-2", ProductionVariants=[variant(named(sm, "new"))])
    sm.update_endpoint(EndpointName=name, EndpointConfigName=f"{name}-2")
    answers = []

    def answer():
        answers.append(invoked(runtime, name)["Body"].read())
        return answers[-1]

    until(answer, lambda body: body == b"new(1,2)")
    assert set(answers) <= {b"old(1,2)", b"new(1,2)"}


def test_a_pipeline_goes_through_all_containers_and_its_ends_are_captured(sm, own, runtime, store):
    name = unique("pipeline")
    containers = [
        {"Image": ECHO, "ContainerHostname": each, "Environment": {"NAME": each}} for each in ("f", "g")
    ]
    sm.create_model(ModelName=name, Containers=containers, ExecutionRoleArn=ROLE)
    in_service(sm, deployed(sm, name, variant(name), captures=capture()))
    answer = invoked(runtime, name, "x", Accept="application/json")
    assert (answer["Body"].read(), answer["ContentType"]) == (b"g(f(x))", "application/json")
    (record,) = captured(own, store, name)
    sides = record["captureData"]
    assert (sides["endpointInput"]["data"], sides["endpointOutput"]["data"]) == ("x", "g(f(x))")
    assert invoked(runtime, name, "x", TargetContainerHostname="f")["Body"].read() == b"f(x)"


def test_a_pipeline_ends_with_the_first_refusal(sm, runtime):
    name = unique("pipeline")
    sm.create_model(ModelName=name, Containers=[{"Image": ECHO}, {"Image": ECHO}], ExecutionRoleArn=ROLE)
    in_service(sm, deployed(sm, name, variant(name)))
    with pytest.raises(runtime.exceptions.ModelError, match="no more"):
        invoked(runtime, name, "status:400:no more")


def test_a_target_model_is_passed_on_and_captured(sm, own, runtime, store):
    name = unique("multi")
    sm.create_model(
        ModelName=name, PrimaryContainer={"Image": ECHO, "Mode": "MultiModel"}, ExecutionRoleArn=ROLE
    )
    in_service(sm, deployed(sm, name, variant(name), captures=capture()))
    assert invoked(runtime, name, TargetModel="a/first.tar.gz")["Body"].read() == b"a/first.tar.gz(1,2)"
    (record,) = captured(own, store, name)
    assert record["targetModel"] == "a/first.tar.gz"


def test_a_record_is_as_the_format_says(own, store, runtime, endpoint):
    invoked(runtime, endpoint, "7,7\n", "text/csv", Accept="text/csv; charset=utf-8", InferenceId="mine",
            CustomAttributes="a=1")  # fmt: skip
    (record,) = [
        each for each in captured(own, store, endpoint) if each["eventMetadata"].get("inferenceId") == "mine"
    ]
    meta = record["eventMetadata"]
    assert record["eventVersion"] == "0"
    assert set(meta) == {"eventId", "inferenceId", "inferenceTime", "customAttributes"}
    assert meta["customAttributes"] == ["a=1"]
    assert len(meta["eventId"]) == 36
    assert meta["inferenceTime"].endswith("Z")
    assert record["captureData"] == {
        "endpointInput": {
            "observedContentType": "text/csv",
            "mode": "INPUT",
            "data": "7,7\n",
            "encoding": "CSV",
        },
        "endpointOutput": {
            "observedContentType": "text/csv; charset=utf-8",
            "mode": "OUTPUT",
            "data": "model(7,7\n)",
            "encoding": "CSV",
        },
    }


def test_files_are_filed_by_hour_and_named_by_the_minute(own, store, runtime, endpoint):
    invoked(runtime, endpoint)
    own.post("/leeboard/capture/ship", {})
    listed = store.list_objects_v2(Bucket=BUCKET, Prefix=f"capture/{endpoint}/AllTraffic/")["Contents"]
    for each in listed:
        year, month, day, hour, name = each["Key"].split("/")[-5:]
        assert (len(year), len(month), len(day), len(hour)) == (4, 2, 2, 2)
        minute, second, millisecond, number = name.removesuffix(".jsonl").split("-", 3)
        assert (len(minute), len(second), len(millisecond), len(number)) == (2, 2, 3, 36)


@pytest.mark.parametrize(
    ("content_type", "body", "encoding"),
    [
        ("text/csv", b"1,2", "CSV"),
        ("TEXT/CSV ; header=absent", b"1,2", "CSV"),
        ("application/json", b'{"a":\n1}', "JSON"),
        ("application/jsonlines", b'{"a":1}\n{"a":2}\n', "JSON"),
        ("application/octet-stream", b"plain", "BASE64"),
        ("text/csv", b"\xff\xfe", "BASE64"),
    ],
)
def test_the_encoding_follows_the_content_type(
    sm, own, store, runtime, endpoint, content_type, body, encoding
):
    number = unique("id")
    invoked(runtime, endpoint, body, content_type, InferenceId=number)
    (record,) = [
        each for each in captured(own, store, endpoint) if each["eventMetadata"].get("inferenceId") == number
    ]
    side = record["captureData"]["endpointInput"]
    expected = base64.b64encode(body).decode() if encoding == "BASE64" else body.decode()
    assert side == {
        "observedContentType": content_type,
        "mode": "INPUT",
        "data": expected,
        "encoding": encoding,
    }


def test_without_lists_everything_is_base64(sm, own, runtime, store):
    config = capture()
    del config["CaptureContentTypeHeader"]
    (sides,) = captures_of(sm, own, runtime, store, config, {"body": "1,2"})
    assert {each["encoding"] for each in sides.values()} == {"BASE64"}


@pytest.mark.parametrize(
    ("modes", "sides"),
    [
        (["Input"], {"endpointInput"}),
        (["Output"], {"endpointOutput"}),
        (["InputAndOutput"], {"endpointInput", "endpointOutput"}),
    ],
)
def test_modes_say_which_sides_are_captured(sm, own, runtime, store, modes, sides):
    config = capture(CaptureOptions=[{"CaptureMode": mode} for mode in modes])
    (found,) = captures_of(sm, own, runtime, store, config, {})
    assert set(found) == sides


@pytest.mark.parametrize("config", [capture(InitialSamplingPercentage=0), capture(EnableCapture=False), None])
def test_nothing_is_captured_where_nothing_is_wanted(sm, own, runtime, store, config):
    assert captures_of(sm, own, runtime, store, config, {}, {}) == []


def test_half_of_the_requests_are_captured_if_half_is_wanted(sm, own, runtime, store):
    config = capture(InitialSamplingPercentage=50)
    found = captures_of(sm, own, runtime, store, config, *[{}] * 200)
    assert 65 <= len(found) <= 135  # five standard deviations of 7.1 around 100
    assert all(len(sides) == 2 for sides in found)


def test_a_slash_at_the_end_of_a_destination_is_no_name(sm, own, runtime, store):
    name = in_service(
        sm,
        deployed(sm, unique("slash"), image=ECHO, captures=capture(DestinationS3Uri=f"s3://{BUCKET}/slash/")),
    )
    invoked(runtime, name)
    assert len(captured(own, store, name, folder="slash")) == 1


def test_an_update_changes_what_is_captured(sm, own, runtime, store):
    name = in_service(sm, deployed(sm, unique("switched"), variant(named(sm, "m")), captures=capture()))
    invoked(runtime, name)
    shown = sm.describe_endpoint_config(EndpointConfigName=name)["ProductionVariants"]
    sm.create_endpoint_config(
        EndpointConfigName=f"{name}-off",
        ProductionVariants=shown,
        DataCaptureConfig=capture(EnableCapture=False),
    )
    sm.update_endpoint(EndpointName=name, EndpointConfigName=f"{name}-off")
    in_service(sm, name)
    invoked(runtime, name)
    assert len(captured(own, store, name)) == 1


def test_what_was_captured_is_counted(own, runtime, endpoint):
    invoked(runtime, endpoint)
    counts = own.get("/leeboard/capture")["capture"]
    (mine,) = [each for each in counts if each["endpoint"] == endpoint]
    assert (mine["variant"], mine["failed"], mine["skipped_disk"]) == ("AllTraffic", 0, 0)
    assert mine["captured"] >= 1


def test_an_endpoint_goes_on_while_the_state_cannot_be_read(tmp_path):
    """Inference does not feel it; an endpoint that was never asked before is unavailable."""
    with live_server(tmp_path / "home") as live:
        sm, runtime = live.client("sagemaker"), live.client("sagemaker-runtime")
        known, new = (in_service(sm, deployed(sm, name, image=TOY_IMAGE)) for name in ("known", "new"))
        invoked(runtime, known)
        with closing(sqlite3.connect(live.home / "state.sqlite")) as state:
            state.execute("ALTER TABLE resources RENAME TO gone")
        until(lambda: invoked(runtime, known) and "as it was last known" in live.log.read_text())
        with pytest.raises(runtime.exceptions.ServiceUnavailable, match="cannot be read"):
            invoked(runtime, new)
