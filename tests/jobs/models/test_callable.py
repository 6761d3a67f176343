"""Functions of Python as models."""

import numpy as np
import polars as pl
import pytest

from leeboard.errors import InputError, UnknownNameError
from leeboard.jobs.models.callable import CallableModel
from leeboard.measures.model import Predictions

ROWS = pl.DataFrame({"A": ["1", "2", None], "B": ["x", "y", "z"]})
NUMBERS = ROWS.select("A")


class Watched:
    """A function that keeps what it was given."""

    def __init__(self):
        self.seen = []

    def __call__(self, given):
        self.seen.append(given)
        return [0.5] * len(given)


def test_polars_gets_columns_of_numbers_where_all_texts_are_numbers():
    function = Watched()
    CallableModel(function).predict(ROWS)
    assert function.seen[0].schema == {"A": pl.Float64, "B": pl.String}


def test_pandas_gets_a_frame_with_names():
    pytest.importorskip("pandas")
    found = CallableModel(lambda frame: frame["A"].fillna(0.0) * 2, takes="pandas").predict(ROWS)
    assert found.scores.tolist() == [[2.0], [4.0], [0.0]]


def test_numpy_gets_floats_or_objects():
    function = Watched()
    model = CallableModel(function, takes="numpy")
    model.predict(NUMBERS)
    model.predict(ROWS)
    numbers, objects = function.seen
    assert numbers.dtype == np.float64
    assert np.isnan(numbers[2, 0])
    assert objects.dtype == object


@pytest.mark.parametrize(
    ("given", "labels", "scores"),
    [
        ([0.5, 1.5, 2.0], None, [[0.5], [1.5], [2.0]]),
        (np.array([1, 0, 1]), ["1", "0", "1"], [[1.0], [0.0], [1.0]]),
        (np.array(["a", "b", "a"]), ["a", "b", "a"], None),
        (
            np.array([[0.1, 0.9], [0.8, 0.2], [0.5, 0.5]]),
            ["no", "yes", "yes"],
            [[0.1, 0.9], [0.8, 0.2], [0.5, 0.5]],
        ),
        (pl.Series([0.1, 0.2, 0.3]), None, [[0.1], [0.2], [0.3]]),
        (pl.DataFrame({"p": [0.1, 0.2, 0.3]}), None, [[0.1], [0.2], [0.3]]),
        (Predictions(labels=["u", "v", "w"]), ["u", "v", "w"], None),
    ],
)
def test_what_functions_give(given, labels, scores):
    found = CallableModel(lambda _: given, label_headers=["yes", "no"]).predict(ROWS)
    assert found.labels == labels
    assert (found.scores if scores is None else found.scores.tolist()) == scores


def test_a_function_that_fails_or_gives_too_little_is_told():
    with pytest.raises(InputError, match=r"failed: ZeroDivisionError.*3 rows as polars, columns A, B"):
        CallableModel(lambda _: 1 / 0).predict(ROWS)
    with pytest.raises(InputError, match="was given 3 rows and gave 1 answers"):
        CallableModel(lambda _: [1.0]).predict(ROWS)
    with pytest.raises(InputError, match="gave None"):
        CallableModel(lambda _: None).predict(ROWS)
    with pytest.raises(UnknownNameError):
        CallableModel(lambda _: None, takes="csv")  # type: ignore[arg-type]
