"""Models, as boto3 makes them and reads them back."""

import base64
import time
from datetime import UTC, datetime, timedelta

import pytest

from api_documents import BUCKET, model, unique
from live_server import ROLE, TOY_IMAGE

NETWORK = {"SecurityGroupIds": ["sg-1"], "Subnets": ["subnet-1", "subnet-2"]}


def without_metadata(answer):
    return {name: value for name, value in answer.items() if name != "ResponseMetadata"}


def test_a_model_comes_back_as_it_was_sent_and_without_its_tags(sm):
    name = unique("model")
    container = {
        "Image": TOY_IMAGE,
        "Mode": "MultiModel",
        "ModelDataUrl": f"s3://{BUCKET}/models/",
        "Environment": {"A": "1", "EMPTY": ""},
        "ContainerHostname": "first",
        "MultiModelConfig": {"ModelCacheSetting": "Disabled"},
    }
    arn = sm.create_model(
        ModelName=name,
        PrimaryContainer=container,
        ExecutionRoleArn=ROLE,
        VpcConfig=NETWORK,
        EnableNetworkIsolation=True,
        Tags=[{"Key": "team", "Value": "churn"}],
    )["ModelArn"]
    told = without_metadata(sm.describe_model(ModelName=name))
    assert told.pop("CreationTime").microsecond
    assert told == {
        "ModelName": name,
        "ModelArn": arn,
        "PrimaryContainer": container,
        "ExecutionRoleArn": ROLE,
        "VpcConfig": NETWORK,
        "EnableNetworkIsolation": True,
    }
    assert sm.list_tags(ResourceArn=arn)["Tags"] == [{"Key": "team", "Value": "churn"}]


def test_an_arn_has_the_name_in_lower_case(sm):
    name = unique("Capitals")
    model(sm, name)
    told = sm.describe_model(ModelName=name)
    assert told["ModelArn"] == f"arn:aws:sagemaker:us-east-1:000000000000:model/{name.lower()}"
    assert told["ModelName"] == name


def test_a_pipelines_containers_keep_their_order(sm):
    name = unique("pipeline")
    containers = [{"Image": TOY_IMAGE, "ContainerHostname": hostname} for hostname in ("b", "a", "c")]
    sm.create_model(ModelName=name, Containers=containers, ExecutionRoleArn=ROLE)
    told = sm.describe_model(ModelName=name)
    assert told["Containers"] == containers
    assert "PrimaryContainer" not in told


def test_a_name_is_taken_in_any_case(sm, refused):
    name = model(sm, unique("taken"))
    for again in (name, name.upper()):
        with refused(
            "ValidationException", 'Cannot create already existing model "arn:aws:sagemaker:us-east-1:'
        ):
            model(sm, again)
    assert sm.describe_model(ModelName=name.upper())["ModelName"] == name


@pytest.mark.parametrize(
    "ask",
    [
        lambda sm, name: sm.describe_model(ModelName=name),
        lambda sm, name: sm.delete_model(ModelName=name),
    ],
)
def test_what_is_not_there_is_a_validation_exception(sm, refused, ask):
    arn = "arn:aws:sagemaker:us-east-1:000000000000:model/nobody"
    with refused("ValidationException", f'Could not find model "{arn}".'):
        ask(sm, "Nobody")


def test_a_deleted_model_is_gone_with_its_tags_and_its_name_is_free(sm, refused):
    name = unique("gone")
    arn = sm.create_model(ModelName=name, ExecutionRoleArn=ROLE, PrimaryContainer={"Image": TOY_IMAGE},
                          Tags=[{"Key": "old", "Value": "1"}])["ModelArn"]  # fmt: skip
    sm.delete_model(ModelName=name)
    with refused("ValidationException", "Could not find model"):
        sm.describe_model(ModelName=name)
    model(sm, name)
    assert sm.list_tags(ResourceArn=arn)["Tags"] == []


@pytest.mark.parametrize(
    "containers",
    [
        {},
        {"Containers": []},
        {"PrimaryContainer": {"Image": TOY_IMAGE}, "Containers": [{"Image": TOY_IMAGE}]},
        {"PrimaryContainer": {}},
    ],
)
def test_a_model_needs_one_container_or_several_and_their_images(sm, refused, containers):
    with refused("ValidationException", "ontainer"):
        sm.create_model(ModelName=unique("odd"), ExecutionRoleArn=ROLE, **containers)


@pytest.mark.parametrize("name", ["-a", "a-", "a_b", "a" * 64, "ä"])
def test_names_that_aws_would_not_take_are_refused(sm, refused, name):
    with refused(
        "ValidationException", "1 validation error detected", "'modelName' failed to satisfy constraint"
    ):
        model(sm, name)


