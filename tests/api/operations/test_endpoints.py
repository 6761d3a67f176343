"""Endpoints: their states, what they tell, and when they may change."""

import sys

import pytest

from api_documents import (
    BUCKET,
    ELSEWHERE,
    by_name,
    capture,
    definition,
    deployed,
    endpoint_input,
    model,
    unique,
    variant,
)
from live_server import REGION, settled

IN_SERVICE = "arn:aws:sagemaker:us-east-1:000000000000:endpoint/"


def described(sm, name):
    return sm.describe_endpoint(EndpointName=name)


@pytest.fixture(scope="module")
def elsewhere(sm):
    """A model that costs nothing."""
    return model(sm, unique("elsewhere"), image=ELSEWHERE)


def configured(sm, name, *variants, **members):
    sm.create_endpoint_config(EndpointConfigName=name, ProductionVariants=list(variants), **members)
    return name


def test_an_endpoint_tells_what_is_deployed(sm):
    name = deployed(sm, unique("Told"), captures=capture(InitialSamplingPercentage=30))
    told = settled(sm, name)
    assert told["EndpointStatus"] == "InService"
    assert told["EndpointArn"] == f"arn:aws:sagemaker:{REGION}:000000000000:endpoint/{name.lower()}"
    assert (told["EndpointName"], told["EndpointConfigName"]) == (name, name)
    assert told["ProductionVariants"] == [
        {
            "VariantName": "AllTraffic",
            "DeployedImages": [{"SpecifiedImage": ELSEWHERE, "ResolvedImage": ELSEWHERE}],
            "CurrentWeight": 1.0,
            "DesiredWeight": 1.0,
            "CurrentInstanceCount": 1,
            "DesiredInstanceCount": 1,
        }
    ]
    assert told["DataCaptureConfig"] == {
        "EnableCapture": True,
        "CaptureStatus": "Started",
        "CurrentSamplingPercentage": 30,
        "DestinationS3Uri": f"s3://{BUCKET}/capture",
    }
    assert told["LastModifiedTime"] >= told["CreationTime"]


def test_boto3s_waiter_sees_it_in_service(sm):
    name = deployed(sm, unique("waited"))
    sm.get_waiter("endpoint_in_service").wait(EndpointName=name, WaiterConfig={"Delay": 1, "MaxAttempts": 60})


def test_without_capture_nothing_is_told_of_it(sm):
    assert "DataCaptureConfig" not in described(sm, deployed(sm, unique("bare")))


@pytest.mark.parametrize(("given", "told"), [({"EnableCapture": False}, "Stopped"), ({}, "Started")])
def test_the_status_of_capture(sm, given, told):
    config = capture() | given
    if not given:
        del config["EnableCapture"]  # absent means on
    shown = described(sm, deployed(sm, unique("status"), captures=config))["DataCaptureConfig"]
    assert (shown["EnableCapture"], shown["CaptureStatus"]) == (told == "Started", told)


def test_a_key_of_capture_is_told(sm):
    config = capture(KmsKeyId="alias/capture")
    shown = described(sm, deployed(sm, unique("key"), captures=config))["DataCaptureConfig"]
    assert shown["KmsKeyId"] == "alias/capture"


def test_a_name_is_taken_in_any_case(sm, refused):
    name = deployed(sm, unique("twice"))
    with refused(
        "ValidationException", f'Cannot create already existing endpoint "{IN_SERVICE}{name.lower()}".'
    ):
        sm.create_endpoint(EndpointName=name.upper(), EndpointConfigName=name)


def test_what_is_not_there_is_a_validation_exception(sm, refused, elsewhere):
    name = configured(sm, unique("c"), variant(elsewhere))
    for ask in (
        lambda: described(sm, "Nobody"),
        lambda: sm.delete_endpoint(EndpointName="Nobody"),
        lambda: sm.update_endpoint(EndpointName="Nobody", EndpointConfigName=name),
        lambda: sm.update_endpoint_weights_and_capacities(
            EndpointName="Nobody", DesiredWeightsAndCapacities=[{"VariantName": "a", "DesiredWeight": 1}]
        ),
    ):
        with refused("ValidationException", f'Could not find endpoint "{IN_SERVICE}nobody".'):
            ask()


def test_a_configuration_that_is_not_there_is_refused(sm, refused):
    with refused("ValidationException", 'Could not find endpoint configuration "arn:'):
        sm.create_endpoint(EndpointName=unique("e"), EndpointConfigName="Nothing")


