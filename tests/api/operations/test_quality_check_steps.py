"""Quality check steps of pipelines over a live server."""

import json
import math
import random

import pytest

from api_documents import BUCKET, unique
from check_steps import arguments, check, ran

CONSTRAINTS, STATISTICS = "constraints.json", "statistics.json"
GOOD = {"F1": 1.5, "F2": 10.0}


def rows(seed, shift=0.0):
    """Numbers with a label and a prediction."""
    chance = random.Random(seed)
    lines = ["F1,F2,color,truth,said"]
    for _ in range(60):
        first, second = chance.gauss(shift, 1), chance.gauss(5, 2)
        truth = first + 0.5 * second
        color = chance.choice(["red", "blue"])
        lines.append(f"{first:.4f},{second:.4f},{color},{truth:.4f},{truth + chance.gauss(0, 0.2):.4f}")
    return "\n".join(lines) + "\n"


@pytest.fixture(scope="module")
def data(live):
    """Key of the data of the tests."""
    key = f"{unique('quality-data')}/data.csv"
    put(live, key, rows(1))
    return key


def put(live, key, text):
    live.client("s3").put_object(Bucket=BUCKET, Key=key, Body=text)
    return f"s3://{BUCKET}/{key}"


def read(live, uri):
    bucket, _, key = uri.removeprefix("s3://").partition("/")
    return json.loads(live.client("s3").get_object(Bucket=bucket, Key=key)["Body"].read())


@pytest.fixture(scope="module")
def baseline(live, sm, data):
    """What a first run calculates, by check type: metadata."""
    skipped = {"SkipCheck": True, "RegisterNewBaseline": True}
    where = unique("baseline")
    steps = ran(
        sm,
        check("data", "DATA_QUALITY", arguments(data, f"{where}/data"), **skipped),
        check("model", "MODEL_QUALITY", model_arguments(data, f"{where}/model"), **skipped),
    )
    return {name: step["Metadata"]["QualityCheck"] for name, step in steps.items()}


def model_arguments(data, results):
    return arguments(
        data,
        results,
        analysis_type="MODEL_QUALITY",
        problem_type="Regression",
        inference_attribute="said",
        ground_truth_attribute="truth",
    )


def supplied(found):
    return {
        "SuppliedBaselineConstraints": found["CalculatedBaselineConstraints"],
        "SuppliedBaselineStatistics": found["CalculatedBaselineStatistics"],
    }


def test_a_first_run_calculates_a_baseline_and_checks_nothing(baseline):
    for name, check_type in (("data", "DATA_QUALITY"), ("model", "MODEL_QUALITY")):
        found = baseline[name]
        assert (found["CheckType"], found["SkipCheck"], found["RegisterNewBaseline"]) == (
            check_type,
            True,
            True,
        )
        assert found["CalculatedBaselineConstraints"].endswith(f"/{name}/{CONSTRAINTS}")
        assert found["CalculatedBaselineStatistics"].endswith(f"/{name}/{STATISTICS}")
        assert found["BaselineUsedForDriftCheckConstraints"] == found["CalculatedBaselineConstraints"]
        assert ":processing-job/" in found["CheckJobArn"]
        assert "ViolationReport" not in found


def test_the_same_data_are_clean_and_give_the_same_baseline_once_more(live, sm, data, baseline):
    where = unique("same")
    steps = ran(
        sm,
        check("data", "DATA_QUALITY", arguments(data, f"{where}/data"), **supplied(baseline["data"])),
        check(
            "model", "MODEL_QUALITY", model_arguments(data, f"{where}/model"), **supplied(baseline["model"])
        ),
    )
    for name, step in steps.items():
        found = step["Metadata"]["QualityCheck"]
        assert (step["StepStatus"], found.get("ViolationReport")) == ("Succeeded", None)
        assert "FailureReason" not in step
        used = found["BaselineUsedForDriftCheckConstraints"]
        assert used == baseline[name]["CalculatedBaselineConstraints"]
        assert found["CalculatedBaselineConstraints"].endswith(f"/{where}/{name}/{CONSTRAINTS}")
        assert read(live, found["CalculatedBaselineConstraints"]) == read(live, used)


@pytest.mark.slow
def test_settings_of_the_job_shape_the_baseline_of_a_check_as_they_shape_any(live, sm, data, baseline):
    job = arguments(data, unique("chi"), categorical_drift_method="ChiSquared")
    step = ran(sm, check("data", "DATA_QUALITY", job, **supplied(baseline["data"])))["data"]
    found = read(live, step["Metadata"]["QualityCheck"]["CalculatedBaselineConstraints"])
    drift = found["monitoring_config"]["distribution_constraints"]
    assert drift["categorical_drift_method"] == "ChiSquared"


