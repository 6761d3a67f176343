"""Model quality: each measure beside its limit, the matrix, and curves in a few points."""

from collections.abc import Iterator
from typing import Any

from leeboard.formats.model_quality import (
    CAMEL_CASE,
    BinaryMetrics,
    Measured,
    MetricConstraint,
    MulticlassMetrics,
    QualityExtension,
    QualityStatistics,
)
from leeboard.formats.summary import MeasureSummary, QualityPicture, SeenViolation, Summary
from leeboard.report.charts.quality_tables import CONSTANT, matrix_table
from leeboard.report.report import SectionContent
from leeboard.report.summaries import Summarised, seen_violation
from leeboard.report.summaries.numbers import finite, thinned
from leeboard.report.words import clipped, number

MONITOR = "model-quality"
SNAKE_CASE = {camel: snake for snake, camel in CAMEL_CASE.items()}
Z_95 = 1.959964
"""Quantile of the normal distribution for an interval of 95%."""
MOST_POINTS = 60
LONGEST_LABEL = 100
SIDES = {"LessThanThreshold": "at least", "GreaterThanThreshold": "at most"}
"""The good side of a limit, by the bad one."""


def numbers(content: SectionContent) -> Summary:
    """Every measure that is one number, but for those of a model that knows nothing."""
    now, then, limits = _sides(content)
    before = then.metrics.measured() if then else {}
    broken = {_name(one.subject) for one in (content.violations.violations if content.violations else [])}
    return Summary(
        n_rows=now.dataset.item_count,
        measures=[
            _measure(name, one, before.get(name), limits.get(name), is_broken=name in broken)
            for name, one in now.metrics.measured().items()
            if not name.endswith(CONSTANT)
        ],
        quality=picture(now),
    )


def _sides(
    content: SectionContent,
) -> tuple[QualityStatistics, QualityStatistics | None, dict[str, MetricConstraint]]:
    documents: Any = content.documents
    baseline = content.baseline if content.is_check else None
    constraints = getattr(baseline, "constraints", None)
    return (
        documents["statistics.json"],
        getattr(baseline, "statistics", None),
        constraints.limits if constraints else {},
    )


def _name(subject: str) -> str:
    return SNAKE_CASE.get(subject, subject)


def _measure(
    name: str, now: Measured, then: Measured | None, limit: MetricConstraint | None, *, is_broken: bool
) -> MeasureSummary:
    value, deviation = finite(now.value), finite(now.standard_deviation)
    has_interval = value is not None and deviation is not None
    return MeasureSummary(
        name=name,
        value=value,
        deviation=deviation,
        low=finite(now.value - Z_95 * now.standard_deviation) if has_interval else None,
        high=finite(now.value + Z_95 * now.standard_deviation) if has_interval else None,
        baseline=finite(then.value) if then else None,
        baseline_deviation=finite(then.standard_deviation) if then else None,
        limit=finite(limit.threshold) if limit else None,
        operator=limit.comparison_operator if limit else None,
        is_broken=is_broken,
    )


def picture(now: QualityStatistics) -> QualityPicture:
    """What charts show of a model's quality."""
    ours, metrics = now.leeboard or QualityExtension(), now.metrics
    told: dict[str, Any] = {
        "problem_type": now.problem_type,
        "n_used": ours.rows_used,
        "n_without_label": ours.rows_without_label,
        "n_without_prediction": ours.rows_without_prediction,
        "positive_label": ours.positive_label and clipped(ours.positive_label, LONGEST_LABEL),
        "mean_error": finite(ours.mean_error),
    }
    if isinstance(metrics, BinaryMetrics | MulticlassMetrics):
        told |= _matrix(now)
    if isinstance(metrics, BinaryMetrics):
        told |= _curves(metrics)
    if ours.calibration:
        bins = ours.calibration
        told["calibration"] = (
            [finite(one.mean_score) or 0.0 for one in bins],
            [finite(one.observed_rate) or 0.0 for one in bins],
            [one.count for one in bins],
        )
    if ours.error_bins:
        told |= {"error_edges": ours.error_bins.edges, "error_counts": ours.error_bins.counts}
    return QualityPicture(**told)


def _matrix(now: QualityStatistics) -> dict[str, Any]:
    table = matrix_table(now)
    if table is None:
        return {}
    return {
        "labels": [clipped(label, LONGEST_LABEL) for label in table.labels],
        "matrix": [[cell.count for cell in cells] for _, _, cells in table.rows],
        "n_more_labels": table.n_more,
    }


def _curves(metrics: BinaryMetrics) -> dict[str, Any]:
    roc, recalls = metrics.receiver_operating_characteristic_curve, metrics.precision_recall_curve
    found: dict[str, Any] = {}
    if roc and roc.false_positive_rates:
        found["roc"] = _curve(roc.false_positive_rates, roc.true_positive_rates)
    if recalls and recalls.recalls:
        found["precision_recall"] = _curve(recalls.recalls, recalls.precisions)
    return found


def _curve(x: list[float], y: list[float]) -> tuple[list[float], list[float]] | None:
    pairs = [(a, b) for a, b in zip(x, y, strict=False) if finite(a) is not None and finite(b) is not None]
    return thinned([a for a, _ in pairs], MOST_POINTS), thinned([b for _, b in pairs], MOST_POINTS)


def violations(content: SectionContent) -> Iterator[SeenViolation]:
    """Each with how far beyond its limit the measure is, as a share of the limit."""
    now, _, limits = _sides(content)
    measured = now.metrics.measured()
    for violation in content.violations.violations if content.violations else []:
        name = _name(violation.subject)
        value, limit = measured.get(name), limits.get(name)
        promised = f"{SIDES[limit.comparison_operator]} {number(limit.threshold)}" if limit else None
        beyond = (
            abs(value.value - limit.threshold) / (abs(limit.threshold) or 1.0) if value and limit else None
        )
        yield seen_violation(
            MONITOR,
            violation,
            label=name.replace("_", " "),
            promised=promised,
            seen=number(value.value) if value else None,
            effect=finite(beyond),
        )


ENTRY = Summarised(MONITOR, numbers, violations)
