"""Endpoint configurations: what comes back, and what is absent."""

import pytest

from api_documents import BUCKET, capture, model, unique, variant


@pytest.fixture(scope="module")
def some_model(sm):
    return model(sm, unique("configured"))


def config(sm, name, *variants, **members):
    sm.create_endpoint_config(EndpointConfigName=name, ProductionVariants=list(variants), **members)
    return sm.describe_endpoint_config(EndpointConfigName=name)


def test_capture_comes_back_as_it_was_sent(sm, some_model):
    sent = capture(
        InitialSamplingPercentage=37,
        DestinationS3Uri=f"s3://{BUCKET}/with/slash/",
        CaptureOptions=[
            {"CaptureMode": "Output"},
            {"CaptureMode": "Input"},
            {"CaptureMode": "InputAndOutput"},
        ],
        CaptureContentTypeHeader={
            "CsvContentTypes": ["text/csv", "text/tab"],
            "JsonContentTypes": ["application/json"],
        },
    )
    assert config(sm, unique("c"), variant(some_model), DataCaptureConfig=sent)["DataCaptureConfig"] == sent


def test_without_capture_there_is_no_member_for_it(sm, some_model):
    told = config(sm, unique("c"), variant(some_model))
    assert set(told) - {"ResponseMetadata"} == {
        "EndpointConfigName",
        "EndpointConfigArn",
        "ProductionVariants",
        "CreationTime",
    }


def test_disabled_capture_is_told_as_disabled(sm, some_model):
    told = config(sm, unique("c"), variant(some_model), DataCaptureConfig=capture(EnableCapture=False))
    assert told["DataCaptureConfig"]["EnableCapture"] is False


def test_members_that_leeboard_does_not_use_come_back(sm, some_model):
    sent = variant(
        some_model,
        InitialVariantWeight=0.25,
        VolumeSizeInGB=20,
        ModelDataDownloadTimeoutInSeconds=120,
        ContainerStartupHealthCheckTimeoutInSeconds=90,
        RoutingConfig={"RoutingStrategy": "RANDOM"},
    )
    serverless = {
        "VariantName": "s",
        "ModelName": some_model,
        "ServerlessConfig": {"MemorySizeInMB": 2048, "MaxConcurrency": 5},
    }
    more = {
        "AsyncInferenceConfig": {"OutputConfig": {"S3OutputPath": f"s3://{BUCKET}/async"}},
        "KmsKeyId": "alias/key",
        "ShadowProductionVariants": [variant(some_model, "shadow")],
    }
    told = config(sm, unique("c"), sent, serverless, **more)
    assert told["ProductionVariants"] == [sent, serverless]
    assert {name: told[name] for name in more} == more


def test_tags_are_listed_by_the_arn(sm, some_model):
    told = config(sm, unique("Conf"), variant(some_model), Tags=[{"Key": "a", "Value": ""}])
    assert told["EndpointConfigArn"].endswith(f":endpoint-config/{told['EndpointConfigName'].lower()}")
    assert sm.list_tags(ResourceArn=told["EndpointConfigArn"])["Tags"] == [{"Key": "a", "Value": ""}]


def test_a_name_is_taken_in_any_case(sm, some_model, refused):
    name = unique("twice")
    config(sm, name, variant(some_model))
    with refused("ValidationException", 'Cannot create already existing endpoint configuration "arn:'):
        config(sm, name.upper(), variant(some_model))


def test_a_model_that_is_not_there_is_refused(sm, refused):
    with refused(
        "ValidationException", 'Could not find model "arn:aws:sagemaker:us-east-1:000000000000:model/none"'
    ):
        config(sm, unique("c"), variant("None"))


def test_variants_of_one_name_are_refused(sm, some_model, refused):
    with refused("ValidationException", "differ"):
        config(sm, unique("c"), variant(some_model, "a"), variant(some_model, "a"))


def test_a_deleted_configuration_is_gone(sm, some_model, refused):
    name = unique("gone")
    config(sm, name, variant(some_model))
    sm.delete_endpoint_config(EndpointConfigName=name)
    arn = f"arn:aws:sagemaker:us-east-1:000000000000:endpoint-config/{name.lower()}"
    for ask in (sm.describe_endpoint_config, sm.delete_endpoint_config):
        with refused("ValidationException", f'Could not find endpoint configuration "{arn}".'):
            ask(EndpointConfigName=name)


def test_captures_go_to_s3_uris_alone(sm, some_model, refused):
    with refused("ValidationException", "DestinationS3Uri is https://bucket.s3.amazonaws.com/x"):
        destination = "https://bucket.s3.amazonaws.com/x"
        config(sm, unique("c"), variant(some_model), DataCaptureConfig=capture(DestinationS3Uri=destination))


@pytest.mark.parametrize(
    ("changed", "member"),
    [
        ({"InitialSamplingPercentage": 101}, "initialSamplingPercentage"),
        ({"DestinationS3Uri": "ftp://there"}, "destinationS3Uri"),
        ({"CaptureOptions": [{"CaptureMode": "Both"}]}, "captureMode"),
        ({"CaptureContentTypeHeader": {"CsvContentTypes": ["csv"]}}, "csvContentTypes"),
    ],
)
def test_what_no_capture_can_be_is_refused(sm, some_model, refused, changed, member):
    with refused("ValidationException", "1 validation error detected", member):
        config(sm, unique("c"), variant(some_model), DataCaptureConfig=capture(**changed))


def test_a_list_tells_names_arns_and_times(sm, some_model):
    part = unique("listed")
    told = [config(sm, f"{part}-{n}", variant(some_model)) for n in range(3)]
    listed = sm.list_endpoint_configs(NameContains=part, SortBy="Name", SortOrder="Ascending")[
        "EndpointConfigs"
    ]
    wanted = ("EndpointConfigName", "EndpointConfigArn", "CreationTime")
    assert listed == [{name: each[name] for name in wanted} for each in told]
