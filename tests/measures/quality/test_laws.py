"""The states add up, whatever the cut and the order, and stay small."""

from typing import Any

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from leeboard.formats.reading import to_json
from leeboard.measures.quality import QualityRecipe, QualityTask, counted, regression, to_statistics
from leeboard.measures.quality.counted import CountedNumbers
from leeboard.measures.quality.grid import MAX_CELLS, Grid
from leeboard.measures.quality.powers import Powers, expected_deviations
from leeboard.measures.quality.regression import Regression
from leeboard.tables import Block

PARTS = ("leeboard:label", "leeboard:prediction", "leeboard:probability")
CELLS = {
    "BinaryClassification": st.tuples(
        st.sampled_from(["0", "1", "true", "0.0", None]),
        st.sampled_from(["0", "1", None]),
        st.sampled_from(["0.2", "0.7", "[0.1, 0.9]", "x", None]) | st.floats(0, 1).map(str),
    ),
    "MulticlassClassification": st.tuples(
        st.sampled_from(["a", "b", "1", None]),
        st.sampled_from(["a", "b", "1.0", None]),
        st.sampled_from(["[0.1, 0.9]", "[1, 2, 3]", "[", None]),
    ),
    "Regression": st.tuples(
        st.floats(-99, 99).map(str) | st.sampled_from(["7", "no", None]),
        st.floats(-99, 99).map(str) | st.sampled_from(["[7]", "no", None]),
        st.none(),
    ),
}
EVERY_PROBLEM = pytest.mark.parametrize("problem", CELLS)


def frame_of(rows: list[Any]) -> pl.DataFrame:
    return pl.DataFrame(rows, schema=dict.fromkeys(PARTS, pl.String), orient="row")


def told(recipe: QualityRecipe, state: Any) -> str:
    """The whole file, or that there is nothing to measure."""
    return to_json(to_statistics(state, recipe.task)) if state.n_used else str(state.n_rows)


@EVERY_PROBLEM
@settings(max_examples=40, deadline=None)
@given(data=st.data())
def test_any_cut_gives_the_same_file(problem, data):
    recipe = QualityRecipe(QualityTask(problem_type=problem))
    frame = frame_of(data.draw(st.lists(CELLS[problem], max_size=30)))
    cut = data.draw(st.integers(0, 30))
    halves = recipe.of(Block(frame.head(cut))) + recipe.of(Block(frame.slice(cut)))
    whole = recipe.of(Block(frame))
    assert without_last_digits(told(recipe, halves)) == without_last_digits(told(recipe, whole))
    assert told(recipe, recipe.zero() + whole) == told(recipe, whole) == told(recipe, whole + recipe.zero())


def without_last_digits(text: str) -> list[str]:
    """The mean error is summed by blocks; all else is the same to the last digit."""
    return [line for line in text.splitlines() if "mean_error" not in line]


@settings(max_examples=40, deadline=None)
@given(
    st.lists(CELLS["BinaryClassification"], max_size=20), st.lists(CELLS["BinaryClassification"], max_size=20)
)
def test_the_order_of_adding_does_not_matter(one, two):
    recipe = QualityRecipe(QualityTask(problem_type="BinaryClassification"))
    a, b = recipe.of(Block(frame_of(one))), recipe.of(Block(frame_of(two)))
    assert told(recipe, a + b) == told(recipe, b + a)


@pytest.fixture
def few_values(monkeypatch):
    monkeypatch.setattr(counted, "MAX_VALUES", 100)


@pytest.mark.usefixtures("few_values")
@settings(max_examples=30, deadline=None)
@given(seed=st.integers(0, 1000), step=st.integers(1, 400))
def test_counted_numbers_stay_few_and_do_not_depend_on_the_cut(seed, step):
    numbers = np.random.default_rng(seed).lognormal(0, 3, 1000) - 1
    total = CountedNumbers.zero()
    for start in range(0, 1000, step):
        total = total + CountedNumbers.of(numbers[start : start + step])
        assert total.n_held <= 200
    (left, n), (right, m) = total.settled(), CountedNumbers.of(numbers).settled()
    assert left.tolist() == right.tolist()
    assert n.tolist() == m.tolist()
    assert (len(left) <= 100, n.sum()) == (True, 1000)


@pytest.mark.usefixtures("few_values")
def test_an_auc_of_rounded_scores_is_within_its_error(measure):
    rng = np.random.default_rng(5)
    label = rng.integers(0, 2, 3000)
    score = np.where(rng.random(3000) < 0.01, np.inf, rng.normal(label, 1.0))
    found = measure("BinaryClassification", step=100, label=label, prediction=label, probability=score)
    exact = _auc(score[label == 1], score[label == 0])
    assert 0 < found.leeboard.auc_error < 0.02
    assert abs(found.metrics.auc.value - exact) <= found.leeboard.auc_error


def _auc(up: Any, down: Any) -> float:
    ties = (up[:, None] == down).mean()
    return float((up[:, None] > down).mean() + ties / 2)


@settings(max_examples=30, deadline=None)
@given(seed=st.integers(0, 1000), cut=st.integers(0, 40_000))
def test_a_grid_stays_small_and_does_not_depend_on_the_cut(seed, cut):
    rng = np.random.default_rng(seed)
    points = rng.normal(0, 1, (2, 40_000)) * 10.0 ** rng.integers(-5, 6)
    points[:, 7] = 1e4, np.inf
    halves = Grid.of(*points[:, :cut]) + Grid.of(*points[:, cut:])
    whole = Grid.of(*points)
    assert halves.exponent == whole.exponent
    assert [side.tolist() for side in halves.places] == [side.tolist() for side in whole.places]
    assert halves.counts.tolist() == whole.counts.tolist()
    assert MAX_CELLS / 8 < len(whole.counts) <= MAX_CELLS
    assert whole.counts.sum() == 39_999


def test_beyond_the_bound_rows_are_given_up_and_the_measures_stay(monkeypatch):
    rng = np.random.default_rng(2)
    truth = rng.normal(1e4, 10, 20_000)
    predicted = truth + rng.gamma(2, 2, 20_000)
    exact = Regression.of_numbers(truth, predicted)
    monkeypatch.setattr(regression, "MAX_ROWS", 10_000)
    summed = Regression()
    for start in range(0, 20_000, 3000):
        summed = summed + Regression.of_numbers(truth[start : start + 3000], predicted[start : start + 3000])
    assert summed.rows is None
    assert regression.measures(summed) == pytest.approx(regression.measures(exact), rel=1e-9)
    samples = regression.standard_deviations(exact)
    for name, deviation in regression.standard_deviations(summed).items():
        assert 0.3 < deviation / samples[name] < 3


def test_expected_deviations_are_what_many_samples_scatter_by():
    rng = np.random.default_rng(3)
    truth = rng.gamma(2, 10, 4000)
    predicted = truth + rng.normal(0, 1 + truth / 10)
    chosen = [rng.permutation(4000)[:3200] for _ in range(400)]
    drawn = [regression.measures(Regression.of_numbers(truth[c], predicted[c])) for c in chosen]
    for name, expected in expected_deviations(Powers.of(truth, predicted), 0.8).items():
        assert np.std([one[name] for one in drawn]) == pytest.approx(expected, rel=0.12)
