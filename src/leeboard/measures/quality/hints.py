"""Why a measure is worse than its limit, in plain words."""

from dataclasses import dataclass
from math import isfinite

from leeboard.formats.model_quality import (
    BinaryMetrics,
    ConfusionMatrix,
    Measured,
    MetricConstraint,
    Metrics,
    MulticlassMetrics,
    QualityStatistics,
)

BY_CHANCE = 4.0
"""Deviations up to which chance may explain a distance; one is about half a standard error."""
MANY = 3
MISSED = frozenset({"recall", "true_positive_rate", "false_negative_rate"})
FALSE_ALARMS = frozenset({"true_negative_rate", "false_positive_rate"})


def hint_on(
    metric: str,
    limit: MetricConstraint,
    now: QualityStatistics,
    then: QualityStatistics | None,
    *,
    has_slack: bool = False,
) -> str:
    """What moved, and how much of it chance may explain; without baseline statistics, what is there now.

    Args:
        has_slack: whether the limit is farther off than the measure of the baseline, as chance goes.
    """
    before = then.metrics if then is not None and then.problem_type == now.problem_type else None
    said = [_what_moved(metric, now, then if before is not None else None)]
    said.append(_how_far(now.metrics.measured()[metric], limit, has_slack))
    return "; ".join(words for words in said if words)


def _how_far(measured: Measured, limit: MetricConstraint, has_slack: bool) -> str:
    gap, deviation = abs(measured.value - limit.threshold), measured.standard_deviation
    if not isfinite(gap) or not isfinite(deviation) or deviation <= 0:
        return ""
    ratio = gap / deviation
    told = f"beyond the limit by {ratio:.1f} standard deviations ({deviation:.2g})"
    if ratio < BY_CHANCE and not has_slack:
        return f"{told}, which chance may explain: limits with slack would not have fired"
    return told


def _what_moved(metric: str, now: QualityStatistics, then: QualityStatistics | None) -> str:
    after, before = now.metrics, then.metrics if then is not None else None
    if isinstance(after, BinaryMetrics):
        return _of_binary(metric, after, before if isinstance(before, BinaryMetrics) else None)
    if isinstance(after, MulticlassMetrics):
        return _of_classes(after, before if isinstance(before, MulticlassMetrics) else None)
    return _of_errors(now, then)


@dataclass(frozen=True, slots=True)
class _Table:
    """The cells of a binary confusion matrix, the second label positive."""

    labels: tuple[str, str]
    tn: int
    fp: int
    fn: int
    tp: int

    @property
    def n(self) -> int:
        return self.tn + self.fp + self.fn + self.tp


def _table(metrics: BinaryMetrics | None, labels: tuple[str, ...] = ()) -> _Table | None:
    """None if there is no matrix of two labels.

    Args:
        labels: negative and positive; if not given, in the order of the file, which is ours.
    """
    matrix = metrics.confusion_matrix if metrics is not None else None
    if not matrix or len(matrix) != 2 or (labels and set(labels) != set(matrix)):
        return None
    negative, positive = labels or tuple(matrix)
    cells = [matrix[a].get(p, 0) for a in (negative, positive) for p in (negative, positive)]
    return _Table((negative, positive), *cells)


def _of_binary(metric: str, after: BinaryMetrics, before: BinaryMetrics | None) -> str:
    if metric == "auc":
        return _of_scores(after)
    now = _table(after)
    if now is None:
        return ""
    then = _table(before, now.labels)
    negative, positive = now.labels
    if metric in MISSED:
        return _rate(f"rows labelled {positive!r} were predicted {negative!r}", "fn", ("fn", "tp"), now, then)
    if metric in FALSE_ALARMS:
        return _rate(f"rows labelled {negative!r} were predicted {positive!r}", "fp", ("fp", "tn"), now, then)
    if metric == "precision":
        told = _rate(f"rows predicted {positive!r} are labelled {negative!r}", "fp", ("fp", "tp"), now, then)
        return told + _mix(now, then)
    if metric == "accuracy":
        return _wrong(now, then) + _mix(now, then)
    return _both(after, before)


def _rate(words: str, part: str, whole: tuple[str, str], now: _Table, then: _Table | None) -> str:
    told = _of(part, whole, now)
    return f"{told} {words}" + (f", {_of(part, whole, then)} in the baseline" if then else "")


