"""Which measures get limits, on which side, and where."""

from collections.abc import Mapping
from math import isfinite

from leeboard.formats.model_quality import (
    Limits,
    Measured,
    MetricConstraint,
    MetricConstraintExtension,
    Operator,
    ProblemType,
    QualityConstraints,
    QualityConstraintsExtension,
    QualityStatistics,
)
from leeboard.measures.quality.slack import Slack

BELOW: Operator = "LessThanThreshold"
ABOVE: Operator = "GreaterThanThreshold"
BAD_SIDES: Mapping[ProblemType, Mapping[str, Operator]] = {
    "Regression": {"mae": ABOVE, "mse": ABOVE, "rmse": ABOVE, "r2": BELOW},
    "BinaryClassification": {
        "recall": BELOW,
        "precision": BELOW,
        "accuracy": BELOW,
        "true_positive_rate": BELOW,
        "true_negative_rate": BELOW,
        "false_positive_rate": ABOVE,
        "false_negative_rate": ABOVE,
        "auc": BELOW,
        "f0_5": BELOW,
        "f1": BELOW,
        "f2": BELOW,
    },
    "MulticlassClassification": {
        "accuracy": BELOW,
        "weighted_recall": BELOW,
        "weighted_precision": BELOW,
        "weighted_f0_5": BELOW,
        "weighted_f1": BELOW,
        "weighted_f2": BELOW,
    },
}
"""The side of its limit on which a measure is bad."""
UNBOUNDED = frozenset({"mae", "mse", "rmse", "r2"})
"""All others lie in [0, 1]."""
GROUPS: Mapping[ProblemType, str] = {
    "Regression": "regression_constraints",
    "BinaryClassification": "binary_classification_constraints",
    "MulticlassClassification": "multiclass_classification_constraints",
}


def suggest_limits(
    statistics: QualityStatistics, slack: Slack, own: QualityConstraintsExtension | None = None
) -> QualityConstraints:
    """A limit for each measure that has a bad side and a finite value, moved by the slack to its bad side.

    Args:
        own: what is noted in the file; with a confidence, the deviations of the measures are, too.
    """
    problem = statistics.problem_type
    assert problem is not None  # noqa: S101 - statistics that we made have measures
    measured = statistics.metrics.measured()
    has_deviations = own is not None and own.confidence is not None
    limits: Limits = {
        name: _limit(name, measured[name], side, slack, has_deviation=has_deviations)
        for name, side in BAD_SIDES[problem].items()
        if name in measured and isfinite(measured[name].value)
    }
    extension = {"leeboard": own} if own else {}
    return QualityConstraints.model_validate({"version": 0.0, GROUPS[problem]: limits, **extension})


def _limit(
    name: str, measured: Measured, side: Operator, slack: Slack, *, has_deviation: bool
) -> MetricConstraint:
    limit = MetricConstraint(threshold=_moved(name, measured, side, slack), comparison_operator=side)
    if not has_deviation or not isfinite(measured.standard_deviation):
        return limit
    own = MetricConstraintExtension(standard_deviation=measured.standard_deviation)
    return limit.model_copy(update={"leeboard": own})


def _moved(name: str, measured: Measured, side: Operator, slack: Slack) -> float:
    distance = slack.of(measured.value, measured.standard_deviation)
    if not distance:
        return measured.value
    limit = measured.value - distance if side == BELOW else measured.value + distance
    return limit if name in UNBOUNDED else min(max(limit, 0.0), 1.0)
