"""Result files as tables for a terminal, whichever monitor wrote them."""

from collections.abc import Iterator, Sequence
from functools import singledispatch
from math import isnan
from typing import TYPE_CHECKING, Any

from leeboard.formats.analysis import AnalysisResult, BiasMetrics, KernelShap
from leeboard.formats.constraints import Constraints
from leeboard.formats.model_quality import Measured, QualityConstraints, QualityStatistics
from leeboard.formats.part import Part
from leeboard.formats.statistics import Statistics
from leeboard.formats.violations import Violations
from leeboard.report.terminal import (
    constraints_table,
    plain_table,
    statistics_table,
    violations_table,
)
from leeboard.report.words import counted, number

if TYPE_CHECKING:
    from rich.table import Table


@singledispatch
def tables_of(document: Part) -> "Sequence[Table]":
    """What is in a file; nothing for a kind that has no table."""
    return []


@tables_of.register(Statistics)
def _statistics(document: Statistics) -> "Sequence[Table]":
    return [statistics_table(document)]


@tables_of.register(Constraints)
def _constraints(document: Constraints) -> "Sequence[Table]":
    return [constraints_table(document)]


@tables_of.register(Violations)
def _violations(document: Violations) -> "Sequence[Table]":
    return [violations_table(document)]


@tables_of.register(QualityStatistics)
def _quality_statistics(document: QualityStatistics) -> "Sequence[Table]":
    measured = document.metrics.measured()
    rows = [[name, number(each.value), _deviation(each)] for name, each in measured.items()]
    title = f"{document.problem_type} on {counted(document.dataset.item_count, 'row')}"
    return [plain_table(title, ["Measure", "Value", "±"], rows)]


@tables_of.register(QualityConstraints)
def _quality_constraints(document: QualityConstraints) -> "Sequence[Table]":
    signs = {"LessThanThreshold": "at least", "GreaterThanThreshold": "at most"}
    rows = [
        [name, signs[limit.comparison_operator], number(limit.threshold)]
        for name, limit in document.limits.items()
    ]
    title = f"{document.problem_type}: {counted(len(rows), 'limit')}"
    return [plain_table(title, ["Measure", "", "Limit"], rows)]


@tables_of.register(AnalysisResult)
def _analysis(document: AnalysisResult) -> "Sequence[Table]":
    stages = {
        "Bias before training": document.pre_training_bias_metrics,
        "Bias after training": document.post_training_bias_metrics,
    }
    shown = [_bias_table(title, stage) for title, stage in stages.items() if stage]
    labels = (document.explanations.kernel_shap if document.explanations else None) or {}
    return [*shown, *(_attribution_table(label, values) for label, values in labels.items())]


def _bias_table(title: str, stage: BiasMetrics) -> "Table":
    return plain_table(
        f"{title}, {stage.label}", ["Facet", "Value", "Measure", "Is", "Why not"], list(_bias_rows(stage))
    )


def _bias_rows(stage: BiasMetrics) -> Iterator[Sequence[str]]:
    for facet, groups in stage.facets.items():
        for group in groups:
            for metric in group.metrics:
                told = [metric.description or metric.name, number(metric.number), metric.error or ""]
                yield [facet, group.value_or_threshold, *told]


def _attribution_table(label: str, values: KernelShap) -> "Table":
    numbers = {name: value for name, value in values.global_shap_values.items() if _is_number(value)}
    ranked = sorted(numbers, key=lambda name: -abs(numbers[name]))
    rows = [[str(rank), name, number(numbers[name])] for rank, name in enumerate(ranked, 1)]
    return plain_table(f"Attributions of {label}", ["#", "Feature", "Adds"], rows)


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float)


def _deviation(measured: Measured) -> str:
    told = measured.standard_deviation
    return "–" if isnan(told) else number(told)
