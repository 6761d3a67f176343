"""Statistics of small tables, made by the real recipe, in as many blocks as a test wants."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from leeboard.formats.model_quality import ConfusionMatrix, QualityStatistics
from leeboard.measures.quality import QualityRecipe, QualityTask, to_statistics
from leeboard.tables import Block

CHURN = Path(__file__).parents[3].parent / "shared/data/churn/validation_with_predictions.csv"
Measure = Callable[..., QualityStatistics]


def _frame(**parts: Any) -> pl.DataFrame:
    return pl.DataFrame({f"leeboard:{name}": values for name, values in parts.items()}, strict=False)


def _measure(
    problem_type: Any, *, step: int | None = None, is_strict: bool = False, task: Any = None, **parts: Any
) -> QualityStatistics:
    recipe = QualityRecipe(QualityTask(problem_type=problem_type, **(task or {})))
    frame = _frame(**parts)
    state = recipe.zero()
    for start in range(0, frame.height, step or max(frame.height, 1)):
        state = state + recipe.of(Block(frame.slice(start, step)))
    return to_statistics(state, recipe.task, is_strict=is_strict)


@pytest.fixture(scope="session")
def measure() -> Measure:
    """Measures columns `label`, `prediction` and `probability`; `step` is the number of rows in a block."""
    return _measure


@pytest.fixture(scope="session")
def values() -> Callable[[QualityStatistics], dict[str, float]]:
    """The measures that are one number."""
    return lambda statistics: {name: one.value for name, one in statistics.metrics.measured().items()}


@pytest.fixture(scope="session")
def rows() -> Callable[[ConfusionMatrix], dict[str, list[str]]]:
    """Labels and predictions that have this confusion matrix."""

    def made(matrix: ConfusionMatrix) -> dict[str, list[str]]:
        pairs = [(a, p) for a, row in matrix.items() for p, n in row.items() for _ in range(n)]
        return {"label": [a for a, _ in pairs], "prediction": [p for _, p in pairs]}

    return made


@pytest.fixture(scope="session")
def churn() -> dict[str, list[str]]:
    """Predictions of a churn model with their labels, as text."""
    if not CHURN.is_file():
        pytest.skip("the shared data sets are not beside the project")
    return pl.read_csv(CHURN, infer_schema=False).to_dict(as_series=False)
