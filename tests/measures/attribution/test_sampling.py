"""Rows that are kept to be explained."""

import numpy as np
import polars as pl
import pytest

from leeboard.measures.attribution.sampling import RowSample
from leeboard.tables import Block
from leeboard.tables.parts import LABEL


def of(rows, n_most=100, seed=0):
    return RowSample.of(Block(rows), n_most, seed)


def table(n, start=0):
    return pl.DataFrame({"a": [str(i) for i in range(start, start + n)], "b": ["x"] * n})


def test_rows_are_kept_in_order_up_to_the_bound():
    both = of(table(40)) + of(table(60, 40))
    assert both.rows.equals(table(100))
    assert not both.is_sample


def test_beyond_the_bound_a_sample_is_kept_that_does_not_depend_on_the_cutting():
    parts = [of(table(100, start)) for start in range(0, 1000, 100)]
    left = parts[0]
    for part in parts[1:]:
        left = left + part
    right = parts[-1]
    for part in reversed(parts[:-1]):
        right = part + right
    assert left.rows.equals(right.rows)
    assert left.rows.equals(of(table(1000)).rows)
    assert (left.n_rows, left.rows.height) == (1000, 100)


def test_the_order_of_parts_changes_the_order_of_rows_only():
    first, second = of(table(300)), of(table(300, 300))
    assert (first + second).rows.sort("a").equals((second + first).rows.sort("a"))


def test_nothing_added_changes_nothing():
    some = of(table(30))
    for both in (RowSample(100) + some, some + RowSample(100)):
        assert both.rows.equals(some.rows)
        assert both.n_rows == 30


def test_repeated_rows_are_drawn_as_often_as_they_deserve():
    rows = pl.DataFrame({"a": ["x"] * 9_000 + ["y"] * 1_000})
    kept = of(rows, 1_000).rows
    assert (kept["a"] == "y").sum() == pytest.approx(100, abs=40)


def test_a_sample_looks_like_the_whole():
    rows = pl.DataFrame({"a": np.arange(20_000.0)})
    assert of(rows, 2_000).rows["a"].mean() == pytest.approx(10_000, rel=0.05)


def test_another_seed_gives_another_sample():
    assert not of(table(500), seed=1).rows.equals(of(table(500), seed=2).rows)


def test_labels_are_no_features():
    assert of(table(5).with_columns(pl.lit("1").alias(LABEL))).columns == ["a", "b"]
