import numpy as np
import pytest

from leeboard.compare.distributions.kinds import Categorical
from leeboard.compare.drift import DRIFT_TESTS, chi_squared, l_infinity, total_variation


def counts(**by_value: int) -> Categorical:
    return Categorical(by_value)


BEFORE = counts(a=223, b=20, c=25, d=12, e=13, f=15)


# the numbers of Deequ's own tests
def test_chi_squared_statistic_of_the_reference():
    now = counts(a=207, b=20, c=25, d=14, e=25, g=13)
    assert chi_squared.distance(BEFORE, now) == pytest.approx(28.175042782458068, rel=1e-12)
    assert chi_squared.fit_p_value(BEFORE, now) == pytest.approx(3.3640191298478506e-05, rel=1e-9)


def test_chi_squared_p_value_of_equal_value_sets():
    before, now = counts(a=223, b=20, c=25, d=12, e=13), counts(a=207, b=20, c=25, d=14, e=25)
    assert chi_squared.fit_p_value(before, now) == pytest.approx(0.013227994814265176, rel=1e-9)


def test_chi_squared_pools_small_values():
    before, now = counts(a=100, b=22, c=25, d=5, e=13, f=2), counts(a=100, b=20, c=25, d=10, e=5, f=2)
    assert chi_squared.distance(before, now) == pytest.approx(8.789790456457125, rel=1e-12)


def test_chi_squared_ignores_values_seen_only_now():
    before, now = counts(a=100, b=40, c=30, e=4), counts(a=100, b=40, c=30, d=10)
    assert chi_squared.distance(before, now) == pytest.approx(0.38754325259515626, rel=1e-12)


def test_chi_squared_of_too_few_cells_is_undefined_and_so_no_violation():
    assert chi_squared.distance(counts(a=100, b=4, c=3), counts(a=100, b=4, c=3)) == 0.0
    assert chi_squared.fit_p_value(counts(a=100, b=4, c=3), counts(a=90, b=10, c=3)) == 1.0


def test_l_infinity_of_the_references():
    before, now = counts(a=11, b=20, c=25, d=10, e=10), counts(a=10, b=20, c=25, d=10, e=5)
    assert l_infinity.distance(before, now) == pytest.approx(0.06015037593984962, rel=1e-12)
    assert l_infinity.robust_distance(before, now) == 0.0
    renamed = counts(f=11, a=20, c=25, d=10, e=10)
    assert l_infinity.distance(renamed, now) == pytest.approx(0.2857142857142857, rel=1e-12)


def test_total_variation_by_hand():
    # shares 0.25 each against 0.3 0.2 0.3 0.2: a tenth of the cells moved. By chance: the pooled shares
    # are 0.275 and 0.225, differences sqrt(2/pi * s * (1 - s) * 0.002) long on average, half the sum of
    # all four 0.030833. sqrt(0.01 - 0.030833^2)
    before, now = counts(a=250, b=250, c=250, d=250), counts(a=300, b=200, c=300, d=200)
    assert total_variation.distance(before, now) == pytest.approx(0.095128, abs=1e-6)


def test_rare_values_add_no_more_by_chance_than_twice_their_share():
    # 0.3 of a, 0.1 of the others gone, 0.4 new: 0.4. Chance adds half of 0.024370 for a and of twice
    # the pooled shares 10 / 10,100 of 100 values and 1 / 10,100 of 40: 0.115155
    before = counts(a=9000, **{f"gone{i}": 10 for i in range(100)})
    now = counts(a=60, **{f"new{i}": 1 for i in range(40)})
    assert total_variation.distance(before, now) == pytest.approx(0.383065, abs=1e-5)


def test_total_variation_is_never_less_than_the_largest_difference():
    before, now = counts(a=60, b=60), counts(a=31, b=29)
    assert total_variation.distance(before, now) == pytest.approx(1 / 60)


def test_a_change_spread_over_many_values_is_seen():
    # each of 100 values loses or gains a fifth of its share: a tenth of the cells moved
    before = counts(**{f"v{i}": 1000 for i in range(100)})
    now = counts(**{f"v{i}": 160 + 80 * (i % 2) for i in range(100)})
    assert l_infinity.distance(before, now) == pytest.approx(0.002)
    assert total_variation.distance(before, now) == pytest.approx(0.1, abs=0.005)
    assert total_variation.p_value(before, now) < 1e-9


def test_chance_alone_gives_hardly_any_total_variation():
    rng = np.random.default_rng(12)

    def draw(n: int) -> Categorical:
        return Categorical({str(i): int(k) for i, k in enumerate(rng.multinomial(n, [0.005] * 200))})

    pairs = [(draw(50_000), draw(1_000)) for _ in range(20)]
    assert max(l_infinity.distance(*pair) for pair in pairs) < 0.03
    assert np.median([total_variation.distance(*pair) for pair in pairs]) < 0.05


def test_a_new_value_is_seen_among_thousands():
    rng = np.random.default_rng(2)
    before = Categorical({str(i): int(n) for i, n in enumerate(rng.poisson(20, 5000))})
    window = {str(i): int(n) for i, n in enumerate(rng.poisson(0.2, 5000)) if n}
    now = Categorical({**window, "new": 50})
    assert l_infinity.distance(before, now) > 0.03
    assert l_infinity.p_value(before, now) < 1e-9


def test_fifty_thousand_values_do_not_cry_wolf():
    rng = np.random.default_rng(4)

    def draw(n: int) -> Categorical:
        values, found = np.unique(rng.zipf(1.2, n) % 50_000, return_counts=True)
        return Categorical(dict(zip(map(str, values), map(int, found), strict=True)))

    for name in ("total_variation", "l_infinity", "psi", "jensen_shannon", "hellinger", "chi_squared"):
        assert DRIFT_TESTS.get(name).p_value(draw(50_000), draw(5_000)) > 1e-3


@pytest.mark.parametrize("test", [t for t in DRIFT_TESTS if "categorical" in t.kinds], ids=lambda t: t.name)
def test_no_values_are_no_drift(test):
    assert test.distance(counts(a=3), counts()) == 0.0
    assert test.p_value(counts(a=3), counts()) == 1.0
