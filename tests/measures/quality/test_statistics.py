from math import inf, isnan, nan, sqrt

import pytest

from leeboard.errors import InputError, NoDataError

BINARY, MULTICLASS, REGRESSION = "BinaryClassification", "MulticlassClassification", "Regression"


def test_the_documented_binary_example_is_met_to_the_digit(measure, values, rows):
    found = values(measure(BINARY, **rows({"0": {"0": 1, "1": 2}, "1": {"0": 0, "1": 1}})))
    expected = {
        "recall": 1.0,
        "precision": 1 / 3,
        "accuracy": 0.5,
        "true_positive_rate": 1.0,
        "true_negative_rate": 1 / 3,
        "false_positive_rate": 2 / 3,
        "false_negative_rate": 0.0,
        "f0_5": 0.3846153846153846,
        "f1": 0.5,
        "f2": 0.7142857142857143,
    }
    assert {name: found[name] for name in expected} == expected


def test_the_recorded_churn_figures_are_met(measure, values, churn):
    statistics = measure(BINARY, step=17, **churn)
    found = values(statistics)
    assert statistics.metrics.confusion_matrix == {"0": {"0": 173, "1": 0}, "1": {"0": 12, "1": 16}}
    assert found["auc"] == 0.9395127993393898
    recorded = {"recall": 0.571429, "precision": 1.0, "accuracy": 0.940299, "f0_5": 0.869565, "f1": 0.727273}
    assert {name: round(found[name], 6) for name in recorded} == recorded
    assert round(found["accuracy_best_constant_classifier"], 6) == 0.860697
    assert found["recall_best_constant_classifier"] == 0.0


def test_a_binary_file_has_the_seventeen_names_of_aws(measure, churn):
    names = set(measure(BINARY, is_strict=True, **churn).metrics.measured())
    constants = {f"{m}_best_constant_classifier" for m in ("recall", "precision", "accuracy", "f1", "f2")}
    rates = {f"{side}_{kind}_rate" for side in ("true", "false") for kind in ("positive", "negative")}
    others = {"recall", "precision", "accuracy", "auc", "f0_5", "f1", "f2"}
    assert names == constants | rates | others | {"f0_5_best_constant_classifier"}


def test_the_documented_multiclass_example_is_met_to_the_digit(measure, values, rows):
    matrix = {"0": {"0": 1180, "1": 510}, "1": {"0": 268, "1": 138}}
    statistics = measure(MULTICLASS, **rows(matrix))
    found = values(statistics)
    assert statistics.metrics.confusion_matrix == matrix
    assert found["accuracy"] == 0.6288167938931297
    assert found["weighted_precision"] == 0.6983172269629505
    assert found["weighted_f0_5"] == 0.6803947317178771
    assert found["weighted_f1"] == 0.6571162346664904
    assert found["weighted_f2"] == 0.6384024354394601


def test_sums_of_a_regression_run_from_the_first_row_to_the_last(measure, values):
    truth = [sqrt(i % 7) for i in range(100)]
    predicted = [sqrt((i * i) % 11) for i in range(100)]
    absolute = squared = total = 0.0
    for y, p in zip(truth, predicted, strict=True):
        absolute, squared, total = absolute + abs(p - y), squared + (p - y) ** 2, total + y
    spread = 0.0
    for y in truth:
        spread += (y - total / 100) ** 2
    found = values(measure(REGRESSION, step=7, label=truth, prediction=predicted))
    assert found == {
        "mae": absolute / 100,
        "mse": squared / 100,
        "rmse": sqrt(squared / 100),
        "r2": 1 - squared / spread,
    }


@pytest.mark.parametrize("problem", [BINARY, MULTICLASS, REGRESSION])
def test_fewer_than_200_rows_have_no_deviation(measure, problem):
    few = measure(problem, label=["0", "1"] * 99, prediction=["0", "1", "1", "1", "0", "0"] * 33)
    many = measure(problem, label=["0", "1"] * 150, prediction=["0", "1", "1", "1", "0", "0"] * 50)
    assert all(isnan(one.standard_deviation) for one in few.metrics.measured().values())
    assert all(one.standard_deviation >= 0 for one in many.metrics.measured().values())


def test_deviations_are_those_of_samples_without_replacement(measure, churn):
    deviation = measure(BINARY, **churn).metrics.measured()["accuracy"].standard_deviation
    # without replacement 0.0083 is expected at this size, with replacement 0.0187
    assert 0.002 < deviation < 0.014


