"""Model packages and their groups, as boto3 makes them and reads them back."""

import pytest

from api_documents import BUCKET, deployed, unique, variant
from live_server import ROLE, TOY_IMAGE, in_service

BASELINES = {
    "ModelDataQuality": {
        "Statistics": {"ContentType": "application/json", "S3Uri": f"s3://{BUCKET}/b/statistics.json"},
        "Constraints": {"ContentType": "application/json", "S3Uri": f"s3://{BUCKET}/b/constraints.json"},
    },
    "Bias": {
        "PreTrainingConstraints": {
            "ContentType": "application/json",
            "S3Uri": f"s3://{BUCKET}/b/analysis.json",
        }
    },
}
METRICS = {
    "ModelQuality": {"Statistics": {"ContentType": "application/json", "S3Uri": f"s3://{BUCKET}/q.json"}}
}


def specification(*images, **members):
    containers = [{"Image": image, **members} for image in images or (TOY_IMAGE,)]
    return {
        "Containers": containers,
        "SupportedContentTypes": ["text/csv"],
        "SupportedResponseMIMETypes": ["text/csv"],
    }


def group(sm, **members):
    name = unique("group")
    sm.create_model_package_group(ModelPackageGroupName=name, **members)
    return name


def version(sm, name, status="Approved", **members):
    members = {"InferenceSpecification": specification(), **members}
    return sm.create_model_package(ModelPackageGroupName=name, ModelApprovalStatus=status, **members)[
        "ModelPackageArn"
    ]


def listed(sm, **asked):
    return [each["ModelPackageArn"] for each in sm.list_model_packages(**asked)["ModelPackageSummaryList"]]


def test_a_group_comes_back_as_it_was_sent_and_is_listed(sm):
    name = group(sm, ModelPackageGroupDescription="of churn", Tags=[{"Key": "team", "Value": "churn"}])
    arn = f"arn:aws:sagemaker:us-east-1:000000000000:model-package-group/{name.lower()}"
    for given in (name, arn):
        told = sm.describe_model_package_group(ModelPackageGroupName=given)
        assert (told["ModelPackageGroupName"], told["ModelPackageGroupArn"]) == (name, arn)
        assert (told["ModelPackageGroupDescription"], told["ModelPackageGroupStatus"]) == (
            "of churn",
            "Completed",
        )
    there = sm.list_model_package_groups(NameContains=name)["ModelPackageGroupSummaryList"]
    assert [each["ModelPackageGroupName"] for each in there] == [name]
    assert sm.list_tags(ResourceArn=arn)["Tags"] == [{"Key": "team", "Value": "churn"}]


def test_a_groups_name_is_taken_in_any_case(sm, refused):
    name = group(sm)
    with refused("ValidationException", "Model Package Group already exists: arn:aws:"):
        sm.create_model_package_group(ModelPackageGroupName=name.upper())


def test_versions_count_up_and_keep_baselines_metrics_and_approval(sm):
    name = group(sm)
    first = version(sm, name, DriftCheckBaselines=BASELINES, ModelMetrics=METRICS)
    second = sm.create_model_package(ModelPackageGroupName=name)["ModelPackageArn"]
    assert first.endswith(f":model-package/{name.lower()}/1")
    assert second.endswith(f":model-package/{name.lower()}/2")
    for given in (first, f"{name}/1"):
        told = sm.describe_model_package(ModelPackageName=given)
        assert (told["DriftCheckBaselines"], told["ModelMetrics"]) == (BASELINES, METRICS)
        assert (told["ModelPackageVersion"], told["ModelApprovalStatus"]) == (1, "Approved")
        assert (told["ModelPackageGroupName"], told["ModelPackageStatus"]) == (name, "Completed")
    assert (
        sm.describe_model_package(ModelPackageName=second)["ModelApprovalStatus"] == "PendingManualApproval"
    )


def test_the_number_of_a_deleted_version_is_not_given_again(sm):
    name = group(sm)
    version(sm, name)
    sm.delete_model_package(ModelPackageName=version(sm, name))
    assert version(sm, name).endswith("/3")


def test_versions_are_listed_by_group_and_approval_and_others_by_name(sm):
    name, alone = group(sm), unique("alone")
    first, second = version(sm, name), version(sm, name, "Rejected")
    own = sm.create_model_package(ModelPackageName=alone)["ModelPackageArn"]
    assert listed(sm, ModelPackageGroupName=name) == [first, second]
    assert listed(sm, ModelPackageGroupName=name, SortOrder="Descending") == [second, first]
    assert listed(sm, ModelPackageGroupName=name, ModelApprovalStatus="Approved") == [first]
    assert listed(sm, NameContains=alone) == [own]
    assert listed(sm, NameContains=alone, ModelPackageType="Versioned") == []
    assert listed(sm, NameContains=name, ModelPackageType="Both", MaxResults=1) == [first]


