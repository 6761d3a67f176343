"""Result files as tables for a terminal."""

from typing import Any

import pytest
from rich.console import Console

from leeboard.formats.reading import read_any
from leeboard.report.files import tables_of

QUALITY = """{"version": 0.0, "dataset": {"item_count": 3}, "regression_metrics":
  {"mae": {"value": 0.25, "standard_deviation": "NaN"}}}"""
LIMITS = """{"version": 0.0, "regression_constraints":
  {"mae": {"threshold": "5.0E-1", "comparison_operator": "GreaterThanThreshold"}}}"""
ANALYSIS = """{"version": "1.0",
  "pre_training_bias_metrics": {"label": "hired", "label_value_or_threshold": "1", "facets": {"sex": [
    {"value_or_threshold": "f", "metrics": [
      {"name": "CI", "description": "Class Imbalance (CI)", "value": -0.5},
      {"name": "CDDL", "description": "", "value": null, "error": "no group"}]}]}},
  "explanations": {"kernel_shap": {"label0":
    {"global_shap_values": {"a": 0.1, "b": -0.4}, "expected_value": 1}}}}"""


@pytest.mark.parametrize(
    ("text", "told"),
    [
        (QUALITY, ["Regression on 3 rows", "mae", "0.25", "–"]),
        (LIMITS, ["Regression: 1 limit", "at most", "0.5"]),
        (ANALYSIS, ["Bias before training, hired", "Class Imbalance (CI)", "-0.5", "no group"]),
        (ANALYSIS, ["Attributions of label0", "1 b", "2 a"]),
    ],
)
def test_a_file_is_told_in_tables(text: str, told: list[str]) -> None:
    printed = " ".join(_printed(tables_of(read_any(text))).split())
    for part in told:
        assert part in printed


def _printed(tables: Any) -> str:
    console = Console(width=120)
    with console.capture() as capture:
        for table in tables:
            console.print(table)
    return capture.get()
