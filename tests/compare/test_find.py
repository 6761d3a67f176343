"""A whole comparison, of windows that come in many blocks."""

from functools import reduce
from operator import add

import numpy as np
import polars as pl
import pytest

from leeboard.compare import find, suggest_constraints
from leeboard.profile import TableProfile
from leeboard.profile.statistics import to_statistics
from leeboard.tables import Block

ROWS, BLOCK = 60_000, 5_000


def profile_of(seed: int, *, moved: bool = False) -> TableProfile:
    """A table of discrete and continuous columns, block by block."""
    rng = np.random.default_rng(seed)
    frame = pl.DataFrame(
        {
            "visits": rng.poisson(9 if moved else 8, ROWS),
            "year": 2025 - rng.exponential(9, ROWS).astype(int),
            "price": rng.lognormal(2, 1, ROWS),
            "shop": rng.zipf(1.8, ROWS).clip(max=5_000).astype(str),
        }
    )
    return reduce(add, [TableProfile.of(Block(frame.slice(i, BLOCK))) for i in range(0, ROWS, BLOCK)])


@pytest.mark.parametrize("is_moved", [False, True])
def test_of_many_blocks_the_moved_column_is_found_and_no_other(is_moved: bool) -> None:
    baseline = profile_of(1)
    comparison = find(suggest_constraints(baseline), to_statistics(baseline), profile_of(2, moved=is_moved))
    drifted = [score.feature_name for score in comparison.drift if score.drifted]
    assert drifted == ["visits"] * is_moved
    assert max(score.distance for score in comparison.drift if not score.drifted) < 0.01
