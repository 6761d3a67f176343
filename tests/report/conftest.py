"""Contents of reports, made by the real profile from small frames."""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import numpy as np
import polars as pl
import pytest

from leeboard.compare import Comparison
from leeboard.formats.constraints import Constraints, FeatureConstraints
from leeboard.formats.statistics import Statistics
from leeboard.profile.statistics import to_statistics
from leeboard.profile.table import TableProfile
from leeboard.report.content import ReportContent
from leeboard.tables import Block

Maker = Callable[..., ReportContent]
HOSTILE = "<script>alert(1)</script>\"'&\u202e\x1b[31m"


def statistics_of(frame: pl.DataFrame) -> Statistics:
    return to_statistics(TableProfile.of(Block(frame)))


def _frames(n_columns: int, n_rows: int = 500) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Baseline and current: normal, skewed, whole and text columns in turn."""
    sides = []
    for seed in (1, 2):
        rng = np.random.default_rng(seed)
        makers = (
            lambda rng=rng: rng.normal(50, 12, n_rows).round(3),
            lambda rng=rng: rng.lognormal(3, 2, n_rows),
            lambda rng=rng: rng.integers(0, 90, n_rows),
            lambda rng=rng: rng.choice(["alpha", "beta", "gamma", "delta"], n_rows, p=[0.5, 0.3, 0.15, 0.05]),
        )
        sides.append(pl.DataFrame({f"column_{i}": makers[i % 4]() for i in range(n_columns)}))
    return sides[0], sides[1]


@pytest.fixture(scope="session")
def make() -> Maker:
    """Makes a content of two frames; every setting of `ReportContent` can be given."""

    def make(was: pl.DataFrame | None, now: pl.DataFrame, **settings: Any) -> ReportContent:
        baseline = statistics_of(was) if was is not None else None
        names = was.columns if was is not None else now.columns
        given: dict[str, Any] = {
            "title": "Data quality",
            "created_at": datetime(2026, 3, 1, 9, tzinfo=UTC),
            "kind": "check",
            "statistics": statistics_of(now),
            "baseline": baseline,
            "constraints": Constraints(
                version=0.0,
                features=[
                    FeatureConstraints(name=n, inferred_type="Fractional", completeness=1.0) for n in names
                ],
            ),
            "comparison": Comparison(findings=[], drift=[], notes=[]),
        }
        return ReportContent(**given | settings)

    return make


@pytest.fixture(scope="session")
def frames() -> Callable[..., tuple[pl.DataFrame, pl.DataFrame]]:
    """Makes a pair of frames of so many columns."""
    return _frames
