"""Job definitions of the four monitors: what was sent comes back, gaps are filled that the SDK reads."""

import pytest

from api_documents import (
    BUCKET,
    CLUSTER,
    FAMILIES,
    capture,
    definition,
    deployed,
    endpoint_input,
    monitored,
    processing,
    results,
    unique,
)
from live_server import ROLE

BATCH = {
    "BatchTransformInput": {
        "DataCapturedDestinationS3Uri": f"s3://{BUCKET}/batch/",
        "DatasetFormat": {"Csv": {"Header": True}},
        "LocalPath": "/opt/ml/processing/input",
    }
}
NETWORK = {"SecurityGroupIds": ["sg-1"], "Subnets": ["subnet-1"]}


@pytest.fixture(scope="module")
def endpoint(sm):
    return monitored(sm)


@pytest.fixture(params=FAMILIES)
def kind(request):
    return request.param


def operation(sm, verb, kind):
    word = {"DataQuality": "data_quality", "ModelQuality": "model_quality", "ModelBias": "model_bias"}
    return getattr(sm, f"{verb}_{word.get(kind, 'model_explainability')}_job_definition")


def made(sm, request, kind="DataQuality"):
    """Makes it and reads it back."""
    arn = operation(sm, "create", kind)(**request)["JobDefinitionArn"]
    told = operation(sm, "describe", kind)(JobDefinitionName=request["JobDefinitionName"])
    assert told["JobDefinitionArn"] == arn
    return told


def test_everything_that_was_sent_comes_back_but_tags(sm, endpoint, kind):
    attributes = {"FeaturesAttribute": "f", "InferenceAttribute": "0", "ProbabilityAttribute": "p",
                  "ProbabilityThresholdAttribute": 0.5, "StartTimeOffset": "-PT2H", "EndTimeOffset": "-PT1H",
                  "S3InputMode": "File", "S3DataDistributionType": "FullyReplicated",
                  "ExcludeFeaturesAttribute": "0"}  # fmt: skip
    job_input = endpoint_input(endpoint)
    job_input["EndpointInput"] |= attributes
    resource = {"S3Uri": f"s3://{BUCKET}/c/constraints.json"}
    baseline = {"BaseliningJobName": "none-such", "ConstraintsResource": resource}
    if kind == "DataQuality":
        baseline["StatisticsResource"] = {"S3Uri": f"s3://{BUCKET}/c/statistics.json"}
    request = definition(
        unique("Whole"),
        job_input,
        kind,
        **{f"{kind}BaselineConfig": baseline},
        JobResources={"ClusterConfig": {**CLUSTER["ClusterConfig"], "VolumeKmsKeyId": "key"}},
        NetworkConfig={
            "EnableNetworkIsolation": True,
            "EnableInterContainerTrafficEncryption": True,
            "VpcConfig": NETWORK,
        },
        StoppingCondition={"MaxRuntimeInSeconds": 1234},
    )
    request[f"{kind}AppSpecification"]["Environment"] = {"publish_cloudwatch_metrics": "Disabled"}
    request[f"{kind}JobOutputConfig"]["KmsKeyId"] = "key"
    told = made(sm, request | {"Tags": [{"Key": "a", "Value": "b"}]}, kind)
    assert {name: told[name] for name in request} == request
    assert set(told) - set(request) == {"JobDefinitionArn", "CreationTime", "ResponseMetadata"}
    assert sm.list_tags(ResourceArn=told["JobDefinitionArn"])["Tags"] == [{"Key": "a", "Value": "b"}]


def test_what_was_left_out_stays_out_but_the_time_limit(sm, endpoint, kind):
    request = definition(unique("Least"), endpoint_input(endpoint), kind)
    told = made(sm, request, kind)
    assert {name: told[name] for name in request} == request
    assert told["StoppingCondition"] == {"MaxRuntimeInSeconds": 3600}
    assert set(told) - set(request) == {
        "StoppingCondition",
        "JobDefinitionArn",
        "CreationTime",
        "ResponseMetadata",
    }


