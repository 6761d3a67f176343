"""Search, and models as rows of AWS's model dashboard."""

from datetime import UTC, datetime

import pytest

from api_documents import by_name, run_by_hand
from live_server import ROLE, TOY_IMAGE, in_service
from pipeline_definitions import definition

NAME = "search-subject"
ANALYZER = "156813124566.dkr.ecr.us-east-1.amazonaws.com/sagemaker-model-monitor-analyzer"
PLACE = "s3://sagemaker-us-east-1-000000000000/search/captured"
CLUSTER = {"ClusterConfig": {"InstanceCount": 1, "InstanceType": "ml.m5.xlarge", "VolumeSizeInGB": 20}}
OUTPUT = {"S3OutputPath": "s3://sagemaker-us-east-1-000000000000/search/out"}


def named(name, operator="Equals", value=NAME):
    return {"Filters": [{"Name": name, "Operator": operator, "Value": value}]}


@pytest.fixture(scope="module")
def models(sm):
    """Three models; the first is behind an endpoint."""
    names = [f"{NAME}-{n}" for n in range(3)]
    for n, name in enumerate(names):
        tags = [{"Key": "search-owner", "Value": f"team-{n % 2}"}]
        container = {"Image": TOY_IMAGE}
        sm.create_model(ModelName=name, PrimaryContainer=container, ExecutionRoleArn=ROLE, Tags=tags)
    variant = {"VariantName": "AllTraffic", "ModelName": names[0], "InitialInstanceCount": 1}
    capture = {
        "EnableCapture": True, "InitialSamplingPercentage": 100, "DestinationS3Uri": f"{PLACE}-live",
        "CaptureOptions": [{"CaptureMode": "Input"}],
    }  # fmt: skip
    sm.create_endpoint_config(
        EndpointConfigName=NAME, ProductionVariants=[variant | {"InstanceType": "ml.m5.large"}],
        DataCaptureConfig=capture,
    )  # fmt: skip
    sm.create_endpoint(EndpointName=NAME, EndpointConfigName=NAME)
    in_service(sm, NAME)
    return names


def schedule(sm, name, source):
    sm.create_data_quality_job_definition(
        JobDefinitionName=name,
        RoleArn=ROLE,
        DataQualityAppSpecification={"ImageUri": ANALYZER},
        DataQualityJobInput=source,
        DataQualityJobOutputConfig={
            "MonitoringOutputs": [
                {
                    "S3Output": {
                        "S3Uri": f"{OUTPUT['S3OutputPath']}/{name}",
                        "LocalPath": "/opt/ml/processing/o",
                    }
                }
            ]
        },
        JobResources=CLUSTER,
    )
    run_by_hand(sm, name, by_name(name))  # an hour that begins meanwhile would put its alert in force


@pytest.fixture(scope="module")
def monitored(sm, models):
    """A schedule of the endpoint, and one of what a transform job of the second model captures."""
    place = {"LocalPath": "/opt/ml/processing/input"}
    schedule(sm, f"{NAME}-live", {"EndpointInput": {"EndpointName": NAME, **place}})
    batch = {"DataCapturedDestinationS3Uri": PLACE, "DatasetFormat": {"Csv": {"Header": True}}, **place}
    schedule(sm, f"{NAME}-batch", {"BatchTransformInput": batch})
    source = {"S3DataSource": {"S3DataType": "S3Prefix", "S3Uri": "s3://nowhere/at-all"}}
    for number in (1, 2):
        sm.create_transform_job(
            TransformJobName=f"{NAME}-{number}",
            ModelName=models[1],
            TransformInput={"DataSource": source, "ContentType": "text/csv"},
            TransformOutput=OUTPUT,
            TransformResources={"InstanceType": "ml.m5.large", "InstanceCount": 1},
            DataCaptureConfig={"DestinationS3Uri": f"{PLACE}/"},
        )
    return models


def row_of(sm, name):
    [found] = sm.search(Resource="Model", SearchExpression=named("ModelName", value=name))["Results"]
    return found["Model"]


def test_models_are_found_by_name_and_by_tag(sm, models):
    found = sm.search(Resource="Model", SearchExpression=named("ModelName", "Contains"))
    assert {each["Model"]["Model"]["ModelName"] for each in found["Results"]} == set(models)
    assert found["TotalHits"] == {"Value": 3, "Relation": "EqualTo"}
    found = sm.search(Resource="Model", SearchExpression=named("Tags.search-owner", value="team-1"))
    [only] = found["Results"]
    assert only["Model"]["Model"]["ModelName"] == models[1]
    assert only["Model"]["Model"]["Tags"] == [{"Key": "search-owner", "Value": "team-1"}]


def test_pages_follow_one_another_in_the_order_that_was_asked_for(sm, models):
    asked = {
        "Resource": "Model", "SearchExpression": named("ModelName", "Contains"), "MaxResults": 2,
        "SortBy": "ModelName", "SortOrder": "Ascending",
    }  # fmt: skip
    first = sm.search(**asked)
    second = sm.search(**asked, NextToken=first["NextToken"])
    names = [each["Model"]["Model"]["ModelName"] for each in first["Results"] + second["Results"]]
    assert names == models
    assert "NextToken" not in second