def as_text(live, uri, column):
    """The constraints with a column declared to be text."""
    constraints = read(live, uri)
    for feature in constraints["features"]:
        if feature["name"] == column:
            feature["inferred_type"] = "String"
            feature["string_constraints"] = {"domains": ["a"]}
            feature.pop("num_constraints", None)
    return constraints


@pytest.fixture(scope="module")
def wrong_type(live, baseline):
    """A baseline whose F2 is text, while the data have numbers."""
    changed = as_text(live, baseline["data"]["CalculatedBaselineConstraints"], "F2")
    uri = put(live, f"{unique('wrong')}/{CONSTRAINTS}", json.dumps(changed))
    return {**supplied(baseline["data"]), "SuppliedBaselineConstraints": uri}


@pytest.mark.parametrize("given", [{}, pytest.param({"FailOnViolation": True}, marks=pytest.mark.slow)])
def test_a_column_of_another_type_fails_the_step(sm, data, wrong_type, given):
    step = ran(sm, check("data", "DATA_QUALITY", arguments(data, unique("bad")), **wrong_type, **given))[
        "data"
    ]
    report = step["Metadata"]["QualityCheck"]["ViolationReport"]
    assert step["StepStatus"] == "Failed"
    sentence = f"ClientError: Quality check failed. See violation report {report}"
    assert step["FailureReason"].startswith(sentence)
    assert "F2 (data_type_check)" in step["FailureReason"]


@pytest.mark.slow
def test_violations_that_may_be_leave_the_step_without_a_reason(live, sm, data, wrong_type):
    job = arguments(data, unique("allowed"))
    step = ran(sm, check("data", "DATA_QUALITY", job, **wrong_type, FailOnViolation=False))["data"]
    assert (step["StepStatus"], step.get("FailureReason")) == ("Succeeded", None)
    found = read(live, step["Metadata"]["QualityCheck"]["ViolationReport"])["violations"]
    assert {"F2"} == {each["feature_name"] for each in found}


def test_each_limit_on_a_measure_is_kept_at_the_very_value_and_broken_below(live, sm, data, baseline):
    limits = read(live, baseline["model"]["CalculatedBaselineConstraints"])
    for name, limit in limits["regression_constraints"].items():
        limit["threshold"] *= 0.1 if name != "r2" else 1
    bad = put(live, f"{unique('tight')}/{CONSTRAINTS}", json.dumps(limits))
    job = model_arguments(data, unique("tight-results"))
    step = ran(
        sm, check("model", "MODEL_QUALITY", job, SuppliedBaselineConstraints=bad, FailOnViolation=False)
    )
    report = step["model"]["Metadata"]["QualityCheck"]["ViolationReport"]
    found = {each["metric_name"] for each in read(live, report)["violations"]}
    assert found == {"mae", "mse", "rmse"}


@pytest.mark.slow
def test_a_limit_that_is_off_by_the_last_bit_is_kept(live, sm, data, baseline):
    limits = read(live, baseline["model"]["CalculatedBaselineConstraints"])
    for limit in limits["regression_constraints"].values():
        is_least = limit["comparison_operator"] == "LessThanThreshold"
        limit["threshold"] = math.nextafter(limit["threshold"], math.inf if is_least else -math.inf)
    uri = put(live, f"{unique('last-bit')}/{CONSTRAINTS}", json.dumps(limits))
    job = model_arguments(data, unique("last-bit-results"))
    step = ran(sm, check("model", "MODEL_QUALITY", job, SuppliedBaselineConstraints=uri))["model"]
    assert step["StepStatus"] == "Succeeded", step["FailureReason"]


@pytest.mark.slow
@pytest.mark.parametrize(
    ("skips", "registers", "uses_new"),
    [(False, False, False), (False, True, True), (True, False, False), (True, True, True)],
)
def test_which_baseline_comes_next(sm, data, wrong_type, skips, registers, uses_new):
    step = ran(
        sm,
        check(
            "data", "DATA_QUALITY", arguments(data, unique("four")), **wrong_type,
            SkipCheck=skips, RegisterNewBaseline=registers, FailOnViolation=False,
        ),
    )["data"]  # fmt: skip
    found = step["Metadata"]["QualityCheck"]
    assert ("ViolationReport" in found) is not skips
    wanted = found["CalculatedBaselineConstraints"] if uses_new else wrong_type["SuppliedBaselineConstraints"]
    assert found["BaselineUsedForDriftCheckConstraints"] == wanted
    assert (found["SkipCheck"], found["RegisterNewBaseline"]) == (skips, registers)


