import numpy as np
import pytest

BINARY = "BinaryClassification"


def test_the_roc_curve_begins_at_zero_and_ends_twice_at_one(measure):
    curve = measure(
        BINARY, label=[1, 0], probability=[0.9, 0.1]
    ).metrics.receiver_operating_characteristic_curve
    assert curve.false_positive_rates == [0.0, 0.0, 1.0, 1.0]
    assert curve.true_positive_rates == [0.0, 1.0, 1.0, 1.0]


def test_the_first_precision_stands_at_recall_zero_as_well(measure):
    curve = measure(BINARY, label=[0, 1, 1], probability=[0.9, 0.9, 0.1]).metrics.precision_recall_curve
    assert curve.precisions == pytest.approx([0.5, 0.5, 2 / 3])
    assert curve.recalls == [0.0, 0.5, 1.0]


def test_equal_scores_are_one_point_and_half_a_pair(measure):
    metrics = measure(BINARY, label=[0, 1], probability=[0.5, 0.5]).metrics
    assert metrics.auc.value == 0.5
    assert len(metrics.receiver_operating_characteristic_curve.true_positive_rates) == 3


def test_a_long_curve_is_thinned_and_in_strict_mode_whole(measure):
    rng = np.random.default_rng(1)
    label = rng.integers(0, 2, 5000)
    parts = {"label": label, "probability": rng.random(5000) * 0.5 + label * 0.3}
    thin, whole = measure(BINARY, **parts), measure(BINARY, is_strict=True, **parts)
    curves = [one.metrics.receiver_operating_characteristic_curve for one in (thin, whole)]
    assert thin.leeboard.curve_points == 5002 == len(curves[1].true_positive_rates)
    assert 500 < len(curves[0].true_positive_rates) <= 1000
    assert thin.metrics.auc.value == whole.metrics.auc.value
    area = np.trapezoid(curves[0].true_positive_rates, curves[0].false_positive_rates)
    assert area == pytest.approx(thin.metrics.auc.value, abs=1e-3)


def test_calibration_has_the_rate_of_positives_where_scores_are_alike(measure):
    parts = {"label": [1, 0, 0, 1], "probability": [0.21, 0.23, 0.28, 1.0]}
    first, last = measure(BINARY, **parts).leeboard.calibration
    assert (first.count, first.mean_score, first.observed_rate) == (
        3,
        pytest.approx(0.24),
        pytest.approx(1 / 3),
    )
    assert (last.count, last.mean_score, last.observed_rate) == (1, 1.0, 1.0)


def test_score_bins_hold_every_row(measure):
    bins = measure(BINARY, label=[1, 0, 0, 1], probability=[-3.0, 5.0, 9.5, 1.0]).leeboard.score_bins
    assert sum(bins.positives) == sum(bins.negatives) == 2
    assert (bins.edges[0], bins.edges[-1]) == (-3.0, 9.5)
