"""Curves of the mean answer."""

import numpy as np
import polars as pl
import pytest

from leeboard.measures.attribution.asking import Asker
from leeboard.measures.attribution.partial_dependence import dependences


@pytest.fixture
def rows():
    rng = np.random.default_rng(0)
    return pl.DataFrame(
        {
            "x": np.linspace(0, 14, 300),
            "n": rng.integers(0, 4, 300),
            "c": [["a", "b", "b"][i % 3] for i in range(300)],
        }
    )


def test_a_curve_is_the_mean_answer_at_each_value(model_of, rows):
    model = model_of(of_rows=lambda rows: rows["x"].to_numpy() ** 2 + (rows["c"] == "b").to_numpy())
    (x,) = dependences(Asker(model), rows, ["x"])
    assert x.values == pytest.approx(range(15))
    assert x.answers[:, 0] == pytest.approx(np.arange(15.0) ** 2 + 2 / 3)
    assert sum(x.shares) == pytest.approx(1.0)


def test_whole_numbers_and_categories_are_taken_as_they_are(model_of, rows):
    model = model_of(of_rows=lambda rows: rows["n"].to_numpy())
    n, c = dependences(Asker(model), rows, ["n", "c"])
    assert n.values == (0, 1, 2, 3)
    assert c.values == ("b", "a")
    assert c.shares == pytest.approx((2 / 3, 1 / 3))


def test_all_curves_share_full_calls(model_of, rows):
    model = model_of(of_rows=lambda rows: rows["x"].to_numpy())
    dependences(Asker(model, max_rows=1_000), rows, ["x", "n", "c"], resolution=10)
    assert model.n_rows == (10 + 4 + 2) * 300
    assert sorted(model.sizes) == [800, 1_000, 1_000, 1_000, 1_000]


def test_a_column_without_values_has_an_empty_curve(model_of, rows):
    empty = rows.with_columns(x=pl.lit(None, pl.Float64))
    (x,) = dependences(Asker(model_of(of_rows=lambda rows: np.zeros(rows.height))), empty, ["x"])
    assert x.values == ()