@pytest.fixture(scope="module")
def group(sm):
    name = unique("quality-group")
    sm.create_model_package_group(ModelPackageGroupName=name)
    return name


def registered(sm, group, found, status="Approved"):
    """A package with a baseline of data quality."""
    files = {
        part: {"ContentType": "application/json", "S3Uri": found[f"SuppliedBaseline{part}"]}
        for part in ("Constraints", "Statistics")
    }
    return sm.create_model_package(
        ModelPackageGroupName=group,
        ModelApprovalStatus=status,
        DriftCheckBaselines={"ModelDataQuality": files},
    )["ModelPackageArn"]


@pytest.mark.slow
def test_the_latest_approved_package_counts_unless_a_baseline_is_supplied(
    sm, data, baseline, wrong_type, group
):
    registered(sm, group, wrong_type)
    registered(sm, group, supplied(baseline["data"]), "PendingManualApproval")

    def used(**given):
        job = arguments(data, unique("registered"))
        fields = {"ModelPackageGroupName": group, "FailOnViolation": False, **given}
        step = ran(sm, check("data", "DATA_QUALITY", job, **fields))["data"]
        assert step["Metadata"]["QualityCheck"]["ModelPackageGroupName"] == group
        return step["Metadata"]["QualityCheck"]["BaselineUsedForDriftCheckConstraints"]

    good = baseline["data"]["CalculatedBaselineConstraints"]
    assert used() == wrong_type["SuppliedBaselineConstraints"]
    assert used(SuppliedBaselineConstraints=good) == good
    registered(sm, group, supplied(baseline["data"]))
    assert used() == good


@pytest.mark.parametrize(
    ("given", "texts"),
    [
        ({}, ("no baseline", "SuppliedBaselineConstraints", "SkipCheck true")),
        ({"ModelPackageGroupName": "nobodys"}, ("no baseline", "nobodys has no approved package")),
        ({"SuppliedBaselineConstraints": ""}, ("no baseline",)),
    ],
)
def test_a_check_without_a_baseline_fails_and_says_what_to_give(sm, data, given, texts):
    step = ran(sm, check("data", "DATA_QUALITY", arguments(data, unique("none")), **given))["data"]
    assert step["StepStatus"] == "Failed"
    for text in texts:
        assert text in step["FailureReason"]


@pytest.mark.slow
def test_results_never_go_over_the_baseline_that_they_are_held_against(live, sm, data):
    where = unique("same-place")
    job = arguments(data, where)
    first = ran(sm, check("data", "DATA_QUALITY", job, SkipCheck=True))["data"]["Metadata"]["QualityCheck"]
    assert "BaselineUsedForDriftCheckConstraints" not in first
    before = read(live, first["CalculatedBaselineStatistics"])
    put(live, data.replace("data.csv", "shifted.csv"), rows(2, shift=30.0))
    job = arguments(data.replace("data.csv", "shifted.csv"), where)
    second = ran(sm, check("data", "DATA_QUALITY", job, **supplied(first), FailOnViolation=False))["data"]
    found = second["Metadata"]["QualityCheck"]
    assert found["CalculatedBaselineConstraints"].startswith(f"s3://{BUCKET}/{where}/")
    assert found["CalculatedBaselineConstraints"] != first["CalculatedBaselineConstraints"]
    assert read(live, first["CalculatedBaselineStatistics"]) == before


@pytest.mark.slow
def test_flags_and_baselines_come_from_parameters(sm, data, baseline):
    job = arguments(data, unique("parameters"))
    steps = ran(
        sm,
        check(
            "data", "DATA_QUALITY", job,
            SkipCheck={"Get": "Parameters.Skip"}, RegisterNewBaseline={"Get": "Parameters.Register"},
            SuppliedBaselineConstraints={"Get": "Parameters.Known"},
        ),
        parameters=[
            {"Name": "Skip", "Type": "Boolean", "DefaultValue": False},
            {"Name": "Register", "Type": "String", "DefaultValue": "True"},
            {"Name": "Known", "Type": "String",
             "DefaultValue": baseline["data"]["CalculatedBaselineConstraints"]},
        ],
    )  # fmt: skip
    found = steps["data"]["Metadata"]["QualityCheck"]
    assert (found["SkipCheck"], found["RegisterNewBaseline"]) == (False, True)


@pytest.mark.slow
def test_a_missing_file_of_a_baseline_is_named(sm, data):
    uri = f"s3://{BUCKET}/nowhere/{CONSTRAINTS}"
    job = arguments(data, unique("missing"))
    step = ran(sm, check("data", "DATA_QUALITY", job, SuppliedBaselineConstraints=uri))["data"]
    assert step["StepStatus"] == "Failed"
    assert uri in step["FailureReason"]
