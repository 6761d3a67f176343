"""whylogs: a profile written to a file, and its drift scores with their default thresholds."""

from __future__ import annotations

import pandas
import whylogs
from whylogs.core import DatasetProfileView
from whylogs.viz.drift.column_drift_algorithms import calculate_drift_scores


def profile(data: str, out: str) -> int:
    """Sketches of every column in one file."""
    view = whylogs.log(pandas.read_parquet(data)).view()
    view.write(out)
    return len(view.get_columns())


def drift(reference: str, current: str, profile: str) -> list[str]:
    """Kolmogorov-Smirnov or chi-square p-value below its limit, against the stored profile."""
    known, view = DatasetProfileView.read(profile), whylogs.log(pandas.read_parquet(current)).view()
    scores = calculate_drift_scores(view, known, with_thresholds=True)
    return [name for name, score in scores.items() if score and score["drift_category"] == "DRIFT"]
