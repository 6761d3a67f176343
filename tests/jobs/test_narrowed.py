"""Analyses that see some of the columns."""

import polars as pl
import pytest

from leeboard.errors import InputError
from leeboard.jobs.narrowed import Narrowed
from leeboard.monitors import MONITORS, Order
from leeboard.tables import Block
from leeboard.tables.parts import LABEL

BLOCK = Block(pl.DataFrame({"a": [1], "b": [2], LABEL: [1], "c": [3]}))


def over(*columns: str) -> Narrowed:
    monitor = MONITORS.get("data-quality")
    return Narrowed(monitor.start(Order(settings=monitor.settings())), columns)


def test_it_sees_its_columns_in_its_order_and_the_parts():
    assert list(over("c", "a").of(BLOCK).columns) == ["c", "a", LABEL]


def test_it_takes_an_empty_block_as_the_analysis_does():
    analysis = over("a")
    assert (analysis.zero() + analysis.of(Block(pl.DataFrame()))).n_rows == 0


def test_a_column_that_is_not_there_is_told():
    with pytest.raises(InputError, match="no column z in the data; there: a, b"):
        over("a", "z").of(BLOCK)
