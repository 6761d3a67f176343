import json
from math import inf, isnan

import pytest

from leeboard.errors import FormatError
from leeboard.formats.model_quality import (
    BinaryMetrics,
    Measured,
    MetricConstraint,
    QualityConstraints,
    QualityDataset,
    QualityStatistics,
    metric_text,
)
from leeboard.formats.reading import read_quality_constraints, read_quality_statistics, to_json

BINARY = {
    "version": 0.0,
    "dataset": {"item_count": 4, "evaluation_time": "2023-03-30T21:08:34.729Z"},
    "binary_classification_metrics": {
        "confusion_matrix": {"0": {"0": 1, "1": 2}, "1": {"0": 0, "1": 1}},
        "recall": {"value": 1.0, "standard_deviation": "NaN"},
        "auc": {"value": 0.5, "standard_deviation": "NaN"},
        "precision_recall_curve": {"precisions": [1.0, 0.5], "recalls": [0.0, 1.0]},
    },
}


def limits(threshold: object, operator: str = "LessThanThreshold") -> str:
    entry = {"threshold": threshold, "comparison_operator": operator}
    return json.dumps({"version": 0.0, "binary_classification_constraints": {"recall": entry}})


def test_statistics_are_written_back_equal():
    read = read_quality_statistics(json.dumps(BINARY))
    assert json.loads(to_json(read)) == BINARY


def test_measures_are_found_by_name_and_a_deviation_may_be_the_text_nan():
    read = read_quality_statistics(json.dumps(BINARY))
    assert read.problem_type == "BinaryClassification"
    assert list(read.metrics.measured()) == ["recall", "auc"]
    assert isnan(read.metrics.measured()["auc"].standard_deviation)


@pytest.mark.parametrize(
    ("written", "read"), [(0.5, 0.5), ("0.5", 0.5), ("5.09E-4", 5.09e-4), ("Infinity", inf), (1, 1.0)]
)
def test_a_limit_may_be_a_text(written, read):
    constraints = read_quality_constraints(limits(written))
    assert constraints.problem_type == "BinaryClassification"
    assert constraints.limits["recall"].threshold == read


def test_an_unknown_operator_is_refused_with_the_known_ones():
    with pytest.raises(FormatError, match="'LessThanThreshold' or 'GreaterThanThreshold'"):
        read_quality_constraints(limits(0.5, "Below"))


def test_statistics_of_data_quality_are_no_statistics_of_model_quality():
    with pytest.raises(FormatError, match="a statistics file; expected a model quality statistics file"):
        read_quality_statistics('{"version": 0, "dataset": {"item_count": 1}, "features": []}')


def test_constraints_without_limits_have_no_problem_type():
    constraints = QualityConstraints(version=0.0)
    assert constraints.problem_type is None
    assert constraints.limits == {}


def test_infinities_are_written_as_texts():
    metrics = BinaryMetrics(recall=Measured(value=-inf, standard_deviation=float("nan")))
    made = QualityStatistics(
        version=0.0, dataset=QualityDataset(item_count=1), binary_classification_metrics=metrics
    )
    written = json.loads(to_json(made))["binary_classification_metrics"]["recall"]
    assert written == {"value": "-Infinity", "standard_deviation": "NaN"}


def test_the_description_of_a_violation_is_the_recorded_one():
    measured = Measured(value=0.5127590160341251, standard_deviation=0.007142408259978924)
    limit = MetricConstraint(threshold=0.9395127993393898, comparison_operator="LessThanThreshold")
    assert metric_text("auc", measured, limit) == (
        "Metric auc with 0.5127590160341251 +/- 0.007142408259978924 "
        "was LessThanThreshold '0.9395127993393898'"
    )


def test_rates_are_camel_case_and_small_numbers_have_an_exponent():
    measured = Measured(value=0.25, standard_deviation=5.09e-4)
    limit = MetricConstraint(threshold=0.0, comparison_operator="GreaterThanThreshold")
    assert metric_text("false_positive_rate", measured, limit) == (
        "Metric falsePositiveRate with 0.25 +/- 5.09E-4 was GreaterThanThreshold '0.0'"
    )
