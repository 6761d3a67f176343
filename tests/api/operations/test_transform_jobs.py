"""Batch transform jobs: the request comes back, objects go through the model, names and states have rules."""

import json
from datetime import UTC

import pytest

from api_documents import BUCKET, model, transform, unique
from live_server import until


@pytest.fixture(scope="module")
def toy(sm):
    return model(sm, unique("batch-toy"))


def described(sm, name):
    return sm.describe_transform_job(TransformJobName=name)


def ended(sm, name):
    return until(
        lambda: described(sm, name), lambda told: told["TransformJobStatus"] not in ("InProgress", "Stopping")
    )


def created(sm, store, request, data=b"1,2\n33,4\n"):
    name = request["TransformJobName"]
    store.put_object(Bucket=BUCKET, Key=f"{name}/in/a.csv", Body=data)
    sm.create_transform_job(**request)
    return name


def text(store, key):
    return store.get_object(Bucket=BUCKET, Key=key)["Body"].read().decode()


def test_everything_that_was_sent_comes_back(sm, store, toy):
    name = unique("Whole")
    request = transform(
        name,
        toy,
        MaxConcurrentTransforms=2,
        MaxPayloadInMB=1,
        BatchStrategy="SingleRecord",
        Environment={"A": "b"},
        ModelClientConfig={"InvocationsMaxRetries": 1, "InvocationsTimeoutInSeconds": 30},
        DataProcessing={"InputFilter": "$[0:1]", "JoinSource": "None"},
        DataCaptureConfig={
            "DestinationS3Uri": f"s3://{BUCKET}/{name}/capture/",
            "GenerateInferenceId": False,
        },
    )
    created(sm, store, request | {"Tags": [{"Key": "a", "Value": "b"}]})
    told = ended(sm, name)
    assert {member: told[member] for member in request} == request
    assert told["TransformJobArn"] == f"arn:aws:sagemaker:us-east-1:000000000000:transform-job/{name.lower()}"
    assert sm.list_tags(ResourceArn=told["TransformJobArn"])["Tags"] == [{"Key": "a", "Value": "b"}]


def test_answers_lie_beside_the_names_of_their_inputs(sm, store, toy):
    name = created(sm, store, transform(unique("done"), toy))
    told = ended(sm, name)
    assert told["TransformJobStatus"] == "Completed", told.get("FailureReason")
    assert text(store, f"{name}/out/a.csv.out") == "0.3\n0.4\n"
    times = [told[f"{word}Time"] for word in ("Creation", "TransformStart", "TransformEnd")]
    assert times == sorted(set(times))
    for absent in ("FailureReason", "DataCaptureConfig", "DataProcessing", "MaxPayloadInMB", "BatchStrategy"):
        assert absent not in told


def test_a_capture_is_an_index_of_inputs_and_of_outputs_in_the_hour_of_the_start(sm, store, toy):
    name = unique("captured")
    capture = {"DestinationS3Uri": f"s3://{BUCKET}/{name}/capture/", "GenerateInferenceId": True}
    created(
        sm, store, transform(name, toy, DataCaptureConfig=capture, DataProcessing={"JoinSource": "Input"})
    )
    told = ended(sm, name)
    started_at = told["TransformStartTime"].astimezone(UTC)  # boto3 tells it in the zone of the machine
    hour = started_at.strftime("%Y/%m/%d/%H")
    listed = store.list_objects_v2(Bucket=BUCKET, Prefix=f"{name}/capture/")["Contents"]
    keys = sorted(each["Key"] for each in listed)
    assert [key.rpartition("/")[0] for key in keys] == [
        f"{name}/capture/{way}/{hour}" for way in ("input", "output")
    ]
    assert json.loads(text(store, keys[0])) == [{"prefix": f"s3://{BUCKET}/{name}/in/"}, "a.csv"]
    assert json.loads(text(store, keys[1])) == [{"prefix": f"s3://{BUCKET}/{name}/out/"}, "a.csv.out"]
    rows = [line.split(",") for line in text(store, f"{name}/out/a.csv.out").splitlines()]
    assert [row[:3] for row in rows] == [["1", "2", "0.3"], ["33", "4", "0.4"]]
    start = started_at.strftime("%Y-%m-%dT%H:%M:%SZ")
    assert {row[4] for row in rows} == {start}
    assert len({row[3] for row in rows}) == 2


