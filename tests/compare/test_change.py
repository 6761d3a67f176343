import numpy as np
import pytest

from leeboard.compare.distributions.change import change_in_words
from leeboard.compare.distributions.kinds import Categorical, Numeric

VALUES = np.random.default_rng(1).normal(20, 5, 2000)


def change(now) -> str:
    return change_in_words(Numeric.of_levels([VALUES]), Numeric.of_levels([now]))


@pytest.mark.parametrize(
    ("factor", "what"),
    [(1000, "thousandths of the unit"), (1.609344, "kilometres for miles"), (-1, "opposite sign")],
)
def test_a_change_of_unit_is_recognised(factor, what):
    assert f"about {factor:.3g} times" in change(VALUES * factor)
    assert what in change(VALUES * factor)


def test_degrees_fahrenheit_are_recognised():
    assert change(VALUES * 1.8 + 32) == "as if degrees Fahrenheit came where degrees Celsius were"


def test_a_value_in_place_of_missing_ones_is_named():
    now = np.where(np.arange(2000) % 10 == 0, -1.0, VALUES)
    assert change(now) == "the value -1 makes up 10.0% of the column, 0.0% in the baseline"
    assert change(np.full(50, 7.0)) == "every value is 7 now"


def test_a_moved_middle_is_described_by_the_quartiles():
    assert change(VALUES + 1.5).startswith("median 19.8")
    assert "middle half" in change(VALUES + 1.5)


def test_texts_show_the_values_that_moved_most():
    before, now = Categorical({"a": 90, "b": 10}), Categorical({"a": 50, "c": 50})
    assert change_in_words(before, now) == (
        "'c' 0.0% in the baseline, 50.0% now; 'a' 90.0% in the baseline, 50.0% now; "
        "'b' 10.0% in the baseline, 0.0% now"
    )
