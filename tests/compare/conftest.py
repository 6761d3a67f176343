"""Small tables, baselines made from them, and what comparing them finds."""

from collections.abc import Callable
from typing import Any

import polars as pl
import pytest

from leeboard.compare import Comparison, find, suggest_constraints
from leeboard.formats.constraints import Constraints
from leeboard.profile import TableProfile
from leeboard.profile.statistics import to_statistics
from leeboard.tables import Block

Columns = dict[str, list[Any]]


@pytest.fixture
def profile_of() -> Callable[[Columns], TableProfile]:
    return lambda columns: TableProfile.of(Block(pl.DataFrame(columns)))


@pytest.fixture
def compare(profile_of) -> Callable[..., Comparison]:
    """Compares two tables; `edit` changes the suggested constraints first."""

    def compare_(
        before: Columns, now: Columns, *, edit: Callable[[Constraints], None] | None = None, **options: Any
    ) -> Comparison:
        strict = options.pop("strict", False)
        profile = profile_of(before)
        constraints = suggest_constraints(profile, strict=strict, **options)
        if edit:
            edit(constraints)
        return find(constraints, to_statistics(profile), profile_of(now), strict=strict)

    return compare_


@pytest.fixture
def checks(compare) -> Callable[..., list[tuple[str, str]]]:
    """Column and check of each finding."""
    return lambda *args, **options: [
        (finding.feature_name, finding.check) for finding in compare(*args, **options).findings
    ]
