"""What the nearest rows say, against scipy's tree."""

import numpy as np
import pytest
from scipy.spatial import cKDTree

from leeboard.measures.bias import neighbours
from leeboard.measures.bias.neighbours import majority


@pytest.mark.parametrize("n_features", [1, 2, 4, 6])
@pytest.mark.parametrize("n_points", [1, 7, 400, 3_000])
def test_the_majority_of_the_nearest_is_that_of_a_tree(n_points: int, n_features: int) -> None:
    random = np.random.default_rng(n_points * 10 + n_features)
    points = random.normal(size=(n_points, n_features)) * random.uniform(1, 50, n_features)
    asked = random.normal(size=(500, n_features)) * random.uniform(1, 80, n_features)
    is_positive = random.random(n_points) < 0.4
    k = min(5, n_points)
    near = cKDTree(points).query(asked, k=[*range(1, k + 1)])[1]
    found = majority(points, is_positive, asked, k)
    assert found is not None
    assert found.tolist() == (is_positive[near].mean(axis=1) > 0.5).tolist()


def test_a_tie_that_decides_is_not_decided_here() -> None:
    points, asked = np.array([[0.0], [1.0], [-1.0]]), np.array([[0.0]])
    assert majority(points, np.array([True, True, False]), asked, 2) is None


def test_a_tie_that_decides_nothing_does_not_matter() -> None:
    points, asked = np.array([[0.0], [1.0], [-1.0]]), np.array([[0.0]])
    assert majority(points, np.array([True, True, True]), asked, 2) == [True]
    assert majority(points, np.array([False, True, False]), asked, 2) == [False]
    assert majority(np.zeros((9, 2)), np.ones(9, np.bool_), np.zeros((1, 2)), 5) == [True]


@pytest.mark.parametrize("value", [np.inf, np.nan])
def test_what_is_not_finite_is_left_to_the_tree(value: float) -> None:
    assert majority(np.array([[value], [1.0]]), np.array([True, True]), np.array([[1.0]]), 1) is None
    assert majority(np.array([[1.0], [1.0]]), np.array([True, True]), np.array([[value]]), 1) is None


def test_many_features_and_many_distances_are_left_to_the_tree(monkeypatch: pytest.MonkeyPatch) -> None:
    is_positive = np.array([True, False])
    assert majority(np.zeros((2, 7)), is_positive, np.ones((1, 7)), 1) is None
    monkeypatch.setattr(neighbours, "MOST_DISTANCES", 1)
    assert majority(np.array([[1.0], [2.0]]), is_positive, np.array([[0.0]]), 1) is None
