import json
from dataclasses import replace
from math import inf, nan
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from leeboard.errors import InputError, UnknownNameError
from leeboard.formats.model_quality import MetricConstraint, QualityConstraints
from leeboard.formats.reading import read_violations, to_json
from leeboard.monitors import MONITORS, Order, Result, StoredFile
from leeboard.monitors.model_quality import QualityBaseline, QualitySettings
from leeboard.tables import Block
from leeboard.tables.options import ReadOptions

CHURN = Path(__file__).parents[2].parent / "shared/data/churn/validation_with_predictions.csv"
MONITOR = MONITORS.get("model-quality")
PLACES = {"label": "label", "prediction": "prediction", "probability": "probability"}


def run(
    frame: pl.DataFrame,
    problem: str | None = None,
    baseline: Any = None,
    *,
    is_strict: bool = False,
    **more: Any,
) -> Result:
    settings = QualitySettings(problem_type=problem, **PLACES | more)
    analysis = MONITOR.start(Order(settings=settings, baseline=baseline, is_strict=is_strict))
    frame = frame.rename({name: f"leeboard:{name}" for name in frame.columns})
    return analysis.conclude(analysis.zero() + analysis.of(Block(frame)))


def binary(n_tp: int, n_fp: int, n_fn: int, n_tn: int) -> pl.DataFrame:
    rows = [("1", "1")] * n_tp + [("0", "1")] * n_fp + [("1", "0")] * n_fn + [("0", "0")] * n_tn
    return pl.DataFrame(rows, schema=["label", "prediction"], orient="row")


def limited(name: str, threshold: float, operator: Any = "LessThanThreshold") -> QualityBaseline:
    limit = MetricConstraint(threshold=threshold, comparison_operator=operator)
    return QualityBaseline(QualityConstraints(version=0.0, binary_classification_constraints={name: limit}))


@pytest.fixture(scope="module")
def churn() -> pl.DataFrame:
    if not CHURN.is_file():
        pytest.skip("the shared data sets are not beside the project")
    return pl.read_csv(CHURN, infer_schema=False)


def test_suggested_limits_are_the_measures_themselves(churn):
    baseline = run(churn, "BinaryClassification").baseline
    measured = baseline.statistics.metrics.measured()
    limits = baseline.constraints.binary_classification_constraints
    assert {name: limit.threshold for name, limit in limits.items()} == {
        name: measured[name].value for name in limits
    }
    assert limits["auc"].threshold == 0.9395127993393898
    above = {name for name, limit in limits.items() if limit.comparison_operator == "GreaterThanThreshold"}
    assert above == {"false_positive_rate", "false_negative_rate"}
    assert len(limits) == 11


def test_a_baseline_is_not_broken_by_its_own_data(churn):
    for is_strict in (False, True):
        baseline = run(churn, "BinaryClassification", is_strict=is_strict).baseline
        found = run(churn.reverse(), baseline=baseline, is_strict=False)
        assert found.violations.violations == []


def test_limits_of_regression_point_to_their_bad_sides():
    frame = pl.DataFrame({"label": [1.0, 2.0, 4.0], "prediction": [1.0, 2.5, 4.0]})
    limits = run(frame, "Regression").baseline.constraints.regression_constraints
    sides = {name: limit.comparison_operator.removesuffix("Threshold") for name, limit in limits.items()}
    assert sides == {"mae": "GreaterThan", "mse": "GreaterThan", "rmse": "GreaterThan", "r2": "LessThan"}


def test_a_worse_window_is_told_in_the_words_of_aws():
    baseline = run(binary(90, 10, 10, 90), "BinaryClassification").baseline
    found = run(binary(50, 10, 50, 90), baseline=baseline)
    texts = {v.subject: v.description for v in found.violations.violations}
    assert set(texts) >= {"recall", "truePositiveRate", "falseNegativeRate", "accuracy", "f0_5", "f1", "f2"}
    assert texts["recall"].startswith("Metric recall with 0.5 +/- 0.0")
    assert texts["recall"].endswith(" was LessThanThreshold '0.9'")
    assert texts["falseNegativeRate"].startswith("Metric falseNegativeRate with 0.5 +/- ")
    assert read_violations(to_json(found.violations)).violations == found.violations.violations


