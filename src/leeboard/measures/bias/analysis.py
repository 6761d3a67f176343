"""Findings as the parts of `analysis.json`."""

from leeboard.formats.analysis import (
    AnalysisResult,
    BiasExtension,
    BiasMetric,
    BiasMetrics,
    FacetMetrics,
    GroupCounts,
)
from leeboard.measures.bias.contingency import Side
from leeboard.measures.bias.measures import Stage
from leeboard.measures.bias.results import Findings, Group, Measured

TRUE_POSITIVE = 3
FIELDS = {
    Stage.POST_TRAINING: "post_training_bias_metrics",
    Stage.PRE_TRAINING: "pre_training_bias_metrics",
}


def to_analysis(findings: Findings, level: float | None, *, is_strict: bool = False) -> AnalysisResult:
    """The file; a stage without measures is not in it.

    Args:
        level: of the intervals; None if there are none.
        is_strict: as AWS writes it, without anything of ours.
    """
    wanted = {one.measure.stage for group in findings.groups for one in group.measured}
    stages = {
        field: _stage(findings, stage, level, is_strict) for stage, field in FIELDS.items() if stage in wanted
    }
    return AnalysisResult(version="1.0", **stages)  # type: ignore[arg-type]


def _stage(findings: Findings, stage: Stage, level: float | None, is_strict: bool) -> BiasMetrics:
    facets = {
        name: [_facet(group, stage, level, is_strict) for group in groups]
        for name, groups in findings.by_facet().items()
    }
    return BiasMetrics(label=findings.label, facets=facets, label_value_or_threshold=findings.positive)


def _facet(group: Group, stage: Stage, level: float | None, is_strict: bool) -> FacetMetrics:
    metrics = [_metric(one, level, is_strict) for one in group.of(stage)]
    if is_strict:
        return FacetMetrics(value_or_threshold=group.text, metrics=metrics)
    return FacetMetrics(value_or_threshold=group.text, metrics=metrics, leeboard=_counts(group))


def _metric(one: Measured, level: float | None, is_strict: bool) -> BiasMetric:
    extension = None
    if one.low is not None and one.high is not None and not is_strict:
        extension = BiasExtension(low=one.low, high=one.high, confidence=level)
    return BiasMetric.of(
        one.measure.name,
        one.measure.description,
        one.value,
        error=one.error,
        extension=extension,
        is_strict=is_strict,
    )


def _counts(group: Group) -> GroupCounts:
    members, others = group.counts.members, group.counts.others
    told = _numbers("n_", members) | _numbers("n_other_", others)
    return GroupCounts.model_validate(told)


def _numbers(start: str, side: Side) -> dict[str, int]:
    """Without labels, rows are those with a prediction."""
    observed, predicted = side.observed, side.predicted
    return {
        f"{start}rows": int(max(observed.sum(), predicted.sum())),
        f"{start}observed_positive": int(observed[1]),
        f"{start}predicted_positive": int(predicted[1]),
        f"{start}true_positive": int(side.answered[TRUE_POSITIVE]),
    }
