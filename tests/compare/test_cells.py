import numpy as np
import pytest

from leeboard.compare.distributions.cells import counts, in_bins, shares
from leeboard.compare.distributions.kinds import Categorical, Numeric


def test_bins_hold_equal_parts_of_the_baseline_however_long_its_tail():
    values = np.exp(np.arange(100.0) / 5)
    old, _ = in_bins(Numeric.of_levels([values]), Numeric.of_levels([values]))
    assert old.tolist() == [10.0] * 10


def test_a_value_that_fills_a_bin_has_it_for_itself():
    before = Numeric.of_counts([0.0, 1.0, 2.0], [90, 5, 5])
    now = Numeric.of_counts([0.0, 0.5], [90, 10])
    old, new = in_bins(before, now)
    assert (old.tolist(), new.tolist()) == ([90, 10], [90, 10])
    assert in_bins(before, Numeric.of_counts([-1.0, 0.0], [50, 50]))[1].tolist() == [50, 50, 0]


def test_texts_beyond_the_hundred_commonest_are_one_cell():
    before = Categorical({str(i): 1000 - i for i in range(500)})
    old, _ = shares(before, before)
    assert len(old) == 101
    assert old.sum() == pytest.approx(1.0)


def test_numbers_and_texts_have_no_cells_in_common():
    with pytest.raises(TypeError, match="numeric column cannot be cut like a categorical"):
        counts(Numeric.of_levels([[1.0]]), Categorical({"a": 1}))
