"""Evidently: its data summary preset and its data drift preset, as they come."""

from __future__ import annotations

from pathlib import Path

import pandas
from evidently import Report
from evidently.presets import DataDriftPreset, DataSummaryPreset


def profile(data: str, out: str) -> int:
    """The data summary preset."""
    found = Report([DataSummaryPreset()]).run(pandas.read_parquet(data), None)
    Path(out).write_text(found.json())
    return len(found.dict()["metrics"])


def drift(reference: str, current: str, profile: str) -> list[str]:
    """The data drift preset with its default tests and thresholds; it reads the reference data again."""
    return drifted(pandas.read_parquet(reference), pandas.read_parquet(current))


def drifted(reference: pandas.DataFrame, current: pandas.DataFrame) -> list[str]:
    """Columns that the preset calls drifted: p-values below, distances at or above their threshold."""
    found = Report([DataDriftPreset()]).run(current, reference).dict()["metrics"]
    scores = [metric for metric in found if metric["config"]["type"].endswith(":ValueDrift")]
    return [score["config"]["column"] for score in scores if _is_drift(score)]


def _is_drift(score: dict) -> bool:
    limit, value = score["config"]["threshold"], score["value"]
    return value < limit if "p_value" in score["config"]["method"] else value >= limit