def test_a_network_without_its_switches_has_both_off(sm, endpoint, kind):
    told = made(
        sm,
        definition(unique("n"), endpoint_input(endpoint), kind, NetworkConfig={"VpcConfig": NETWORK}),
        kind,
    )
    assert told["NetworkConfig"] == {
        "EnableNetworkIsolation": False,
        "EnableInterContainerTrafficEncryption": False,
        "VpcConfig": NETWORK,
    }


def test_one_switch_of_a_network_keeps_its_value(sm, endpoint):
    network = {"EnableNetworkIsolation": True}
    told = made(sm, definition(unique("n"), endpoint_input(endpoint), NetworkConfig=network))
    assert told["NetworkConfig"] == network | {"EnableInterContainerTrafficEncryption": False}


@pytest.fixture(scope="module")
def baselining(sm):
    """A baselining job; whether it has ended does not matter."""
    name = unique("baselining")
    sm.create_processing_job(**processing(name))
    return name


def test_a_baselining_job_stands_for_its_files(sm, endpoint, kind, baselining):
    baseline = {f"{kind}BaselineConfig": {"BaseliningJobName": baselining}}
    told = made(sm, definition(unique("b"), endpoint_input(endpoint), kind, **baseline), kind)
    folder = f"s3://{BUCKET}/{baselining}/results"
    file = "constraints.json" if kind in ("DataQuality", "ModelQuality") else "analysis.json"
    expected = {"BaseliningJobName": baselining, "ConstraintsResource": {"S3Uri": f"{folder}/{file}"}}
    if kind == "DataQuality":
        expected["StatisticsResource"] = {"S3Uri": f"{folder}/statistics.json"}
    assert told[f"{kind}BaselineConfig"] == expected


def test_constraints_that_were_sent_go_before_those_of_the_job(sm, endpoint, baselining):
    own = {"S3Uri": f"s3://{BUCKET}/own.json"}
    baseline = {"BaseliningJobName": baselining, "ConstraintsResource": own}
    told = made(sm, definition(unique("b"), endpoint_input(endpoint), DataQualityBaselineConfig=baseline))
    assert told["DataQualityBaselineConfig"]["ConstraintsResource"] == own


def test_batch_inputs_come_back(sm, kind):
    request = definition(unique("batch"), BATCH, kind)
    assert made(sm, request, kind)[f"{kind}JobInput"] == request[f"{kind}JobInput"]


@pytest.mark.parametrize("given", [{"Json": {"Line": True}}, {"Parquet": {}}, {"Csv": {}}])
def test_formats_of_batch_data_come_back(sm, given):
    job_input = {"BatchTransformInput": BATCH["BatchTransformInput"] | {"DatasetFormat": given}}
    assert made(sm, definition(unique("batch"), job_input))["DataQualityJobInput"] == job_input


def test_a_name_is_taken_in_any_case_but_in_each_family(sm, endpoint, refused):
    name = unique("Shared")
    for kind in FAMILIES:
        made(sm, definition(name, endpoint_input(endpoint), kind), kind)
    with refused("ResourceInUse", name):
        operation(sm, "create", "ModelBias")(**definition(name, endpoint_input(endpoint), "ModelBias"))
    with refused("ResourceInUse"):
        operation(sm, "create", "DataQuality")(**definition(name.lower(), endpoint_input(endpoint)))


def test_a_deleted_definition_is_gone(sm, endpoint, kind, refused):
    name = unique("gone")
    made(sm, definition(name, endpoint_input(endpoint), kind), kind)
    operation(sm, "delete", kind)(JobDefinitionName=name)
    for verb in ("describe", "delete"):
        with refused("ResourceNotFound", name):
            operation(sm, verb, kind)(JobDefinitionName=name)
    made(sm, definition(name, endpoint_input(endpoint), kind), kind)


def test_the_sdk_catches_a_missing_definition_by_class(sm):
    with pytest.raises(sm.exceptions.ResourceNotFound):
        sm.describe_data_quality_job_definition(JobDefinitionName="nobody")


