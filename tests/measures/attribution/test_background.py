"""Backgrounds: given rows, and centres of clusters."""

import numpy as np
import polars as pl
import pytest

from leeboard.errors import InputError
from leeboard.measures.attribution.clusters import centres
from leeboard.measures.attribution.columns import typed
from leeboard.measures.attribution.given import given_rows


@pytest.fixture
def groups():
    """Three groups of numbers that are far apart; the category goes with the group."""
    rng = np.random.default_rng(0)
    group = np.arange(300) % 3
    return pl.DataFrame(
        {
            "x": rng.normal(10 * group, 0.1),
            "n": (100 * group).astype(int),
            "kind": [["p", "q", "r"][g] for g in group],
        }
    )


def test_centres_are_found_in_numbers_and_categories(groups):
    found = centres(groups, 3, seed=1).sort("x")
    assert found["x"].to_list() == pytest.approx([0, 10, 20], abs=0.1)
    assert found["n"].to_list() == [0, 100, 200]
    assert found["kind"].to_list() == ["p", "q", "r"]
    assert found.schema == groups.schema


def test_the_same_seed_gives_the_same_centres(groups):
    assert centres(groups, 4, seed=9).equals(centres(groups, 4, seed=9))


def test_no_more_centres_than_different_rows():
    assert centres(pl.DataFrame({"a": [1.0, 1.0, 1.0]}), 5).height == 1


def test_missing_cells_are_no_obstacle():
    rows = pl.DataFrame({"a": [1.0, None, 3.0, float("nan")], "b": ["x", None, "x", "x"], "c": [None] * 4})
    found = centres(rows.with_columns(pl.col("c").cast(pl.Float64)), 1)
    assert found.rows() == [(2.0, "x", None)]


def test_the_centres_of_numbers_are_those_of_scikit_learn():
    cluster = pytest.importorskip("sklearn.cluster")
    rng = np.random.default_rng(1)
    rows = rng.normal(size=(400, 2)) + np.repeat(np.array([[0, 0], [8, 0], [0, 8], [8, 8]]), 100, axis=0)
    found = centres(pl.DataFrame(rows, schema=["a", "b"]), 4).sort("a", "b").to_numpy()
    wanted = cluster.KMeans(4, n_init=5, random_state=0).fit(rows).cluster_centers_
    assert np.allclose(found[found[:, 0].argsort()], wanted[wanted[:, 0].argsort()])


@pytest.mark.parametrize(
    ("given", "path"),
    [
        ([[1, "x"]], None),
        ({"a": 1, "b": "x"}, None),
        ([{"b": "x", "a": 1, "other": 5}], None),
        ({"features": [1, "x"]}, "features"),
        ({"instances": [{"a": 1, "b": "x"}]}, "instances"),
        (pl.DataFrame({"b": ["x"], "a": [1]}), None),
        (pl.DataFrame({"column_1": [1], "column_2": ["x"]}), None),
    ],
)
def test_rows_may_be_given_in_every_form(given, path):
    assert given_rows(given, ["a", "b"], path).rows() == [(1, "x")]


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ([], "no row"),
        ([[1, 2, 3]], "3 cells, but the data have 2 features: a, b"),
        ({"a": 1}, "lacks features of the data: b"),
        (pl.DataFrame({"a": [1]}), "lacks features of the data: b"),
    ],
)
def test_other_rows_are_refused(given, message):
    with pytest.raises(InputError, match=message):
        given_rows(given, ["a", "b"])


def test_text_becomes_numbers_only_if_all_cells_are_in_all_frames():
    first = pl.DataFrame(
        {"i": ["1", " 2"], "f": ["1", "2.5"], "z": ["007", "8"], "m": ["1", ""], "t": ["1", "2"]}
    )
    second = pl.DataFrame({"i": [3], "f": [4], "z": ["9"], "m": [None], "t": ["x"]})
    rows, background = typed(first, second)
    assert rows.schema == background.schema
    assert [str(kind) for kind in rows.dtypes] == ["Int64", "Float64", "String", "Int64", "String"]
    assert rows["m"].to_list() == [1, None]
