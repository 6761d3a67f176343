"""Recorded data and files of AWS, where they are at hand."""

from collections import Counter
from pathlib import Path

import polars as pl
import pytest

from leeboard.compare import find, suggest_constraints
from leeboard.formats.reading import read_constraints, read_statistics
from leeboard.profile import TableProfile
from leeboard.profile.statistics import to_statistics
from leeboard.tables import Block

DATA = Path(__file__).parents[2].parent / "shared" / "data"
pytestmark = pytest.mark.skipif(not DATA.exists(), reason="the recorded AWS data are not at hand")


def churn() -> tuple[TableProfile, TableProfile]:
    """Training data with the label first, and live input behind a predicted probability."""
    training = pl.read_csv(DATA / "churn/training-dataset-with-header.csv", infer_schema=False)
    live = pl.read_csv(DATA / "churn/test-dataset-input-cols.csv", infer_schema=False, has_header=False)
    predicted = pl.Series(["0.25", "0.75"] * live.height)[: live.height]
    columns = [predicted, *live.get_columns()]
    renamed = [column.alias(name) for column, name in zip(columns, training.columns, strict=True)]
    return TableProfile.of(Block(training)), TableProfile.of(Block(pl.DataFrame(renamed)))


@pytest.mark.parametrize("strict", [False, True])
def test_the_recorded_traffic_breaks_the_type_of_59_columns_and_the_label(strict):
    training, live = churn()
    constraints = suggest_constraints(training, strict=strict)
    found = find(constraints, to_statistics(training), live, strict=strict)
    assert Counter(finding.check for finding in found.findings) == {"data_type_check": 60}
    assert not any(score.drifted for score in found.drift)


def test_the_role_of_the_label_removes_its_false_alarm():
    training, live = churn()
    constraints = suggest_constraints(training, roles={"Churn": "label"})
    found = find(constraints, to_statistics(training), live)
    assert len(found.findings) == 59
    assert "Churn" not in {finding.feature_name for finding in found.findings}


def test_a_first_generation_file_is_understood():
    constraints = read_constraints((DATA / "aws-files/constraints.json").read_bytes())
    statistics = read_statistics((DATA / "aws-files/statistics.json").read_bytes())
    rows = {feature.name: ["something else"] * 9 for feature in constraints.features}
    found = find(constraints, statistics, TableProfile.of(Block(pl.DataFrame(rows))))
    assert {f.check for f in found.findings} == {"baseline_drift_check", "categorical_values_check"}
    assert all(score.decision == "threshold" for score in found.drift)