def test_a_model_that_went_away_is_refused(sm, refused):
    going = model(sm, unique("going"))
    config = configured(sm, unique("c"), variant(going))
    sm.delete_model(ModelName=going)
    with refused("ValidationException", "Could not find model"):
        sm.create_endpoint(EndpointName=unique("e"), EndpointConfigName=config)


def test_models_and_configurations_in_use_may_be_deleted(sm):
    name = deployed(sm, unique("used"))
    sm.delete_endpoint_config(EndpointConfigName=name)
    sm.delete_model(ModelName=name)
    assert described(sm, name)["EndpointStatus"] == "InService"


def test_an_update_puts_another_configuration_in_service(sm, elsewhere):
    name = deployed(sm, unique("updated"), captures=capture())
    before = settled(sm, name)
    other = configured(sm, unique("other"), variant(elsewhere, "blue"), variant(elsewhere, "green"))
    sm.update_endpoint(EndpointName=name, EndpointConfigName=other)
    after = settled(sm, name)
    assert (after["EndpointStatus"], after["EndpointConfigName"]) == ("InService", other)
    assert [each["VariantName"] for each in after["ProductionVariants"]] == ["blue", "green"]
    assert "DataCaptureConfig" not in after
    assert after["CreationTime"] == before["CreationTime"]
    assert after["LastModifiedTime"] > before["LastModifiedTime"]


@pytest.mark.parametrize("spelled", [str, str.upper])
def test_an_update_to_the_same_configuration_is_refused(sm, refused, spelled):
    name = deployed(sm, unique("same"))
    settled(sm, name)
    with refused("ValidationException", "has the configuration"):
        sm.update_endpoint(EndpointName=name, EndpointConfigName=spelled(name))


def weights(told):
    return {
        each["VariantName"]: (each["CurrentWeight"], each["CurrentInstanceCount"])
        for each in told["ProductionVariants"]
    }


@pytest.fixture
def two(sm, elsewhere):
    """An endpoint with two variants, whose weights were changed, and another configuration for it."""
    name = deployed(sm, unique("two"), variant(elsewhere, "a"), variant(elsewhere, "b"))
    settled(sm, name)
    wanted = [{"VariantName": "a", "DesiredWeight": 9, "DesiredInstanceCount": 4}]
    sm.update_endpoint_weights_and_capacities(EndpointName=name, DesiredWeightsAndCapacities=wanted)
    return name, configured(sm, unique("next"), variant(elsewhere, "a"), variant(elsewhere, "c"))


def test_weights_change_without_a_deployment(sm, two):
    told = settled(sm, two[0])
    assert weights(told) == {"a": (9.0, 4), "b": (1.0, 1)}
    assert told["EndpointStatus"] == "InService"


def test_an_update_forgets_changed_weights(sm, two):
    sm.update_endpoint(EndpointName=two[0], EndpointConfigName=two[1])
    assert weights(settled(sm, two[0])) == {"a": (1.0, 1), "c": (1.0, 1)}


def test_an_update_may_retain_what_variants_had(sm, two):
    sm.update_endpoint(EndpointName=two[0], EndpointConfigName=two[1], RetainAllVariantProperties=True)
    assert weights(settled(sm, two[0])) == {"a": (9.0, 4), "c": (1.0, 1)}


def test_an_update_may_retain_a_part(sm, two):
    sm.update_endpoint(
        EndpointName=two[0],
        EndpointConfigName=two[1],
        RetainAllVariantProperties=True,
        ExcludeRetainedVariantProperties=[{"VariantPropertyType": "DesiredWeight"}],
    )
    assert weights(settled(sm, two[0])) == {"a": (1.0, 4), "c": (1.0, 1)}


def test_retained_properties_do_not_hold_back_new_capture(sm, two, elsewhere):
    config = configured(sm, unique("captured"), variant(elsewhere, "a"), DataCaptureConfig=capture())
    sm.update_endpoint(EndpointName=two[0], EndpointConfigName=config, RetainAllVariantProperties=True)
    assert settled(sm, two[0])["DataCaptureConfig"]["CaptureStatus"] == "Started"


def test_weights_of_a_variant_that_is_not_there_are_refused(sm, two, refused):
    with refused("ValidationException", "no variant z", "a, b"):
        sm.update_endpoint_weights_and_capacities(
            EndpointName=two[0], DesiredWeightsAndCapacities=[{"VariantName": "z", "DesiredWeight": 1}]
        )


