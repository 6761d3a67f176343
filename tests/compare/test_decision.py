import numpy as np
import pytest

from leeboard.compare.decision import decide
from leeboard.compare.distributions.kinds import Numeric
from leeboard.compare.drift import NUMERIC, DriftTest
from leeboard.compare.pairing import Pair
from leeboard.compare.settings import DriftRule
from leeboard.errors import UnknownNameError
from leeboard.formats.constraints import (
    DistributionConstraints,
    DriftSettings,
    FeatureSettings,
    MonitoringConfig,
)


def normal(n, mean=0.0, seed=0):
    return {"x": (np.random.default_rng(seed).standard_normal(n) + mean).tolist()}


def score(comparison):
    (found,) = comparison.drift
    return found


def test_a_real_shift_below_awss_threshold_is_found(compare):
    # 0.15 deviations: a gap of 0.06, too little for a fixed 0.1 and less than nothing after Robust
    found = score(compare(normal(20_000), normal(20_000, 0.15, seed=1)))
    assert 0.03 < found.distance < 0.1
    assert (found.drifted, found.decision, found.test, found.threshold) == (True, "evidence", "ks", 0.03)


def test_a_certain_but_tiny_change_is_no_drift(compare):
    found = score(compare(normal(50_000), normal(50_000, 0.04, seed=1)))
    assert found.p_value < 1e-3
    assert not found.drifted


def test_a_large_gap_in_a_small_window_is_no_evidence(compare):
    found = score(compare(normal(2000), normal(20, seed=3)))
    assert found.distance > 0.1
    assert not found.drifted
    assert found.note == "20 values in this window: a share must move by about 37% to be told from chance"


def test_p_values_are_adjusted_over_all_columns(compare):
    before = {f"x{i}": normal(500, seed=i)["x"] for i in range(20)}
    now = {f"x{i}": normal(500, seed=100 + i)["x"] for i in range(20)}
    found = compare(before, now)
    assert not any(one.drifted for one in found.drift)
    assert min(one.adjusted_p for one in found.drift) > min(one.p_value for one in found.drift)


def test_an_aws_file_decides_by_its_threshold(compare):
    def edit(constraints):
        constraints.monitoring_config.leeboard = None

    found = score(compare(normal(20_000), normal(20_000, 0.15, seed=1), edit=edit))
    # Robust takes 1.8 * sqrt(2 / 20,000) = 0.018 off
    assert (found.decision, found.drifted, found.p_value, found.threshold) == ("threshold", False, None, 0.1)


def test_edited_aws_values_decide(compare):
    def edit(constraints):
        constraints.monitoring_config.distribution_constraints.comparison_threshold = 0.02

    found = score(compare(normal(20_000), normal(20_000, 0.15, seed=1), edit=edit))
    assert (found.decision, found.threshold, found.drifted) == ("threshold", 0.02, True)


def test_simple_and_robust_differ_by_the_correction(compare):
    def edit(constraints):
        settings = constraints.monitoring_config.distribution_constraints
        settings.comparison_method, settings.comparison_threshold = "Simple", 0.5

    simple = score(compare({"x": [1, 2, 3, 4]}, {"x": [2, 3, 4, 5]}, edit=edit))
    assert simple.distance == 0.25


def test_strict_mode_overlooks_frequencies(compare):
    before, now = {"x": ["0"] * 90 + ["1"] * 10}, {"x": ["0"] * 10 + ["1"] * 90}
    strict = score(compare(before, now, strict=True))
    assert (strict.test, strict.distance, strict.drifted) == ("ks_collapsed", 0.0, False)
    assert score(compare(before, now)).drifted


def test_an_override_with_a_threshold_decides_for_its_column(compare):
    def edit(constraints):
        constraints.features[0].monitoring_config_overrides = MonitoringConfig(
            distribution_constraints=DistributionConstraints(comparison_threshold=0.3)
        )

    found = score(compare(normal(2000), normal(2000, 1.0), edit=edit))
    assert (found.decision, found.threshold, found.drifted) == ("threshold", 0.3, True)


def test_own_settings_of_a_column_win(compare):
    def edit(constraints):
        constraints.features[0].leeboard = FeatureSettings(drift_test="psi", effect_floor=5.0)

    found = score(compare(normal(2000), normal(2000, 1.0), edit=edit))
    assert (found.test, found.threshold, found.drifted) == ("psi", 5.0, False)


def test_a_threshold_can_be_asked_for_with_a_test_of_ours(compare):
    settings = DriftSettings(decision="threshold", numeric_drift_test="psi")
    found = score(compare(normal(2000), normal(2000, 1.0), drift=settings))
    assert (found.test, found.threshold, found.decision, found.drifted) == ("psi", 0.1, "threshold", True)


def test_chi_squared_by_threshold_compares_a_p_value(compare):
    def edit(constraints):
        constraints.monitoring_config.leeboard = None

    before, now = {"x": ["a"] * 500 + ["b"] * 500}, {"x": ["a"] * 300 + ["b"] * 700}
    found = score(compare(before, now, edit=edit, categorical_drift_method="ChiSquared"))
    assert found.drifted
    assert found.distance < 1e-9
    assert not score(compare(before, before, edit=edit, categorical_drift_method="ChiSquared")).drifted


def test_a_comparison_that_is_switched_off_is_not_made(compare):
    def edit(constraints):
        constraints.monitoring_config.distribution_constraints.perform_comparison = "Disabled"

    assert compare(normal(100), normal(100, 9.0), edit=edit).drift == []


def test_a_column_of_another_type_is_noted_and_not_compared(compare):
    found = compare({"x": ["1", "2"] * 50}, {"x": ["a", "b"] * 50})
    assert found.drift == []
    assert found.notes == [
        "drift of 'x' was not looked for: it was Integral in the baseline and is String now"
    ]


def test_one_bad_cell_hides_no_drift_but_does_in_strict_mode(compare):
    before, now = {"x": [str(i % 50) for i in range(1000)]}, {"x": [str(i % 30) for i in range(999)] + ["a"]}
    assert score(compare(before, now)).drifted
    assert compare(before, now, strict=True).drift == []


def test_a_test_that_cannot_read_the_column_is_noted(compare):
    def edit(constraints):
        constraints.features[0].leeboard = FeatureSettings(drift_test="ks")

    found = compare({"x": ["a", "b"] * 50}, {"x": ["a", "b"] * 50}, edit=edit)
    assert "drift test ks cannot read a categorical column" in found.notes[0]


def test_an_unknown_drift_test_is_an_error_that_names_the_near_one(compare):
    with pytest.raises(UnknownNameError, match="did you mean 'psi'"):
        compare(normal(10), normal(10), drift=DriftSettings(numeric_drift_test="psl"))


def test_a_failure_in_one_column_becomes_a_note():
    def broken(baseline, current):
        raise ZeroDivisionError("no spread")

    column = Numeric.of_levels([np.arange(50.0)])
    tests = [
        DriftTest("odd", NUMERIC, broken, broken, 0.1),
        DriftTest("ok", NUMERIC, lambda b, c: 0.5, lambda b, c: 0, 0.1),
    ]
    rules = [DriftRule("evidence", test, 0.1, 0.01, is_robust=False) for test in tests]
    scores, notes = decide([Pair("bad", column, column, rules[0]), Pair("good", column, column, rules[1])])
    assert [one.feature_name for one in scores if one.drifted] == ["good"]
    assert notes == ["drift test odd failed for 'bad': ZeroDivisionError: no spread"]