def listed(sm, **asked):
    return [each["ModelName"] for each in sm.list_models(**asked)["Models"]]


@pytest.fixture(scope="module")
def family(sm):
    """Three models with a part of the name in common, from the oldest to the newest."""
    part = unique("Family")
    return part, [model(sm, f"{letter}-{part}-x") for letter in "bCa"]


def test_lists_begin_with_the_newest_unless_asked_otherwise(sm, family):
    part, names = family
    assert listed(sm, NameContains=part) == names[::-1]
    assert listed(sm, NameContains=part, SortOrder="Ascending") == names


def test_names_sort_without_regard_to_case(sm, family):
    part, (b, c, a) = family
    assert listed(sm, NameContains=part, SortBy="Name", SortOrder="Ascending") == [a, b, c]
    assert listed(sm, NameContains=part, SortBy="Name") == [c, b, a]


def test_a_part_of_a_name_is_found_in_any_case(sm, family):
    part, names = family
    assert listed(sm, NameContains=part.swapcase()) == names[::-1]
    assert listed(sm, NameContains=f"{part}-y") == []


def test_pages_hold_each_model_once(sm, family):
    part, names = family
    pages = sm.get_paginator("list_models").paginate(NameContains=part, PaginationConfig={"PageSize": 1})
    assert [[each["ModelName"] for each in page["Models"]] for page in pages] == [
        [name] for name in names[::-1]
    ]


def test_the_last_page_has_no_token(sm, family):
    part, _ = family
    assert "NextToken" in sm.list_models(NameContains=part, MaxResults=2)
    assert "NextToken" not in sm.list_models(NameContains=part, MaxResults=3)


def test_a_page_has_ten_by_default(sm):
    part = unique("many")
    names = [model(sm, f"{part}-{n}") for n in range(11)]
    first = sm.list_models(NameContains=f"{part}-")
    assert [each["ModelName"] for each in first["Models"]] == names[:0:-1]
    assert listed(sm, NameContains=f"{part}-", NextToken=first["NextToken"]) == names[:1]


def test_what_is_made_between_two_pages_moves_nothing(sm):
    part = unique("growing")
    old = [model(sm, f"{part}-{n}") for n in range(4)]
    first = sm.list_models(NameContains=part, MaxResults=2)
    model(sm, f"{part}-new")
    sm.delete_model(ModelName=old[3])
    rest = listed(sm, NameContains=part, NextToken=first["NextToken"], MaxResults=10)
    assert rest == [old[1], old[0]]


def test_times_of_creation_bound_a_list_exclusively(sm, family):
    part, names = family
    times = [sm.describe_model(ModelName=name)["CreationTime"] for name in names]
    assert times == sorted(set(times))
    inside = {"CreationTimeAfter": times[0], "CreationTimeBefore": times[2]}
    shown = sm.list_models(NameContains=part, **inside)["Models"]
    # what boto3 sends of a time has whole milliseconds or seconds only, so the bounds may let in a neighbour
    assert names[1] in [each["ModelName"] for each in shown]
    later = datetime.now(UTC) + timedelta(seconds=2)
    assert listed(sm, NameContains=part, CreationTimeAfter=later) == []
    assert listed(sm, NameContains=part, CreationTimeBefore=times[0] - timedelta(seconds=2)) == []


@pytest.mark.parametrize(
    "told",
    [
        b"nonsense",
        b"[]",
        b'["CreationTime",false,{"a":1},1]',
        b'["CreationTime",false,"a",1]',
        b'["CreationTime",false,1e400,1]',
        b'["CreationTime",false,99999999999999999999,1]',
        b'["CreationTime",false,1,99999999999999999999]',
        b'["CreationTime",false,1,-1]',
    ],
)
def test_a_token_that_was_never_given_out_is_refused(sm, refused, told):
    with refused("ValidationException", "NextToken"):
        sm.list_models(NextToken=base64.urlsafe_b64encode(told).decode())


def test_a_token_of_another_order_is_refused(sm, refused, family):
    part, _ = family
    token = sm.list_models(NameContains=part, MaxResults=1)["NextToken"]
    with refused("ValidationException", "NextToken"):
        sm.list_models(NameContains=part, SortBy="Name", NextToken=token)


@pytest.mark.parametrize("asked", [{"MaxResults": 101}, {"SortBy": "Size"}, {"NameContains": "a_b"}])
def test_what_the_service_model_forbids_is_refused(sm, refused, asked):
    with refused("ValidationException", "1 validation error detected"):
        sm.list_models(**asked)


def test_times_of_creation_never_repeat(sm):
    part = unique("quick")
    times = [sm.describe_model(ModelName=model(sm, f"{part}-{n}"))["CreationTime"] for n in range(20)]
    assert times == sorted(set(times))
    assert time.time() - times[-1].timestamp() < 3600