def test_an_image_that_nothing_stands_for_fails_with_the_command_that_maps_it(sm):
    name = deployed(sm, unique("unmapped"), image="registry/unknown:1")
    told = settled(sm, name)
    assert told["EndpointStatus"] == "Failed"
    assert "leeboard models map 'registry/unknown:1'" in told["FailureReason"]
    sm.delete_endpoint(EndpointName=name)


def test_a_program_that_dies_fails_with_its_last_lines(sm, live):
    said = "the weights are of another version"
    command = f"{sys.executable} -c \"import sys; sys.exit('{said}')\" {{port}}"
    assert live.command("models", "map", "dying:1", command).returncode == 0
    told = settled(sm, deployed(sm, unique("dying"), image="dying:1"))
    assert told["EndpointStatus"] == "Failed"
    assert said in told["FailureReason"]


def test_a_failed_update_leaves_what_answered_and_a_later_one_heals_it(sm, elsewhere):
    name = deployed(sm, unique("healed"), captures=capture())
    bad = configured(sm, unique("bad"), variant(model(sm, unique("bad"), image="registry/none:2")))
    settled(sm, name)
    sm.update_endpoint(EndpointName=name, EndpointConfigName=bad)
    told = settled(sm, name)
    assert (told["EndpointStatus"], told["EndpointConfigName"]) == ("Failed", name)
    assert "registry/none:2" in told["FailureReason"]
    good = configured(sm, unique("good"), variant(elsewhere))
    sm.update_endpoint(EndpointName=name, EndpointConfigName=good)
    healed = settled(sm, name)
    assert (healed["EndpointStatus"], healed["EndpointConfigName"]) == ("InService", good)
    assert "FailureReason" not in healed


def test_an_endpoint_with_a_schedule_is_not_deleted_until_the_schedule_is(sm, refused):
    name, schedule = deployed(sm, unique("kept"), captures=capture()), unique("keeper")
    sm.create_data_quality_job_definition(**definition(name, endpoint_input(name)))
    sm.create_monitoring_schedule(MonitoringScheduleName=schedule, MonitoringScheduleConfig=by_name(name))
    for _ in ("scheduled", "stopped"):
        with refused(
            "ValidationException", "monitoring schedules attached", schedule, "DeleteMonitoringSchedule"
        ):
            sm.delete_endpoint(EndpointName=name.lower())
        sm.stop_monitoring_schedule(MonitoringScheduleName=schedule)
    sm.delete_monitoring_schedule(MonitoringScheduleName=schedule)
    sm.delete_endpoint(EndpointName=name)
    with refused("ValidationException", "Could not find endpoint"):
        described(sm, name)


def test_boto3s_waiter_sees_it_deleted_and_its_name_is_free(sm):
    name = deployed(sm, unique("again"))
    sm.delete_endpoint(EndpointName=name)
    sm.get_waiter("endpoint_deleted").wait(EndpointName=name, WaiterConfig={"Delay": 1, "MaxAttempts": 30})
    sm.create_endpoint(EndpointName=name, EndpointConfigName=name)
    assert settled(sm, name)["EndpointStatus"] == "InService"


def test_lists_tell_and_filter_by_status_and_times(sm):
    part = unique("lists")
    names = [
        deployed(sm, f"{part}-{n}", image=image) for n, image in enumerate((ELSEWHERE, "none:1", ELSEWHERE))
    ]
    told = [settled(sm, name) for name in names]
    listed = sm.list_endpoints(NameContains=part)["Endpoints"]
    members = ("EndpointName", "EndpointArn", "CreationTime", "LastModifiedTime", "EndpointStatus")
    assert listed == [{name: each[name] for name in members} for each in told[::-1]]
    failed = sm.list_endpoints(NameContains=part, StatusEquals="Failed")["Endpoints"]
    assert [each["EndpointName"] for each in failed] == [names[1]]
    by_status = sm.list_endpoints(NameContains=part, SortBy="Status", SortOrder="Ascending")["Endpoints"]
    assert [each["EndpointStatus"] for each in by_status] == ["Failed", "InService", "InService"]
    past = told[0]["CreationTime"].replace(year=2020)
    assert sm.list_endpoints(NameContains=part, LastModifiedTimeBefore=past)["Endpoints"] == []
    assert len(sm.list_endpoints(NameContains=part, LastModifiedTimeAfter=past)["Endpoints"]) == 3
