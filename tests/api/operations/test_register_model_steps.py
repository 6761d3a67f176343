"""Steps of pipelines that register versions of models, over a live server."""

from api_documents import BUCKET, unique
from check_steps import ran

JSON = "application/json"


def register(group, **members):
    source = {"ContentType": JSON, "S3Uri": f"s3://{BUCKET}/b/constraints.json"}
    arguments = {
        "ModelPackageGroupName": group,
        "ModelApprovalStatus": "Approved",
        "DriftCheckBaselines": {"ModelDataQuality": {"Constraints": source}},
    }
    return {"Name": "register", "Type": "RegisterModel", "Arguments": {**arguments, **members}}


def test_a_version_is_registered_in_a_group_that_is_made_for_it(sm):
    group = unique("made-by-step")
    arns = [ran(sm, register(group))["register"]["Metadata"]["RegisterModel"]["Arn"] for _ in range(2)]
    assert [arn.rpartition("/")[2] for arn in arns] == ["1", "2"]
    told = sm.describe_model_package(ModelPackageName=arns[0])
    assert told["DriftCheckBaselines"]["ModelDataQuality"]["Constraints"]["ContentType"] == JSON
    assert sm.describe_model_package_group(ModelPackageGroupName=group)["ModelPackageGroupName"] == group


def test_arguments_that_are_no_package_fail_the_step(sm):
    step = ran(sm, register(unique("bad"), ModelApprovalStatus="Perhaps"))["register"]
    assert step["StepStatus"] == "Failed"
    assert "Perhaps" in step["FailureReason"]
