"""Coalitions and the regression over them."""

from math import comb

import numpy as np
import pytest

from leeboard.measures.attribution.coalitions import coalitions, default_n_samples
from leeboard.measures.attribution.regression import projection


def test_all_coalitions_are_asked_where_they_fit():
    asked = coalitions(5, 30, seed=0)
    assert len(asked) == 2**5 - 2
    assert len(np.unique(asked.masks, axis=0)) == len(asked)


def test_the_weights_of_all_coalitions_are_those_of_the_shapley_kernel():
    asked = coalitions(6, 62, seed=0)
    sizes = asked.masks.sum(axis=1)
    kernel = np.array([5 / (comb(6, k) * k * (6 - k)) for k in sizes])
    assert np.allclose(asked.weights, kernel / kernel.sum())


@pytest.mark.parametrize(
    ("n_players", "n_samples"), [(12, 100), (14, 2076), (30, 500), (80, 2208), (13, 4000)]
)
def test_a_sample_is_made_of_different_pairs(n_players, n_samples):
    asked = coalitions(n_players, n_samples, seed=3)
    kinds = {mask.tobytes() for mask in asked.masks}
    assert len(kinds) == len(asked) <= n_samples
    assert all((~mask).tobytes() in kinds for mask in asked.masks)
    assert asked.weights.sum() == pytest.approx(1.0)


def test_small_and_large_coalitions_come_whole_first():
    asked = coalitions(14, default_n_samples(14), seed=0)
    sizes = np.bincount(asked.masks.sum(axis=1), minlength=15)
    assert [sizes[1], sizes[13], sizes[2], sizes[12]] == [14, 14, comb(14, 2), comb(14, 2)]


def test_the_sampled_sizes_weigh_what_the_kernel_gives_them():
    asked = coalitions(14, 2076, seed=0)
    sizes = asked.masks.sum(axis=1)
    got = np.array([asked.weights[sizes == k].sum() for k in range(1, 14)])
    wanted = np.array([1 / (k * (14 - k)) for k in range(1, 14)])
    assert np.allclose(got, wanted / wanted.sum(), atol=0.02)


def test_the_same_seed_gives_the_same_coalitions_and_another_seed_others():
    coalitions.cache_clear()
    first = coalitions(20, 300, seed=7).masks.copy()
    coalitions.cache_clear()
    assert np.array_equal(first, coalitions(20, 300, seed=7).masks)
    assert not np.array_equal(first, coalitions(20, 300, seed=8).masks)


def test_the_regression_keeps_the_total():
    asked = coalitions(10, 200, seed=0)
    matrix = projection(asked)
    worths = np.random.default_rng(0).normal(size=len(asked))
    assert (matrix.by_coalition @ worths + matrix.by_total * 3.5).sum() == pytest.approx(3.5)


def test_one_player_takes_everything():
    matrix = projection(coalitions(1, 100, seed=0))
    assert matrix.by_total.tolist() == [1.0]
    assert matrix.by_coalition.shape == (1, 0)


def test_the_regression_recovers_an_additive_game_from_any_sample():
    asked = coalitions(25, 120, seed=1)
    values = np.arange(25.0)
    matrix = projection(asked)
    found = matrix.by_coalition @ (asked.masks @ values) + matrix.by_total * values.sum()
    assert np.allclose(found, values)