def test_a_model_that_is_not_there_is_refused(sm, refused):
    with refused(
        "ValidationException", 'Could not find model "arn:aws:sagemaker:us-east-1:000000000000:model/none"'
    ):
        sm.create_transform_job(**transform(unique("t"), "None"))


@pytest.mark.parametrize(
    ("changed", "text"),
    [
        ({"MaxConcurrentTransforms": 20, "MaxPayloadInMB": 6}, "may be 100 at most"),
        ({"DataProcessing": {"InputFilter": "$[["}}, "InputFilter"),
        ({"BatchStrategy": "Some"}, "1 validation error detected"),
    ],
)
def test_what_could_only_fail_later_is_refused(sm, toy, refused, changed, text):
    with refused("ValidationException", text):
        sm.create_transform_job(**transform(unique("t"), toy, **changed))


def test_a_name_is_used_once_for_ever_in_any_case(sm, toy, refused):
    name = unique("Once")
    sm.create_transform_job(**transform(name, toy))
    ended(sm, name)
    for again in (name, name.upper()):
        with refused("ResourceInUse"):
            sm.create_transform_job(**transform(again, toy))


def test_what_is_not_there_is_resource_not_found(sm, refused):
    for ask in (sm.describe_transform_job, sm.stop_transform_job):
        with refused("ResourceNotFound", "nobody"):
            ask(TransformJobName="nobody")


def test_a_job_without_input_fails_and_is_not_stopped_then(sm, toy, refused):
    name = unique("nothing")
    sm.create_transform_job(**transform(name, toy))
    told = ended(sm, name)
    assert told["TransformJobStatus"] == "Failed"
    assert f"s3://{BUCKET}/{name}/in/" in told["FailureReason"]
    with refused("ValidationException", name):
        sm.stop_transform_job(TransformJobName=name)


def test_an_image_that_nothing_stands_for_fails_with_the_command_that_maps_it(sm, store):
    unmapped = model(sm, unique("unmapped"), image="registry/batch:1")
    told = ended(sm, created(sm, store, transform(unique("t"), unmapped)))
    assert "leeboard models map 'registry/batch:1'" in told["FailureReason"]


def test_lists_begin_with_the_newest_and_filter(sm, store, toy):
    part = unique("Listed")
    names = [f"{part}-{n}" for n in range(3)]
    created(sm, store, transform(names[0], toy))
    for name in names[1:]:
        sm.create_transform_job(**transform(name, toy))
    told = [ended(sm, name) for name in names]

    def listed(**asked):
        found = sm.list_transform_jobs(NameContains=part, **asked)["TransformJobSummaries"]
        return [each["TransformJobName"] for each in found]

    assert listed() == names[::-1]
    assert listed(SortOrder="Ascending") == names
    assert listed(StatusEquals="Failed") == names[:0:-1]
    assert listed(SortBy="Name", SortOrder="Ascending", MaxResults=1) == names[:1]
    past = told[0]["CreationTime"].replace(year=2020)
    assert listed(CreationTimeBefore=past) == listed(LastModifiedTimeBefore=past) == []
    (summary,) = sm.list_transform_jobs(NameContains=names[0])["TransformJobSummaries"]
    members = (
        "TransformJobName",
        "TransformJobArn",
        "CreationTime",
        "TransformEndTime",
        "TransformJobStatus",
    )
    assert {name: summary[name] for name in members} == {name: told[0][name] for name in members}