def _of(part: str, whole: tuple[str, str], table: _Table) -> str:
    n, total = getattr(table, part), sum(getattr(table, cell) for cell in whole)
    return f"{n:,} of {total:,}" + (f" ({100 * n / total:.1f}%)" if total else "")


def _wrong(now: _Table, then: _Table | None) -> str:
    def told(table: _Table) -> str:
        wrong = table.fp + table.fn
        return f"{wrong:,} of {table.n:,} ({100 * wrong / max(table.n, 1):.1f}%)"

    return f"{told(now)} rows are predicted wrong" + (f", {told(then)} in the baseline" if then else "")


def _mix(now: _Table, then: _Table | None) -> str:
    """Whether the classes have another share than before, which moves these measures of the same model."""
    if then is None or not now.n or not then.n:
        return ""
    after, before = (now.fn + now.tp) / now.n, (then.fn + then.tp) / then.n
    if abs(after - before) <= max(0.2 * before, 0.01):
        return ""
    label = now.labels[1]
    return f"; {100 * after:.1f}% of the rows are labelled {label!r} now, {100 * before:.1f}% were before"


def _of_scores(after: BinaryMetrics) -> str:
    if after.auc is not None and after.auc.value < 0.5:
        return "the scores rank the classes the wrong way round: are they scores of the other class?"
    return "the scores separate the classes less well, whatever the threshold"


def _both(after: BinaryMetrics, before: BinaryMetrics | None) -> str:
    return " and ".join(_moved(name, after, before) for name in ("precision", "recall"))


def _moved(name: str, after: Metrics, before: Metrics | None) -> str:
    now = after.measured().get(name)
    then = before.measured().get(name) if before is not None else None
    was = f" (was {then.value:.3g})" if then is not None else ""
    return f"{name} is {now.value:.3g}{was}" if now is not None else ""


def _of_classes(after: MulticlassMetrics, before: MulticlassMetrics | None) -> str:
    """The class that lost most right answers, and what it is taken for."""
    matrix = after.confusion_matrix or {}
    then = _recalls((before.confusion_matrix if before is not None else None) or {})
    now = _recalls(matrix)
    if not now:
        return ""
    n = {label: sum(row.values()) for label, row in matrix.items()}
    lost = {label: (then.get(label, 1.0) - recall) * n[label] for label, recall in now.items()}
    worst = max(lost, key=lambda label: lost[label])
    is_most = lost[worst] > sum(loss for loss in lost.values() if loss > 0) / 2
    begins = "mostly class" if is_most or len(now) < MANY else "several classes, above all"
    was = f", {then[worst]:.1%} in the baseline" if worst in then else ""
    wrong = {label: count for label, count in matrix[worst].items() if label != worst and count}
    if not wrong:
        return f"of class {worst!r}, {now[worst]:.1%} are right{was}"
    other = max(wrong, key=lambda label: wrong[label])
    return (
        f"{begins} {worst!r}: {now[worst]:.1%} of its {n[worst]:,} rows are right{was}; "
        f"{wrong[other]:,} were taken for {other!r}"
    )


def _recalls(matrix: ConfusionMatrix) -> dict[str, float]:
    sums = {label: sum(row.values()) for label, row in matrix.items()}
    return {label: row.get(label, 0) / sums[label] for label, row in matrix.items() if sums[label]}


def _of_errors(now: QualityStatistics, then: QualityStatistics | None) -> str:
    """Whether predictions are off to one side or only scattered."""
    after, before = _mean_error(now), _mean_error(then)
    rmse = now.metrics.measured().get("rmse")
    if after is None or rmse is None:
        return ""
    side = "high" if after > 0 else "low"
    was = f" ({before:+.3g} in the baseline)" if before is not None else ""
    if abs(after) > rmse.value / 2:
        return f"predictions are too {side} by {abs(after):.3g} on average{was}: the errors are on one side"
    return f"the errors lie on both sides, {after:+.3g} on average{was}: they are wider, not shifted"


def _mean_error(statistics: QualityStatistics | None) -> float | None:
    return statistics.leeboard.mean_error if statistics is not None and statistics.leeboard else None
