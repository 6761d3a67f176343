"""What a check step asks for: its wishes, and the job that follows from them."""

import pytest

from leeboard.service.pipelines.checks.baselines import BaselineFiles
from leeboard.service.pipelines.checks.request import calculated, check_request, held_against, results_of
from leeboard.service.pipelines.checks.wishes import Wishes, complaints
from leeboard.service.refusals import InvalidRequestError

DATA = {"CheckType": "DATA_QUALITY"}
OUT = "/opt/ml/processing/output"
KNOWN = BaselineFiles("s3://b/known/constraints.json", "s3://b/known/statistics.json")


def job(folder="s3://b/new", path=OUT, **environment):
    output = {"OutputName": "result", "S3Output": {"S3Uri": folder, "LocalPath": OUT}}
    return {
        "ProcessingInputs": [],
        "ProcessingOutputConfig": {"Outputs": [output]},
        "Environment": {"output_path": path, **environment},
    }


def request(arguments, fields=DATA, known=KNOWN):
    return check_request(arguments, Wishes.of(fields), known, "key")


def test_what_is_not_said_is_as_aws_has_it():
    wishes = Wishes.of(DATA)
    assert (wishes.skips, wishes.fails, wishes.registers) == (False, True, False)
    assert (wishes.group, wishes.constraints, wishes.statistics, wishes.model) == (None, None, None, None)


@pytest.mark.parametrize(
    ("given", "expected"), [(True, True), ("True", True), ("false", False), (None, False)]
)
def test_a_flag_is_true_or_false_or_a_text_of_one(given, expected):
    assert Wishes.of({**DATA, "SkipCheck": given}).skips is expected


@pytest.mark.parametrize(
    ("fields", "text"),
    [
        ({"CheckType": "DATA"}, "DATA_QUALITY"),
        ({**DATA, "SkipCheck": "perhaps"}, "true or false"),
        ({**DATA, "SuppliedBaselineConstraints": 5}, "expected a text"),
        ({**DATA, "SuppliedBaselineConstraints": "/etc/passwd"}, "expected the S3 URI"),
        ({**DATA, "SuppliedBaselineStatistics": "file:///etc/passwd"}, "expected the S3 URI"),
        ({"CheckType": "MODEL_BIAS"}, "ModelName"),
        (
            {**DATA, "ModelPackageGroupName": "arn:aws:sagemaker:us-east-1:000000000000:model/x"},
            "model-package-group",
        ),
    ],
)
def test_a_wrong_field_is_refused_with_what_is_known(fields, text):
    with pytest.raises(InvalidRequestError, match=text):
        Wishes.of(fields)


def test_a_group_may_be_given_by_its_arn():
    arn = "arn:aws:sagemaker:us-east-1:000000000000:model-package-group/churn"
    assert Wishes.of({**DATA, "ModelPackageGroupName": arn}).group == "churn"


def test_a_definition_is_told_what_its_check_steps_lack():
    assert list(complaints(DATA, "QualityCheck")) == []
    assert "DATA_BIAS" in next(complaints(DATA, "ClarifyCheck"))
    assert "ModelName" in next(complaints({"CheckType": "MODEL_BIAS"}, "ClarifyCheck"))


def test_the_job_is_told_what_it_is_held_against():
    asked = request(job())
    assert held_against(asked) == KNOWN
    place = "/opt/ml/processing/baseline/baseline_constraints/constraints.json"
    assert asked["Environment"]["baseline_constraints"] == place
    assert asked["Environment"]["analysis_type"] == "DATA_QUALITY"


def test_a_job_that_skips_the_check_makes_a_baseline_alone():
    asked = request(job(), {**DATA, "SkipCheck": True})
    assert held_against(asked) == BaselineFiles()
    assert "baseline_constraints" not in asked["Environment"]


def test_the_model_is_named_to_the_job_and_not_written_into_the_configuration():
    fields = {"CheckType": "MODEL_BIAS", "ModelName": "churn"}
    asked = request(job(), fields, BaselineFiles("s3://b/known/analysis.json"))
    assert asked["Environment"]["leeboard_model_name"] == "churn"


@pytest.mark.parametrize(
    ("path", "expected"),
    [(OUT, "s3://b/new"), (f"{OUT}/", "s3://b/new"), (f"{OUT}/deep/er", "s3://b/new/deep/er")],
)
def test_results_are_where_the_jobs_folder_is_uploaded_to(path, expected):
    assert results_of(job(path=path)) == expected
    assert (
        calculated(job(path=path), Wishes.of(DATA).check_type).constraints == f"{expected}/constraints.json"
    )


def test_an_output_that_is_elsewhere_is_refused():
    with pytest.raises(InvalidRequestError, match="no output around its output_path"):
        results_of(job(path="/opt/ml/processing/out"))


@pytest.mark.parametrize("skips", [False, True])
def test_results_get_a_folder_of_their_own_below_the_baseline_that_they_would_replace(skips):
    asked = request(job("s3://b/known"), {**DATA, "SkipCheck": skips})
    assert results_of(asked) == "s3://b/known/key"
    assert results_of(request(job("s3://b/other"))) == "s3://b/other"