def test_a_second_run_gives_the_same_file(measure, churn):
    assert measure(BINARY, **churn) == measure(BINARY, step=50, **churn)


def test_the_constant_classifier_gives_the_majority_and_of_equals_the_smaller_label(measure, values):
    even = values(measure(BINARY, label=["0", "1"], prediction=["1", "1"]))
    assert even["recall_best_constant_classifier"] == 0.0
    ones = values(measure(BINARY, label=["0", "1", "1"], prediction=["1", "1", "1"]))
    assert ones["recall_best_constant_classifier"] == 1.0
    assert ones["accuracy_best_constant_classifier"] == pytest.approx(2 / 3)


def test_without_probabilities_there_is_no_curve_and_no_auc(measure):
    metrics = measure(BINARY, label=["0", "1"], prediction=["0", "1"]).metrics
    assert metrics.auc is None
    assert metrics.receiver_operating_characteristic_curve is None


def test_a_probability_is_positive_if_strictly_greater_than_the_threshold(measure):
    found = measure(BINARY, label=[1, 1, 0], probability=[0.5, 0.6, 0.5])
    assert found.metrics.confusion_matrix == {"0": {"0": 1, "1": 0}, "1": {"0": 1, "1": 1}}
    assert found.leeboard.probability_threshold == 0.5
    lower = measure(BINARY, task={"probability_threshold": 0.4}, label=[1, 1], probability=[0.5, 0.6])
    assert lower.metrics.recall.value == 1.0


def test_a_predicted_label_wins_over_the_probability(measure):
    found = measure(BINARY, label=["1", "0"], prediction=["1", "0"], probability=["0.1", "0.9"])
    assert found.metrics.accuracy.value == 1.0
    assert found.metrics.auc.value == 0.0


@pytest.mark.parametrize(
    "label", [["1.0", "0.0"], ["true", "False"], [True, False], [1.0, 0.0], [" 1 ", "0"]]
)
def test_one_and_zero_have_several_spellings(measure, label):
    found = measure(BINARY, label=label, prediction=["1", "0"])
    assert found.metrics.confusion_matrix == {"0": {"0": 1, "1": 0}, "1": {"0": 0, "1": 1}}


def test_text_labels_need_to_know_which_is_positive(measure):
    parts = {"label": ["yes", "no", "no"], "prediction": ["yes", "yes", "no"]}
    with pytest.raises(InputError, match="the data have 'no', 'yes': say which one is positive"):
        measure(BINARY, **parts)
    found = measure(BINARY, task={"positive_label": "yes"}, **parts)
    assert found.metrics.confusion_matrix == {"no": {"no": 1, "yes": 1}, "yes": {"no": 0, "yes": 1}}
    assert found.metrics.recall.value == 1.0


def test_text_labels_with_probabilities_alone(measure):
    task = {"positive_label": "yes"}
    found = measure(BINARY, task=task, label=["yes", "no"], probability=[0.9, 0.8])
    assert found.metrics.confusion_matrix == {"no": {"no": 0, "yes": 1}, "yes": {"no": 0, "yes": 1}}


def test_three_labels_are_no_binary_problem(measure):
    with pytest.raises(InputError, match="use MulticlassClassification"):
        measure(BINARY, label=["0", "1", "2"], prediction=["0", "1", "2"])


def test_a_positive_label_that_does_not_occur_is_named(measure):
    with pytest.raises(InputError, match="positive_label is 'ja', which is none of them"):
        measure(BINARY, task={"positive_label": "ja"}, label=["yes", "no"], prediction=["yes", "no"])


def test_a_list_of_two_scores_has_the_positive_class_second_or_where_its_header_stands(measure):
    parts = {"label": ["1", "0"], "probability": ["[0.2, 0.8]", "[0.7, 0.3]"]}
    assert measure(BINARY, **parts).metrics.accuracy.value == 1.0
    turned = {"positive_label": "yes", "label_headers": ("yes", "no")}
    parts["label"] = ["no", "yes"]
    found = measure(BINARY, task=turned, **parts)
    assert found.metrics.confusion_matrix == {"no": {"no": 1, "yes": 0}, "yes": {"no": 0, "yes": 1}}