def test_a_hint_says_what_moved_and_how_far():
    baseline = run(binary(90, 10, 10, 90), "BinaryClassification").baseline
    found = run(binary(50, 10, 50, 90), baseline=baseline)
    hints = {v.subject: v.hint for v in found.violations.violations}
    assert hints["recall"].startswith(
        "50 of 100 (50.0%) rows labelled '1' were predicted '0', 10 of 100 (10.0%) in the baseline; "
        "beyond the limit by "
    )
    assert "precision is 0.833 (was 0.9) and recall is 0.5 (was 0.9)" in hints["f1"]


def test_a_hint_reads_a_matrix_in_another_order():
    baseline = run(binary(90, 10, 10, 90), "BinaryClassification").baseline
    matrix = baseline.statistics.metrics.confusion_matrix
    turned = {label: dict(reversed(row.items())) for label, row in reversed(matrix.items())}
    baseline.statistics.metrics.confusion_matrix = turned
    (first, *_) = run(binary(50, 10, 50, 90), baseline=baseline).violations.violations
    assert "10 of 100 (10.0%) in the baseline" in first.hint


def test_a_hint_tells_of_another_mix_of_classes():
    baseline = run(binary(90, 10, 10, 890), "BinaryClassification").baseline
    found = run(binary(450, 50, 50, 450), baseline=baseline).violations.violations
    hints = {violation.subject: violation.hint for violation in found}
    assert "50.0% of the rows are labelled '1' now, 10.0% were before" in hints["accuracy"]


def test_scores_of_the_other_class_are_suspected():
    frame = pl.DataFrame({"label": ["1", "1", "0"], "probability": [0.1, 0.2, 0.9]})
    (violation,) = run(frame, baseline=limited("auc", 0.9)).violations.violations
    assert (
        violation.hint
        == "the scores rank the classes the wrong way round: are they scores of the other class?"
    )


def test_a_hint_says_where_chance_may_explain_it():
    baseline = run(binary(90, 10, 10, 90), "BinaryClassification").baseline
    (first, *_) = run(binary(89, 10, 11, 90), baseline=baseline).violations.violations
    assert "which chance may explain: limits with slack would not have fired" in first.hint


def test_a_limit_with_slack_is_not_said_to_want_some():
    baseline = run(binary(90, 10, 10, 90), "BinaryClassification", slack="0.05").baseline
    (first, *_) = run(binary(84, 10, 16, 90), baseline=baseline).violations.violations
    assert "beyond the limit by" in first.hint
    assert "slack" not in first.hint


def test_strict_mode_is_silent_on_f0_5_and_has_no_hints():
    baseline = run(binary(90, 10, 10, 90), "BinaryClassification", is_strict=True).baseline
    assert "f0_5" in baseline.constraints.limits
    found = run(binary(50, 10, 50, 90), baseline=baseline, is_strict=True).violations.violations
    assert "f0_5" not in {v.subject for v in found}
    assert {v.leeboard for v in found} == {None}


def test_strict_mode_compares_to_the_last_digit():
    almost = limited("accuracy", 0.5 + 1e-16 * 2)
    assert run(binary(1, 1, 0, 0), baseline=almost).violations.violations == []
    assert len(run(binary(1, 1, 0, 0), baseline=almost, is_strict=True).violations.violations) == 1


def test_a_measure_equal_to_its_limit_is_good():
    assert run(binary(1, 1, 0, 0), baseline=limited("recall", 1.0)).violations.violations == []


def test_nan_is_noted_and_not_checked():
    frame = binary(2, 0, 0, 0).with_columns(probability=pl.lit(0.7))
    found = run(frame, baseline=limited("auc", 0.5))
    assert found.violations.violations == []
    assert "auc is NaN: it is not checked" in found.notes


def test_a_limit_on_what_was_not_measured_is_noted():
    found = run(binary(2, 0, 0, 0), baseline=limited("auc", 0.5))
    assert any("a limit for auc, which was not measured" in note for note in found.notes)


def test_a_limit_that_somebody_added_is_kept():
    added = limited("accuracy_best_constant_classifier", 0.6, "GreaterThanThreshold")
    (violation,) = run(binary(2, 0, 0, 8), baseline=added).violations.violations
    assert violation.subject == "accuracy_best_constant_classifier"


