"""How far attributions have moved."""

from math import inf, nan

import numpy as np
import pytest

from leeboard.measures.attribution.comparison import compared
from leeboard.measures.attribution.ranks import ndcg, ranks, relative_change


def test_the_documented_example():
    # SAT, GPA, rank; order now: rank, GPA, SAT
    # DCG = 0.05/log2(2) + 0.5/log2(3) + 0.7/log2(4); IDCG = 0.7/log2(2) + 0.5/log2(3) + 0.05/log2(4)
    found = compared(
        "label0", {"SAT": 0.70, "GPA": 0.50, "rank": 0.05}, {"SAT": 0.10, "GPA": 0.20, "rank": 0.70}
    )
    assert found.ndcg == pytest.approx(0.6876, abs=5e-5)


def test_ties_count_as_the_mean_of_their_orders():
    metrics = pytest.importorskip("sklearn.metrics")
    rng = np.random.default_rng(0)
    for _ in range(100):
        before, now = rng.integers(1, 5, 7).astype(float), rng.integers(0, 3, 7).astype(float)
        assert ndcg(before, now) == pytest.approx(metrics.ndcg_score([before], [now]))


@pytest.mark.parametrize("n_features", [0, 1, 3])
def test_a_baseline_of_zeros_has_not_moved(n_features):
    assert ndcg(np.zeros(n_features), np.arange(n_features, dtype=float)) == 1.0


def test_the_same_ranks_score_one_whatever_the_sizes():
    assert ndcg(np.array([3.0, 2.0, 1.0]), np.array([30.0, 0.2, 0.1])) == pytest.approx(1.0)


def test_a_change_of_shares_is_seen_where_ranks_stay():
    assert relative_change(np.array([3.0, 1.0]), np.array([2.0, 2.0])) == pytest.approx(0.25)
    assert relative_change(np.array([3.0, 1.0]), np.array([6.0, 2.0])) == 0.0
    assert relative_change(np.zeros(2), np.zeros(2)) == 0.0
    assert relative_change(np.zeros(2), np.ones(2)) == 1.0


def test_a_missing_feature_counts_as_zero_and_a_new_one_not_at_all():
    before = {"a": 2.0, "b": 1.0}
    assert (
        compared("x", before, {"b": 9.0}).ndcg == compared("x", before, {"a": 0.0, "b": 9.0, "c": 99.0}).ndcg
    )


@pytest.mark.parametrize("odd", [nan, inf, -inf])
def test_what_is_no_finite_number_is_not_compared(odd):
    found = compared("x", {"a": 1.0, "b": 2.0}, {"a": odd, "b": 1.0})
    assert found.ndcg is None
    assert "not compared" in found.note


def test_negative_attributions_rank_by_size_and_are_told():
    found = compared("x", {"a": -3.0, "b": 1.0}, {"a": -2.0, "b": 1.0})
    assert found.ndcg == 1.0
    assert "negative" in found.note


def test_moves_are_told_the_gravest_first():
    found = compared("x", {"a": 3.0, "b": 2.0, "c": 1.0}, {"a": 0.1, "b": 0.6, "c": 0.5, "d": 0.01})
    assert [(c.feature, c.before, c.now) for c in found.moved] == [
        ("a", 1, 3),
        ("b", 2, 1),
        ("c", 3, 2),
        ("d", None, 4),
    ]


def test_equal_sizes_rank_in_order():
    assert ranks({"a": 1.0, "b": -1.0, "c": 2.0}) == {"c": 1, "a": 2, "b": 3}
