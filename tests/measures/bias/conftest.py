"""Fixtures of the tests of bias."""

import sys
from collections.abc import Callable
from pathlib import Path

import polars as pl
import pytest

sys.path.append(str(Path(__file__).parent))  # so that tests can import bias_rows

from bias_rows import ADULT, by_name, findings_of, rows_of

from leeboard.measures.bias.results import Measured

Measure = Callable[..., dict[str, Measured]]


@pytest.fixture
def adult() -> pl.DataFrame:
    return rows_of(ADULT)


@pytest.fixture
def measured() -> Measure:
    """Every measure of the first group of rows."""
    return lambda frame, question, **more: by_name(findings_of(frame, question, **more))