@pytest.mark.parametrize(
    ("slack", "recall", "false_rate"), [("0.05", 0.85, 0.15), ("10%", 0.81, 0.11), ("none", 0.9, 0.1)]
)
def test_slack_moves_limits_to_their_bad_sides(slack, recall, false_rate):
    frame = binary(90, 10, 10, 90)
    limits = run(frame, "BinaryClassification", slack=slack).baseline.constraints.limits
    assert limits["recall"].threshold == pytest.approx(recall)
    assert limits["false_positive_rate"].threshold == pytest.approx(false_rate)


def test_slack_in_deviations_follows_the_deviation():
    baseline = run(binary(90, 10, 10, 90), "BinaryClassification", slack="6sd").baseline
    recall = baseline.statistics.metrics.recall
    assert baseline.constraints.limits["recall"].threshold == recall.value - 6 * recall.standard_deviation
    assert baseline.constraints.leeboard.slack == "6sd"


def test_limits_stay_within_what_a_measure_can_be():
    limits = run(binary(99, 1, 1, 99), "BinaryClassification", slack="2").baseline.constraints.limits
    assert {limit.threshold for limit in limits.values()} == {0.0, 1.0}


def test_without_deviations_there_is_no_slack_and_a_note():
    found = run(binary(9, 1, 1, 9), "BinaryClassification", slack="6sd")
    assert found.baseline.constraints.limits["recall"].threshold == 0.9
    assert any("no slack for recall" in note for note in found.notes)


def test_strict_mode_has_no_slack():
    found = run(binary(9, 1, 1, 9), "BinaryClassification", is_strict=True, slack="0.1")
    assert found.baseline.constraints.limits["recall"].threshold == 0.9
    assert "slack and confidence are not used in strict mode" in found.notes[-1]


@pytest.mark.parametrize("slack", ["a lot", "-1", "5 %%", "3 sigma"])
def test_slack_in_another_form_is_refused(slack):
    with pytest.raises(InputError, match="is none of these: 'none', a number such as"):
        QualitySettings(slack=slack)


def test_settings_refuse_an_unknown_problem_type():
    with pytest.raises(UnknownNameError, match="did you mean 'Regression'"):
        QualitySettings(problem_type="Regresion")
    with pytest.raises(InputError, match="probability_threshold"):
        QualitySettings(probability_threshold=nan)


def test_somewhere_the_prediction_must_be():
    with pytest.raises(InputError, match="neither prediction nor probability is given"):
        MONITOR.start(Order(settings=QualitySettings(problem_type="Regression", label="y")))


def test_the_problem_type_comes_from_the_baseline_and_must_be_its():
    baseline = limited("recall", 0.5)
    assert run(binary(1, 1, 1, 1), baseline=baseline).documents["statistics.json"].problem_type
    with pytest.raises(InputError, match="measured as Regression, but the constraints are of Binary"):
        run(binary(1, 1, 1, 1), "Regression", baseline)
    with pytest.raises(InputError, match="problem_type is not given"):
        run(binary(1, 1, 1, 1))


def test_positive_label_and_threshold_come_from_the_baseline():
    frame = pl.DataFrame({"label": ["yes", "no"], "probability": [0.35, 0.1]})
    more: dict[str, Any] = {"positive_label": "yes", "probability_threshold": 0.3}
    baseline = run(frame, "BinaryClassification", **more).baseline
    found = run(frame, baseline=baseline).documents["statistics.json"]
    assert found.metrics.recall.value == 1.0


def test_a_check_writes_what_its_own_data_would_suggest():
    found = run(binary(5, 1, 1, 5), baseline=limited("recall", 0.5))
    assert found.documents["constraints.json"].limits["recall"].threshold == 5 / 6
    assert found.baseline.constraints.limits["recall"].threshold == 0.5


def test_metrics_are_all_measures_that_are_finite():
    frame = pl.DataFrame({"label": [1.0, 1.0], "prediction": [inf, 1.0]})
    limit = MetricConstraint(threshold=1.0, comparison_operator="GreaterThanThreshold")
    constraints = QualityConstraints(version=0.0, regression_constraints={"mae": limit})
    assert run(frame, baseline=QualityBaseline(constraints)).metrics == ()
    names = [m.MetricName for m in run(binary(5, 1, 1, 5), baseline=limited("recall", 0.5)).metrics]
    assert len(names) == 16
    assert "accuracy_best_constant_classifier" in names


