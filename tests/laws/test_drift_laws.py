"""What every drift test must do, whatever the columns."""

from math import isfinite

import hypothesis.strategies as st
import numpy as np
import pytest
from hypothesis import given, settings

from leeboard.compare.distributions.kinds import Categorical, Distribution, Numeric
from leeboard.compare.drift import DRIFT_TESTS

NUMBERS = st.lists(st.floats(-1e300, 1e300, allow_nan=False) | st.integers(0, 3).map(float), max_size=40)
COUNTS = st.dictionaries(st.sampled_from("abcdefgh"), st.integers(1, 500), max_size=8)
LAW = settings(max_examples=60, deadline=None)
NAMES = DRIFT_TESTS.names()


def pairs_for(name: str) -> st.SearchStrategy[tuple[Distribution, Distribution]]:
    """Two columns of a kind that the test reads."""
    of_numbers = st.builds(lambda values: Numeric.of_levels([values]), NUMBERS)
    capped = st.builds(Categorical, COUNTS, st.integers(0, 50), st.integers(0, 20), st.integers(0, 20))
    kinds = DRIFT_TESTS.get(name).kinds
    choices = [st.tuples(of_numbers, of_numbers)] * ("numeric" in kinds)
    choices += [st.tuples(capped, capped)] * ("categorical" in kinds)
    return st.one_of(choices)


@pytest.mark.parametrize("name", NAMES)
@LAW
@given(data=st.data())
def test_a_distance_is_finite_and_never_negative(name, data):
    before, now = data.draw(pairs_for(name))
    distance = DRIFT_TESTS.get(name).distance(before, now)
    assert isfinite(distance)
    assert distance >= 0


@pytest.mark.parametrize("name", NAMES)
@LAW
@given(data=st.data())
def test_equal_columns_have_no_distance_and_no_evidence(name, data):
    column, _ = data.draw(pairs_for(name))
    test = DRIFT_TESTS.get(name)
    assert test.distance(column, column) == pytest.approx(0.0, abs=1e-7)
    assert test.p_value(column, column) == pytest.approx(1.0)


@pytest.mark.parametrize("name", NAMES)
@LAW
@given(data=st.data())
def test_a_p_value_is_a_probability(name, data):
    before, now = data.draw(pairs_for(name))
    assert 0 <= DRIFT_TESTS.get(name).p_value(before, now) <= 1


@pytest.mark.parametrize("name", [name for name in NAMES if "numeric" in DRIFT_TESTS.get(name).kinds])
@LAW
@given(before=NUMBERS, now=NUMBERS, seed=st.integers(0, 99))
def test_the_order_of_numbers_does_not_matter(name, before, now, seed):
    test, shuffled = DRIFT_TESTS.get(name), np.random.default_rng(seed).permutation(now)
    given_order = test.distance(Numeric.of_levels([before]), Numeric.of_levels([now]))
    assert test.distance(Numeric.of_levels([before]), Numeric.of_levels([shuffled])) == given_order


@pytest.mark.parametrize("name", [name for name in NAMES if "categorical" in DRIFT_TESTS.get(name).kinds])
@LAW
@given(before=COUNTS, now=COUNTS)
def test_the_order_of_values_does_not_matter(name, before, now):
    test, reversed_ = DRIFT_TESTS.get(name), dict(reversed(now.items()))
    given_order = test.distance(Categorical(before), Categorical(now))
    assert test.distance(Categorical(before), Categorical(reversed_)) == pytest.approx(given_order)


@pytest.mark.parametrize("name", NAMES)
@LAW
@given(data=st.data())
def test_the_number_that_robust_compares_is_finite_and_never_negative(name, data):
    before, now = data.draw(pairs_for(name))
    robust = DRIFT_TESTS.get(name).robust
    assert robust is None or (isfinite(robust(before, now)) and robust(before, now) >= 0)
