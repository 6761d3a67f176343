import numpy as np
import pytest

from leeboard.compare.distributions.alignment import OTHER, align
from leeboard.compare.distributions.kinds import Categorical


def test_complete_lists_are_kept_value_by_value():
    values, old, new = align(Categorical({"a": 3, "b": 1}), Categorical({"a": 1, "c": 1}))
    assert values == ["a", "b", "c"]
    assert (old.tolist(), new.tolist()) == ([3, 1, 0], [1, 0, 1])


def test_a_value_that_a_capped_list_may_have_left_out_is_pooled():
    before = Categorical({"a": 80}, other=20, unlisted_most=5)
    values, old, new = align(before, Categorical({"a": 40, "rare": 2, "rarer": 8}))
    # rare is 4% now, and 5 of 100 unlisted cells may have held it; rarer is 16% and cannot be explained
    assert values == ["a", "rarer", OTHER]
    assert (old.tolist(), new.tolist()) == ([80, 5, 15], [40, 8, 2])


def test_a_count_that_may_be_too_low_is_given_the_benefit_of_the_doubt():
    before = Categorical({"a": 50, "b": 30}, other=20, count_error=10)
    _, old, new = align(before, Categorical({"a": 55, "b": 45}))
    assert old.tolist() == pytest.approx([55, 40, 5])
    assert new.tolist() == pytest.approx([55, 45, 0])


def test_nothing_is_added_that_was_not_left_out():
    before = Categorical({"a": 10}, other=4, unlisted_most=3)
    _, old, _ = align(before, Categorical({"a": 1, "b": 50, "c": 50}))
    assert old.sum() == pytest.approx(14)
    assert np.all(old >= 0)