def test_a_token_of_another_search_is_refused(sm, models, refused):
    first = sm.search(Resource="Model", SearchExpression=named("ModelName", "Contains"), MaxResults=1)
    with refused("ValidationException", "NextToken"):
        sm.search(Resource="Endpoint", NextToken=first["NextToken"])


def test_a_model_comes_with_its_endpoints_and_their_schedules(sm, monitored):
    row = row_of(sm, monitored[0])
    assert [(each["EndpointName"], each["EndpointStatus"]) for each in row["Endpoints"]] == [
        (NAME, "InService")
    ]
    [watched] = row["MonitoringSchedules"]
    assert watched["MonitoringScheduleName"] == f"{NAME}-live"
    assert watched["EndpointName"] == NAME
    assert watched["MonitoringScheduleConfig"]["MonitoringJobDefinitionName"] == f"{NAME}-live"
    [alert] = watched["MonitoringAlertSummaries"]
    assert (alert["AlertStatus"], alert["DatapointsToAlert"]) == ("OK", 1)
    assert "LastBatchTransformJob" not in row
    assert "ModelCard" not in row


def test_a_model_comes_with_its_last_transform_job_and_the_schedules_of_what_it_captured(sm, monitored):
    row = row_of(sm, monitored[1])
    assert row["LastBatchTransformJob"]["TransformJobName"] == f"{NAME}-2"
    [watched] = row["MonitoringSchedules"]
    assert watched["MonitoringScheduleName"] == f"{NAME}-batch"
    assert watched["BatchTransformInput"]["DataCapturedDestinationS3Uri"] == PLACE
    assert "Endpoints" not in row


def test_a_model_that_nobody_uses_has_no_more_than_itself(sm, monitored):
    assert set(row_of(sm, monitored[2])) == {"Model"}


def test_endpoints_are_found_by_a_member_of_a_list(sm, models):
    found = sm.search(
        Resource="Endpoint", SearchExpression=named("ProductionVariants.ModelName", value=models[0])
    )
    [only] = found["Results"]
    assert only["Endpoint"]["EndpointName"] == NAME
    assert only["Endpoint"]["ProductionVariants"][0]["VariantName"] == "AllTraffic"


def test_training_jobs_are_found_by_time(sm):
    before = datetime.now(UTC).isoformat()
    sm.create_training_job(
        TrainingJobName=NAME,
        AlgorithmSpecification={"TrainingImage": TOY_IMAGE, "TrainingInputMode": "File"},
        RoleArn=ROLE,
        OutputDataConfig=OUTPUT,
        ResourceConfig={"InstanceType": "ml.m5.large", "InstanceCount": 1, "VolumeSizeInGB": 1},
        StoppingCondition={"MaxRuntimeInSeconds": 60},
    )
    asked = {"Filters": [
        {"Name": "TrainingJobName", "Operator": "Equals", "Value": NAME},
        {"Name": "CreationTime", "Operator": "GreaterThan", "Value": before},
    ]}  # fmt: skip
    [found] = sm.search(Resource="TrainingJob", SearchExpression=asked)["Results"]
    assert found["TrainingJob"]["TrainingJobStatus"] == "Completed"


def test_packages_groups_and_pipelines_are_found(sm):
    sm.create_model_package_group(ModelPackageGroupName=NAME, ModelPackageGroupDescription="found")
    container = {"Image": TOY_IMAGE}
    sm.create_model_package(
        ModelPackageGroupName=NAME, ModelApprovalStatus="Approved",
        InferenceSpecification={
            "Containers": [container], "SupportedContentTypes": ["text/csv"],
            "SupportedResponseMIMETypes": ["text/csv"],
        },
    )  # fmt: skip
    [group] = sm.search(
        Resource="ModelPackageGroup", SearchExpression=named("ModelPackageGroupDescription", value="found")
    )["Results"]
    assert group["ModelPackageGroup"]["ModelPackageGroupName"] == NAME
    asked = (
        named("ModelPackageGroupName")["Filters"] + named("ModelApprovalStatus", value="Approved")["Filters"]
    )
    [package] = sm.search(Resource="ModelPackage", SearchExpression={"Filters": asked})["Results"]
    assert package["ModelPackage"]["ModelPackageVersion"] == 1
    step = {"Name": "No", "Type": "Fail", "Arguments": {"ErrorMessage": "no"}}
    sm.create_pipeline(
        PipelineName=NAME, PipelineDefinition=definition(step), RoleArn=ROLE, ClientRequestToken="t" * 32
    )
    [pipeline] = sm.search(Resource="Pipeline", SearchExpression=named("PipelineName"))["Results"]
    assert pipeline["Pipeline"]["PipelineStatus"] == "Active"
    arn = sm.start_pipeline_execution(PipelineName=NAME, ClientRequestToken="u" * 32)["PipelineExecutionArn"]
    found = sm.search(Resource="PipelineExecution", SearchExpression=named("PipelineExecutionArn", value=arn))
    assert found["Results"][0]["PipelineExecution"]["PipelineExecutionArn"] == arn


def test_of_what_is_not_kept_here_there_is_none(sm):
    assert sm.search(Resource="Experiment")["Results"] == []


def test_a_filter_without_its_value_is_refused(sm, refused):
    with refused("ValidationException", "needs a Value"):
        sm.search(
            Resource="Model", SearchExpression={"Filters": [{"Name": "ModelName", "Operator": "Equals"}]}
        )
