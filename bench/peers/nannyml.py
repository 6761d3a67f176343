"""NannyML: summary statistics, and univariate drift with its default method and threshold."""

from __future__ import annotations

from pathlib import Path

import nannyml
import pandas


def profile(data: str, out: str) -> int:
    """Missing values of every column; mean, sum, deviation and median of the numeric ones."""
    frame = pandas.read_parquet(data)
    numbers = list(frame.select_dtypes("number").columns)
    kinds = [nannyml.SummaryStatsAvgCalculator, nannyml.SummaryStatsSumCalculator]
    kinds += [nannyml.SummaryStatsStdCalculator, nannyml.SummaryStatsMedianCalculator]
    found = [_fitted(kind, numbers, frame) for kind in kinds]
    found.append(_fitted(nannyml.MissingValuesCalculator, list(frame.columns), frame))
    Path(out).write_text("\n".join(one.to_df().to_json() for one in found))
    return len(found)


def drift(reference: str, current: str, profile: str) -> list[str]:
    """Jensen-Shannon distance in ten chunks, beyond three deviations of the reference in most of them.

    It reads the reference data again.
    """
    known, frame = pandas.read_parquet(reference), pandas.read_parquet(current)
    calculator = nannyml.UnivariateDriftCalculator(column_names=list(frame.columns))
    found = calculator.fit(known).calculate(frame).filter(period="analysis").to_df()
    return [c for c in frame.columns if found[c]["jensen_shannon"]["alert"].mean() > 0.5]


def _fitted(kind: type, columns: list[str], frame: pandas.DataFrame) -> object:
    return kind(column_names=columns).fit(frame).calculate(frame)