def test_a_list_of_scores_means_the_class_with_the_greatest(measure):
    lists = ["[0.1, 0.7, 0.2]", "[0.4, 0.4, 0.2]", "[0.1, 0.2, 0.7]"]
    by_index = measure(MULTICLASS, label=["1", "0", "2"], probability=lists)
    assert by_index.metrics.accuracy.value == 1.0
    headers = {"label_headers": ("a", "b", "c")}
    by_name = measure(MULTICLASS, task=headers, label=["b", "a", "c"], prediction=lists)
    assert by_name.metrics.accuracy.value == 1.0


def test_a_cell_that_is_no_list_of_numbers_has_no_score(measure):
    lists = ["[0.2, 0.8]", "[0.2", "[]", "[0.1, null]", "[1, 2, 3]", "0.9", "[0.1]"]
    found = measure(BINARY, label=["1"] * 7, probability=lists)
    assert found.leeboard.rows_without_prediction == 4
    assert found.metrics.confusion_matrix == {"0": {"0": 0, "1": 0}, "1": {"0": 1, "1": 2}}


def test_labels_are_compared_as_text(measure):
    """Labels from CSV and numbers from JSON: AWS measures 0 for everything there (sdk issue 2953)."""
    found = measure(MULTICLASS, label=["0", "1", "2"], prediction=[0.0, 1.0, 2.0])
    assert found.metrics.accuracy.value == 1.0
    assert list(found.metrics.confusion_matrix) == ["0", "1", "2"]


def test_every_label_is_a_row_and_a_column(measure):
    found = measure(MULTICLASS, label=["a", "a"], prediction=["b", "10"]).metrics.confusion_matrix
    assert found == {
        "10": {"10": 0, "a": 0, "b": 0},
        "a": {"10": 1, "a": 0, "b": 1},
        "b": {"10": 0, "a": 0, "b": 0},
    }


def test_rows_without_label_or_prediction_are_left_out_and_counted(measure):
    found = measure(REGRESSION, label=[1.0, None, 3.0, nan, 5.0], prediction=[1.0, 2.0, None, 4.0, 5.0])
    assert found.dataset.item_count == 5
    assert found.leeboard.rows_used == 2
    assert (found.leeboard.rows_without_label, found.leeboard.rows_without_prediction) == (2, 1)
    assert found.metrics.mae.value == 0.0


@pytest.mark.parametrize("problem", [BINARY, MULTICLASS, REGRESSION])
def test_no_rows_are_an_error_that_says_what_there_was(measure, problem):
    with pytest.raises(NoDataError, match="no rows"):
        measure(problem, label=[], prediction=[])
    with pytest.raises(NoDataError, match="of 2 rows, 1 have no label that can be used, 1 a label but no"):
        measure(problem, label=["1", None], prediction=[None, "1"])


@pytest.mark.parametrize("label", ["0", "1"])
def test_one_class_only_has_no_auc(measure, values, label):
    found = values(measure(BINARY, label=[label] * 3, probability=[0.1, 0.6, 0.9]))
    assert isnan(found["auc"])
    assert all(0 <= value <= 1 for name, value in found.items() if name != "auc")


def test_scores_may_be_missing_or_infinite(measure):
    found = measure(
        BINARY, label=["1", "0", "1"], prediction=["1", "0", "1"], probability=["inf", "-1", "NaN"]
    )
    assert found.metrics.auc.value == 1.0
    assert found.leeboard.rows_without_score == 1
    assert found.leeboard.calibration is None


def test_infinite_predictions_make_infinite_errors(measure, values):
    found = values(measure(REGRESSION, label=[1.0, 2.0], prediction=[inf, 2.0]))
    assert found == {"mae": inf, "mse": inf, "rmse": inf, "r2": -inf}


def test_equal_truths_have_no_r2(measure, values):
    assert isnan(values(measure(REGRESSION, label=[1.0, 1.0], prediction=[1.0, 1.0]))["r2"])
    assert values(measure(REGRESSION, label=[1.0, 1.0], prediction=[1.0, 2.0]))["r2"] == -inf


def test_a_thousand_and_one_labels_are_no_classes(measure):
    labels = [str(i) for i in range(1001)]
    with pytest.raises(InputError, match="these are no classes; is it a regression"):
        measure(MULTICLASS, label=labels, prediction=labels)


def test_strict_mode_has_nothing_of_our_own(measure, churn):
    assert measure(BINARY, is_strict=True, **churn).leeboard is None
