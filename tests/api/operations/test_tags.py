"""Tags of resources."""

import pytest

from api_documents import deployed, model, unique
from live_server import ROLE, in_service


@pytest.fixture
def arn(sm):
    return sm.describe_model(ModelName=model(sm, unique("Tagged")))["ModelArn"]


def tags(sm, arn):
    return {each["Key"]: each["Value"] for each in sm.list_tags(ResourceArn=arn)["Tags"]}


def given(**pairs):
    return [{"Key": key, "Value": value} for key, value in pairs.items()]


def test_tags_are_added_replaced_and_deleted(sm, arn):
    assert tags(sm, arn) == {}
    sm.add_tags(ResourceArn=arn, Tags=given(a="1", b="2"))
    told = sm.add_tags(ResourceArn=arn, Tags=given(a="new", c=""))
    assert told["Tags"] == given(a="new", b="2", c="")
    sm.delete_tags(ResourceArn=arn, TagKeys=["b", "unknown"])
    assert tags(sm, arn) == {"a": "new", "c": ""}


def test_keys_differ_by_case_and_may_be_of_any_script(sm, arn):
    sm.add_tags(
        ResourceArn=arn, Tags=[{"Key": "Größe/日本", "Value": "é @x"}, {"Key": "größe/日本", "Value": ""}]
    )
    assert tags(sm, arn) == {"Größe/日本": "é @x", "größe/日本": ""}


def test_an_arn_with_capitals_is_the_same(sm, arn):
    sm.add_tags(ResourceArn=arn.replace("tagged", "Tagged"), Tags=given(a="1"))
    assert tags(sm, arn) == {"a": "1"}


def test_fifty_tags_are_the_most(sm, arn, refused):
    sm.add_tags(ResourceArn=arn, Tags=[{"Key": f"k{n}", "Value": "v"} for n in range(49)])
    with refused("ValidationException", "50"):
        sm.add_tags(ResourceArn=arn, Tags=given(x="1", y="2"))
    assert len(tags(sm, arn)) == 49
    sm.add_tags(ResourceArn=arn, Tags=given(x="1"))
    sm.add_tags(ResourceArn=arn, Tags=given(x="2"))
    assert len(tags(sm, arn)) == 50


@pytest.mark.parametrize("key", ["aws:mine", "AWS:mine"])
def test_keys_of_aws_are_reserved(sm, arn, refused, key):
    with refused("ValidationException", "aws:"):
        sm.add_tags(ResourceArn=arn, Tags=[{"Key": key, "Value": ""}])
    with refused("ValidationException", "aws:"):
        sm.create_model(
            ModelName=unique("reserved"),
            PrimaryContainer={"Image": "x"},
            ExecutionRoleArn=ROLE,
            Tags=[{"Key": key, "Value": ""}],
        )


def test_of_a_key_that_is_given_twice_the_last_value_counts(sm, arn):
    sm.add_tags(ResourceArn=arn, Tags=[{"Key": "a", "Value": "1"}, {"Key": "a", "Value": "2"}])
    assert tags(sm, arn) == {"a": "2"}


def test_a_resource_that_is_not_there_has_no_tags(sm, refused):
    nothing = "arn:aws:sagemaker:us-east-1:000000000000:model/nothing"
    for ask in (
        lambda: sm.list_tags(ResourceArn=nothing),
        lambda: sm.add_tags(ResourceArn=nothing, Tags=given(a="1")),
        lambda: sm.delete_tags(ResourceArn=nothing, TagKeys=["a"]),
    ):
        with refused("ValidationException", nothing):
            ask()


def test_tags_of_an_endpoint_stay_over_an_update_and_go_with_it(sm):
    name = deployed(sm, unique("tagged"))
    arn = sm.describe_endpoint(EndpointName=name)["EndpointArn"]
    sm.add_tags(ResourceArn=arn, Tags=given(a="1"))
    other = sm.describe_endpoint_config(EndpointConfigName=name)["ProductionVariants"]
    sm.create_endpoint_config(EndpointConfigName=f"{name}-2", ProductionVariants=other)
    sm.update_endpoint(EndpointName=name, EndpointConfigName=f"{name}-2")
    in_service(sm, name)
    assert tags(sm, arn) == {"a": "1"}
    sm.delete_endpoint(EndpointName=name)
    sm.create_endpoint(EndpointName=name, EndpointConfigName=name)
    assert tags(sm, arn) == {}
