"""The tables of a model's quality: each measure beside its limit, and which labels were taken for which."""

from dataclasses import dataclass
from math import isnan

from leeboard.formats.model_quality import (
    BinaryMetrics,
    ConfusionMatrix,
    MulticlassMetrics,
    QualityConstraints,
    QualityStatistics,
)
from leeboard.measures.quality.rates import f_beta, share
from leeboard.report.words import number

CONSTANT = "_best_constant_classifier"
MOST_LABELS = 12
"""Labels of a matrix that is shown whole; of more, the most frequent are."""
SHADES = 9


@dataclass(frozen=True, slots=True)
class MeasureRow:
    """One measure.

    Attributes:
        constant: what always giving the most frequent class would reach; "" if that is not measured.
        is_broken: beyond its limit.
    """

    name: str
    now: str
    deviation: str
    limit: str
    baseline: str
    constant: str
    is_broken: bool


def measure_rows(
    now: QualityStatistics,
    limits: QualityConstraints | None,
    then: QualityStatistics | None,
    broken: frozenset[str],
) -> list[MeasureRow]:
    """All measures of the model; those of the constant classifier stand beside theirs."""
    measured = now.metrics.measured()
    before = then.metrics.measured() if then is not None else {}
    promised = limits.limits if limits is not None else {}
    rows = []
    for name, one in measured.items():
        if name.endswith(CONSTANT):
            continue
        limit, old, constant = promised.get(name), before.get(name), measured.get(f"{name}{CONSTANT}")
        sign = {"LessThanThreshold": "≥", "GreaterThanThreshold": "≤"}
        rows.append(
            MeasureRow(
                name,
                number(one.value),
                "–" if isnan(one.standard_deviation) else f"± {number(one.standard_deviation, 2)}",
                f"{sign[limit.comparison_operator]} {number(limit.threshold)}" if limit else "–",
                number(old.value) if old else "–",
                number(constant.value) if constant else "",
                name in broken,
            )
        )
    return rows


@dataclass(frozen=True, slots=True)
class Cell:
    """Rows of one actual and one predicted label.

    Attributes:
        share: of the rows with this actual label, in [0, 1].
        shade: of the share, from 0 (none) to `SHADES`.
    """

    count: int
    share: float
    shade: int
    is_right: bool


@dataclass(frozen=True, slots=True)
class MatrixTable:
    """A confusion matrix as it is shown.

    Attributes:
        n_more: labels that are not shown.
    """

    labels: list[str]
    rows: list[tuple[str, int, list[Cell]]]
    n_more: int


def matrix_table(statistics: QualityStatistics) -> MatrixTable | None:
    """None for a regression."""
    metrics = statistics.metrics
    matrix = metrics.confusion_matrix if isinstance(metrics, BinaryMetrics | MulticlassMetrics) else None
    if not matrix:
        return None
    sums = {label: sum(row.values()) for label, row in matrix.items()}
    labels = list(matrix)
    if len(labels) > MOST_LABELS:
        most = sorted(labels, key=lambda label: -sums[label])[:MOST_LABELS]
        labels = [label for label in labels if label in set(most)]
    rows = [(a, sums[a], [_cell(matrix, a, p, sums[a]) for p in labels]) for a in labels]
    return MatrixTable(labels, rows, len(matrix) - len(labels))


def _cell(matrix: ConfusionMatrix, actual: str, predicted: str, total: int) -> Cell:
    count = matrix[actual].get(predicted, 0)
    part = count / total if total else 0.0
    return Cell(count, part, min(SHADES, int(part * SHADES) + 1) if count else 0, actual == predicted)


@dataclass(frozen=True, slots=True)
class ClassRow:
    """How one class is recognised, against all others; measures in [0, 1]."""

    label: str
    n_rows: int
    recall: float
    was_recall: float | None
    precision: float
    f1: float


def class_rows(now: QualityStatistics, then: QualityStatistics | None) -> list[ClassRow]:
    """Of many classes the ones with the most wrong rows first; [] for other problems."""
    metrics = now.metrics
    matrix = metrics.confusion_matrix if isinstance(metrics, MulticlassMetrics) else None
    if not matrix:
        return []
    before = then.metrics if then is not None else None
    old = (before.confusion_matrix if isinstance(before, MulticlassMetrics) else None) or {}
    columns = {label: sum(row.get(label, 0) for row in matrix.values()) for label in matrix}
    rows = [_class_row(label, matrix, columns[label], old) for label in matrix]
    return sorted(rows, key=lambda row: -row.n_rows * (1 - row.recall))[:MOST_LABELS]


def _class_row(label: str, matrix: ConfusionMatrix, n_predicted: int, old: ConfusionMatrix) -> ClassRow:
    right, n = matrix[label].get(label, 0), sum(matrix[label].values())
    recall, precision = share(right, n), share(right, n_predicted)
    n_old = sum(old[label].values()) if label in old else 0
    was = old[label].get(label, 0) / n_old if n_old else None
    f1 = f_beta(precision, recall, 1.0)
    return ClassRow(label, n, float(recall), was, float(precision), float(f1))
