"""Model quality: each measure with a limit."""

from collections.abc import Iterator
from math import isnan
from typing import Any, get_args

from leeboard.formats.model_quality import (
    BinaryMetrics,
    Measured,
    MulticlassMetrics,
    Operator,
    QualityStatistics,
    RegressionMetrics,
    violation_name,
)
from leeboard.report.gate.checked import Checked, Looked
from leeboard.report.report import Report, SectionContent


def looks(report: Report, content: SectionContent) -> Iterator[Looked]:
    documents: Any = content.documents
    statistics: QualityStatistics = documents["statistics.json"]
    measured = statistics.metrics.measured()
    for name, limit in content.baseline.constraints.limits.items():
        yield Looked(
            check=limit.comparison_operator,
            subject=violation_name(name),
            label="limit",
            names=frozenset({limit.comparison_operator, name, violation_name(name)}),
            why_not=_why_not(measured.get(name)),
        )


def _why_not(measured: Measured | None) -> str:
    if measured is None:
        return "it was not measured"
    return "it is no number" if isnan(measured.value) else ""


def names() -> Iterator[str]:
    """The two sides of a limit, and every measure in both spellings."""
    yield from get_args(Operator)
    for kind in (RegressionMetrics, BinaryMetrics, MulticlassMetrics):
        for name in kind.model_fields:
            yield from {name, violation_name(name)}


ENTRY = Checked("model-quality", looks, names)
