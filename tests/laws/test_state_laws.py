"""Every state of the roster keeps the laws that engines rely on."""

from dataclasses import fields
from math import isclose
from typing import Any

import numpy as np
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from leeboard.profile import TableProfile
from leeboard.profile.reading import cells_of
from leeboard.profile.states import STATES, StateEntry
from leeboard.profile.states.categories import Categories
from leeboard.tables import Block

CELLS = st.one_of(
    st.none(),
    st.integers(-(10**6), 10**6).map(str),
    st.floats(-1e6, 1e6).map(str),
    st.sampled_from(["true", "false", "n/a", "NaN", "Infinity", "1,000", "0x1F", "5.", ".5", "- 5", "1e999"]),
    st.text(max_size=4).filter(bool),
)
FLOATS = st.none() | st.floats(-1e6, 1e6) | st.sampled_from([float("nan"), float("inf"), float("-inf")])
"""No sums that cancel to their last digit: floating-point addition is not associative there."""
COLUMNS = st.one_of(
    st.lists(CELLS, max_size=30).map(lambda cells: pl.Series(cells, dtype=pl.String)),
    st.lists(st.none() | st.integers(-(10**9), 10**9), max_size=30).map(
        lambda cells: pl.Series(cells, dtype=pl.Int64)
    ),
    st.lists(FLOATS, max_size=30).map(lambda cells: pl.Series(cells, dtype=pl.Float64)),
)
EVERY_STATE = pytest.mark.parametrize("entry", list(STATES), ids=lambda entry: entry.name)


def state_of(entry: StateEntry, column: pl.Series) -> Any:
    return entry.kind.of(cells_of(column))


def same(one: Any, two: Any) -> bool:
    """Equal, up to rounding of sums and the order in which values are held."""
    if isinstance(one, Categories):
        return (one.counts, one.n, one.error) == (two.counts, two.n, two.error)
    return all(same_value(getattr(one, f.name), getattr(two, f.name)) for f in fields(one))


def same_value(one: Any, two: Any) -> bool:
    if isinstance(one, float):
        return isclose(one, two, rel_tol=1e-9, abs_tol=1e-3) or one == two
    if isinstance(one, np.ndarray):
        return np.array_equal(np.sort(one), np.sort(two))
    if isinstance(one, tuple):
        return len(one) == len(two) and all(map(same_value, one, two))
    return bool(one == two)


@EVERY_STATE
@given(column=COLUMNS)
def test_zero_changes_nothing(entry: StateEntry, column: pl.Series) -> None:
    state = state_of(entry, column)
    zero = entry.kind.zero()
    assert same(zero + state, state)
    assert same(state + zero, state)
    assert same(zero + zero, zero)


@EVERY_STATE
@given(one=COLUMNS, two=COLUMNS)
def test_the_order_of_adding_does_not_matter(entry: StateEntry, one: pl.Series, two: pl.Series) -> None:
    a, b = state_of(entry, one), state_of(entry, two)
    assert same(a + b, b + a)


@EVERY_STATE
@given(one=COLUMNS, two=COLUMNS, three=COLUMNS)
def test_the_grouping_of_adding_does_not_matter(
    entry: StateEntry, one: pl.Series, two: pl.Series, three: pl.Series
) -> None:
    a, b, c = (state_of(entry, column) for column in (one, two, three))
    assert same((a + b) + c, a + (b + c))


@EVERY_STATE
@given(cells=st.lists(CELLS, max_size=40), cut=st.integers(0, 40))
def test_a_cut_column_gives_what_the_whole_gives(
    entry: StateEntry, cells: list[str | None], cut: int
) -> None:
    column = pl.Series(cells, dtype=pl.String)
    halves = state_of(entry, column.head(cut)) + state_of(entry, column.slice(cut))
    assert same(halves, state_of(entry, column))


@given(cells=st.lists(st.tuples(CELLS, CELLS), max_size=20), cut=st.integers(0, 20))
def test_a_table_may_be_cut_anywhere(cells: list[tuple[str | None, str | None]], cut: int) -> None:
    frame = pl.DataFrame(cells, schema={"a": pl.String, "b": pl.String}, orient="row")
    whole = TableProfile.of(Block(frame))
    halves = TableProfile.of(Block(frame.head(cut))) + TableProfile.of(Block(frame.slice(cut)))
    assert halves.n_rows == whole.n_rows
    for name in "ab":
        assert halves.columns[name].types == whole.columns[name].types
        assert halves.columns[name].completeness == whole.columns[name].completeness