def test_an_approval_changes_what_is_told_and_nothing_else(sm):
    arn = version(sm, group(sm), "PendingManualApproval", CustomerMetadataProperties={"a": "1", "b": "2"})
    sm.update_model_package(
        ModelPackageArn=arn,
        ModelApprovalStatus="Approved",
        ApprovalDescription="good",
        CustomerMetadataProperties={"c": "3"},
        CustomerMetadataPropertiesToRemove=["a"],
    )
    told = sm.describe_model_package(ModelPackageName=arn)
    assert (told["ModelApprovalStatus"], told["ApprovalDescription"]) == ("Approved", "good")
    assert told["CustomerMetadataProperties"] == {"b": "2", "c": "3"}
    assert told["InferenceSpecification"] == specification()


def test_a_package_without_a_group_has_no_approval(sm, refused):
    name = unique("alone")
    with refused("ValidationException", "ModelApprovalStatus is for versions"):
        sm.create_model_package(ModelPackageName=name, ModelApprovalStatus="Approved")
    arn = sm.create_model_package(ModelPackageName=name)["ModelPackageArn"]
    assert arn.endswith(f":model-package/{name.lower()}")
    with refused("ValidationException", "is not a version in a group"):
        sm.update_model_package(ModelPackageArn=arn, ModelApprovalStatus="Approved")
    with refused("ValidationException", "ModelPackage already exists"):  # the SDK reads this text
        sm.create_model_package(ModelPackageName=name)


def test_a_package_is_of_one_group_that_is_there_or_has_a_name(sm, refused):
    for members in ({}, {"ModelPackageGroupName": "nobodys", "ModelPackageName": "mine"}):
        with refused("ValidationException", "either a ModelPackageGroupName"):
            sm.create_model_package(**members)
    with refused("ValidationException", "ModelPackageGroup arn:aws:", "does not exist"):
        sm.create_model_package(ModelPackageGroupName="nobodys")


def test_a_group_goes_once_its_packages_are_gone(sm, refused):
    name = group(sm)
    arn = version(sm, name)
    with refused("ConflictException", "contains Model Packages", f"{name}/1"):
        sm.delete_model_package_group(ModelPackageGroupName=name)
    sm.delete_model_package(ModelPackageName=arn)
    sm.delete_model_package_group(ModelPackageGroupName=name)
    with refused("ValidationException", "does not exist"):
        sm.describe_model_package_group(ModelPackageGroupName=name)


@pytest.mark.parametrize("given", ["arn:aws:sagemaker:us-east-1:000000000000:model/x", "nobodys/1"])
def test_what_is_no_package_is_refused(sm, refused, given):
    with refused("ValidationException"):
        sm.describe_model_package(ModelPackageName=given)


def test_a_model_of_a_package_answers_through_its_container(sm, runtime):
    arn = version(sm, group(sm))
    name = unique("packaged")
    sm.create_model(ModelName=name, PrimaryContainer={"ModelPackageName": arn}, ExecutionRoleArn=ROLE)
    assert sm.describe_model(ModelName=name)["PrimaryContainer"] == {"ModelPackageName": arn}
    deployed(sm, name, variant(name))
    in_service(sm, name)
    answer = runtime.invoke_endpoint(EndpointName=name, ContentType="text/csv", Body="1,2")
    assert answer["Body"].read()


def test_a_model_takes_no_version_that_is_not_approved(sm, refused):
    arn = version(sm, group(sm), "PendingManualApproval")
    with refused("ValidationException", "PendingManualApproval", "approve it first"):
        sm.create_model(
            ModelName=unique("early"), PrimaryContainer={"ModelPackageName": arn}, ExecutionRoleArn=ROLE
        )


def test_a_model_of_a_package_without_containers_is_refused(sm, refused):
    arn = sm.create_model_package(ModelPackageName=unique("empty"))["ModelPackageArn"]
    with refused("ValidationException", "no InferenceSpecification"):
        sm.create_model(
            ModelName=unique("hollow"), PrimaryContainer={"ModelPackageName": arn}, ExecutionRoleArn=ROLE
        )