@pytest.mark.parametrize(
    ("job_input", "text"),
    [
        ({}, "exactly one of EndpointInput and BatchTransformInput"),
        ({**BATCH, **endpoint_input("any")}, "exactly one of EndpointInput and BatchTransformInput"),
        (endpoint_input("Nobody"), 'Could not find endpoint "arn:'),
        (
            {"EndpointInput": {"EndpointName": "e", "LocalPath": "/x", "StartTimeOffset": "PT1H"}},
            "StartTimeOffset",
        ),
        (
            {"EndpointInput": {"EndpointName": "e", "LocalPath": "/x", "EndTimeOffset": "-P1Y"}},
            "EndTimeOffset",
        ),
    ],
)
def test_inputs_that_cannot_be_monitored_are_refused(sm, refused, job_input, text):
    with refused("ValidationException", text):
        sm.create_data_quality_job_definition(**definition(unique("bad"), job_input))


@pytest.mark.parametrize(
    ("changed", "member"),
    [
        ({"JobDefinitionName": "x" * 64}, "jobDefinitionName"),
        ({"JobDefinitionName": "under_score"}, "jobDefinitionName"),
        ({"RoleArn": "arn:aws:iam::1:role/x-too-short"}, "roleArn"),
        ({"StoppingCondition": {"MaxRuntimeInSeconds": 86401}}, "maxRuntimeInSeconds"),
        (
            {"DataQualityJobOutputConfig": {"MonitoringOutputs": results()["MonitoringOutputs"] * 2}},
            "monitoringOutputs",
        ),
        ({"Tags": [{"Key": f"k{n}", "Value": ""} for n in range(51)]}, "tags"),
    ],
)
def test_what_the_service_model_forbids_is_refused(sm, endpoint, refused, changed, member):
    request = definition(unique("bad"), endpoint_input(endpoint)) | changed
    with refused("ValidationException", "1 validation error detected", member):
        sm.create_data_quality_job_definition(**request)


def test_lists_are_of_one_family_and_filter_by_endpoint(sm, endpoint):
    part = unique("Listed")
    for n, job_input in enumerate((endpoint_input(endpoint), BATCH, endpoint_input(monitored(sm)))):
        made(sm, definition(f"{part}-{n}", job_input))
    made(sm, definition(f"{part}-other", BATCH, "ModelBias"), "ModelBias")
    listed = sm.list_data_quality_job_definitions(NameContains=part.lower())["JobDefinitionSummaries"]
    names = [each["MonitoringJobDefinitionName"] for each in listed]
    assert names == [f"{part}-2", f"{part}-1", f"{part}-0"]
    assert (listed[1]["EndpointName"], listed[2]["EndpointName"]) == ("", endpoint)
    of_one = sm.list_data_quality_job_definitions(NameContains=part, EndpointName=endpoint.upper())
    assert [each["EndpointName"] for each in of_one["JobDefinitionSummaries"]] == [endpoint]
    told = sm.describe_data_quality_job_definition(JobDefinitionName=f"{part}-0")
    assert listed[2] == {
        "MonitoringJobDefinitionName": f"{part}-0",
        "MonitoringJobDefinitionArn": told["JobDefinitionArn"],
        "CreationTime": told["CreationTime"],
        "EndpointName": endpoint,
    }
    by_name = sm.list_data_quality_job_definitions(
        NameContains=part, SortBy="Name", SortOrder="Ascending", MaxResults=2
    )
    assert len(by_name["JobDefinitionSummaries"]) == 2
    rest = sm.list_data_quality_job_definitions(
        NameContains=part, SortBy="Name", SortOrder="Ascending", NextToken=by_name["NextToken"]
    )
    assert [each["MonitoringJobDefinitionName"] for each in rest["JobDefinitionSummaries"]] == [f"{part}-2"]


def test_a_definition_may_be_made_before_its_endpoint_captures(sm):
    """The schedule is what needs the capture."""
    made(sm, definition(unique("early"), endpoint_input(deployed(sm, unique("early"))), RoleArn=ROLE))
    off = deployed(sm, unique("off"), captures=capture(EnableCapture=False))
    made(sm, definition(unique("early"), endpoint_input(off)))