def test_left_out_rows_are_noted():
    frame = pl.DataFrame({"label": ["1", None, "0"], "prediction": ["1", "1", None]})
    notes = run(frame, "BinaryClassification").notes
    assert notes[0] == "1 of 3 rows have no label that can be used: left out"
    assert notes[1] == "1 of 3 rows have a label but no prediction: left out"


def test_a_baseline_is_read_from_its_files(churn):
    made = run(churn, "BinaryClassification")
    files = {name: StoredFile(to_json(part).encode(), name) for name, part in made.documents.items()}
    read = MONITOR.read_baseline(files)
    assert json.loads(to_json(read.statistics)) == json.loads(files["statistics.json"].content)
    assert read.constraints == made.baseline.constraints
    assert MONITOR.read_baseline({"constraints.json": files["constraints.json"]}).statistics is None
    with pytest.raises(InputError, match="no constraints file was given beside statistics"):
        MONITOR.read_baseline({"statistics.json": files["statistics.json"]})


def test_data_are_read_by_the_locators_without_features():
    settings = QualitySettings(problem_type="Regression", label="y", prediction="0")
    analysis = MONITOR.start(Order(settings=settings))
    parts = analysis.reading(ReadOptions()).parts
    assert (parts.label, parts.prediction, parts.probability, parts.reads_features) == ("y", "0", None, False)


def test_the_class_that_lost_most_is_named():
    rows = {"label": ["a"] * 100 + ["b"] * 100, "prediction": ["a"] * 100 + ["b"] * 100}
    baseline = run(pl.DataFrame(rows), "MulticlassClassification").baseline
    rows["prediction"] = ["a"] * 100 + ["a"] * 40 + ["b"] * 60
    (violation, *_) = run(pl.DataFrame(rows), baseline=baseline).violations.violations
    assert violation.hint.startswith(
        "mostly class 'b': 60.0% of its 100 rows are right, 100.0% in the baseline; 40 were taken for 'a'"
    )


def test_errors_on_one_side_are_told_from_wider_ones():
    truth = [float(i) for i in range(10)]
    baseline = run(pl.DataFrame({"label": truth, "prediction": truth}), "Regression").baseline
    shifted = pl.DataFrame({"label": truth, "prediction": [y + 2 for y in truth]})
    hint = run(shifted, baseline=baseline).violations.violations[0].hint
    assert hint == "predictions are too high by 2 on average (+0 in the baseline): the errors are on one side"
    wider = pl.DataFrame({"label": truth, "prediction": [y + (-1) ** i for i, y in enumerate(truth)]})
    hint = run(wider, baseline=replace(baseline, statistics=None)).violations.violations[0].hint
    assert hint == "the errors lie on both sides, +0 on average: they are wider, not shifted"


def test_with_confidence_a_worse_value_within_chance_is_no_violation():
    baseline = run(binary(800, 100, 200, 900), "BinaryClassification", confidence=0.95).baseline
    close = run(binary(158, 22, 42, 178), baseline=baseline)
    assert close.violations.violations == []
    far = run(binary(120, 20, 80, 180), baseline=baseline)
    assert {"recall", "accuracy"} <= {one.subject for one in far.violations.violations}


def test_a_confidence_goes_with_the_constraints_alone():
    suggested = run(binary(800, 100, 200, 900), "BinaryClassification", confidence=0.95).baseline
    alone = QualityBaseline(suggested.constraints)
    assert suggested.constraints.limits["recall"].leeboard.standard_deviation > 0
    assert run(binary(158, 22, 42, 178), baseline=alone).violations.violations == []
    strict = run(binary(158, 22, 42, 178), baseline=alone, is_strict=True)
    assert strict.violations.violations != []


def test_a_small_window_has_no_interval_and_a_note():
    baseline = run(binary(800, 100, 200, 900), "BinaryClassification", confidence=0.95).baseline
    found = run(binary(7, 1, 3, 9), baseline=baseline)
    assert found.violations.violations != []
    assert any("too few rows for intervals" in note for note in found.notes)
