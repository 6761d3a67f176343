import numpy as np
import pytest

from leeboard.compare.distributions.kinds import Numeric
from leeboard.compare.drift import DRIFT_TESTS, hellinger, jensen_shannon, ks, ks_collapsed, psi, wasserstein


def column(*values: float) -> Numeric:
    return Numeric.of_levels([list(values)])


def zeros_and_ones(n_zeros: int, n_ones: int) -> Numeric:
    return Numeric.of_levels([[0.0] * n_zeros + [1.0] * n_ones])


def test_ks_of_a_shift_by_one_in_four_values_is_a_quarter():
    # F steps at 1, 2, 3, 4 against 2, 3, 4, 5: one quarter apart from 1 to 5
    assert ks.distance(column(1, 2, 3, 4), column(2, 3, 4, 5)) == 0.25
    assert ks.robust_distance(column(1, 2, 3, 4), column(2, 3, 4, 5)) == 0.0


def test_ks_counts_ties_where_the_collapsed_distance_of_aws_sees_nothing():
    before, now = zeros_and_ones(90, 10), zeros_and_ones(10, 90)
    assert ks.distance(before, now) == pytest.approx(0.8)
    assert ks_collapsed.distance(before, now) == 0.0


def test_collapsed_ks_of_distinct_values_is_the_plain_one():
    rng = np.random.default_rng(7)
    before, now = rng.standard_normal(1000), rng.standard_normal(1000) + 0.5
    pair = Numeric.of_levels([before]), Numeric.of_levels([now])
    assert ks_collapsed.distance(*pair) == pytest.approx(ks.distance(*pair), abs=1e-12)
    # 1.8 * sqrt(2000 / 1,000,000) is 0.0805 less
    assert ks_collapsed.robust_distance(*pair) == pytest.approx(ks.distance(*pair) - 0.080498, abs=1e-6)


def test_collapsed_ks_of_a_sketch_forgets_frequencies():
    skewed = Numeric.of_levels([[], [], [0.0] * 50 + [float(i) for i in range(10)]])
    even = Numeric.of_levels([[], [], [float(i) for i in range(10)] * 6])
    assert ks_collapsed.distance(even, skewed) == 0.0
    assert ks.distance(even, skewed) == pytest.approx(51 / 60 - 6 / 60)


def test_ks_p_value_is_the_kolmogorov_limit():
    # gap 0.1 at sqrt(500 * 500 / 1000) = 15.81: K(1.581) = 2 (exp(-2 * 1.581^2) - ...) = 0.01348
    before = Numeric.of_levels([np.arange(500.0)])
    now = Numeric.of_levels([np.arange(500.0) + 50.0])
    assert ks.distance(before, now) == pytest.approx(0.1)
    assert ks.p_value(before, now) == pytest.approx(0.013475, abs=1e-5)


def test_a_sketch_error_weakens_the_evidence():
    exact = [np.arange(500.0)], [np.arange(500.0) + 50.0]
    p_exact = ks.p_value(*map(Numeric.of_levels, exact))
    assert ks.p_value(Numeric.of_levels(exact[0], 0.02), Numeric.of_levels(exact[1])) > 2 * p_exact


def test_psi_of_a_share_that_doubles():
    # shares 0.8 0.2 to 0.6 0.4: -0.2 ln(0.75) + 0.2 ln(2) = 0.196166
    assert psi.distance(zeros_and_ones(80, 20), zeros_and_ones(60, 40)) == pytest.approx(0.196166, abs=1e-6)


def test_jensen_shannon_of_disjoint_columns_is_one():
    assert jensen_shannon.distance(column(0, 0), column(1, 1)) == pytest.approx(1.0)


def test_hellinger_of_a_share_that_doubles():
    # ((0.894427 - 0.774597)^2 + (0.447214 - 0.632456)^2) / 2 = 0.024337, root 0.156004
    moved = hellinger.distance(zeros_and_ones(80, 20), zeros_and_ones(60, 40))
    assert moved == pytest.approx(0.156004, abs=1e-6)


def test_wasserstein_is_the_shift_in_units_of_the_baselines_spread():
    values = np.arange(1000.0)
    moved = wasserstein.distance(Numeric.of_levels([values]), Numeric.of_levels([values + 10.0]))
    # quartiles 249 and 749: spread 500 / 1.349 = 370.65; the shift of 10 is 0.02698 of it
    assert moved == pytest.approx(0.02698, abs=1e-5)


def test_wasserstein_has_no_unit():
    before, now = np.arange(100.0), np.arange(100.0) ** 1.1
    metres = wasserstein.distance(Numeric.of_levels([before]), Numeric.of_levels([now]))
    kilometres = wasserstein.distance(Numeric.of_levels([before / 1000]), Numeric.of_levels([now / 1000]))
    assert metres == pytest.approx(kilometres)


def test_one_outlier_is_no_evidence_of_drift():
    values = np.random.default_rng(3).standard_normal(5000)
    now = np.append(values[:100], 1e9)
    before = Numeric.of_levels([values])
    assert wasserstein.distance(before, Numeric.of_levels([now])) > 1e6
    assert wasserstein.p_value(before, Numeric.of_levels([now])) > 0.01


@pytest.mark.parametrize("test", [t for t in DRIFT_TESTS if "numeric" in t.kinds], ids=lambda t: t.name)
def test_no_values_are_no_drift(test):
    assert test.distance(column(1.0, 2.0), column()) == 0.0
    assert test.p_value(column(1.0, 2.0), column()) == 1.0


@pytest.mark.parametrize("name", ["ks", "psi", "wasserstein", "hellinger", "jensen_shannon"])
@pytest.mark.parametrize(("n", "m"), [(2000, 30), (2333, 334), (500, 500)])
def test_p_values_are_honest_where_nothing_has_changed(name, n, m):
    """Share of p-values below 0.1 in 300 windows: 0.1, give or take three deviations of 0.017."""
    rng, test = np.random.default_rng(11), DRIFT_TESTS.get(name)
    draws = (
        (Numeric.of_levels([rng.lognormal(0, 2, n)]), Numeric.of_levels([rng.lognormal(0, 2, m)]))
        for _ in range(300)
    )
    assert np.mean([test.p_value(before, now) < 0.1 for before, now in draws]) <= 0.152


def test_a_shift_of_a_fifth_of_a_deviation_is_seen_at_a_thousand_values():
    rng = np.random.default_rng(5)
    before, now = rng.standard_normal(10_000), rng.standard_normal(2_000) + 0.2
    for name in ("ks", "psi", "wasserstein", "hellinger", "jensen_shannon"):
        assert DRIFT_TESTS.get(name).p_value(Numeric.of_levels([before]), Numeric.of_levels([now])) < 1e-6
