import pytest

from leeboard.compare.distributions.alignment import OTHER, TAIL, align
from leeboard.compare.distributions.kinds import Categorical


def test_complete_lists_are_kept_value_by_value():
    values, old, new = align(Categorical({"a": 3, "b": 1}), Categorical({"a": 1, "c": 1}))
    assert values == ["a", "b", "c"]
    assert (old.tolist(), new.tolist()) == ([3, 1, 0], [1, 0, 1])


def test_a_value_that_a_capped_list_may_have_left_out_is_pooled():
    before = Categorical({"a": 800}, other=200, unlisted_most=50)
    values, old, new = align(before, Categorical({"a": 400, "rare": 15, "new": 85}))
    # a share of 5% may be unlisted in the baseline: rare has 3% now, new has 17%
    assert values == ["a", "new", OTHER]
    assert old.tolist() == [800, 50, 150]
    assert new.tolist() == [400, 85, 15]


def test_values_at_the_end_of_a_capped_list_are_there_by_chance():
    # 100 of 300 equally frequent values are listed, those that were lucky: 11,000 of 30,000 cells
    before = Categorical({str(i): 110 for i in range(100)}, other=19_000, unlisted_most=105)
    values, old, new = align(before, Categorical({str(i): 10 for i in range(300)}))
    assert values == [TAIL, OTHER]
    # without their luck they are at least 100 * (110 - 3 sqrt(110)) = 7,854, so 10,000 is as good
    assert old.tolist() == [10_000, 20_000]
    assert new.tolist() == [1000, 2000]


def test_the_listed_values_of_many_cannot_all_be_gone_by_chance():
    before = Categorical({str(i): 110 for i in range(100)}, other=19_000, unlisted_most=105)
    _, old, new = align(before, Categorical({f"renamed {i}": 10 for i in range(300)}))
    assert old.tolist() == pytest.approx([7853.6, 22_146.4], abs=0.1)
    assert new.tolist() == [0, 3000]


def test_a_count_that_may_be_too_low_is_given_the_benefit_of_the_doubt():
    before = Categorical({"a": 500, "b": 300}, other=200, count_error=100)
    _, old, new = align(before, Categorical({"a": 550, "b": 450}))
    assert old.tolist() == pytest.approx([550, 400])
    assert new.tolist() == pytest.approx([550, 450])
