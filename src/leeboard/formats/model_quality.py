"""The measures of a model's quality and the limits on them: `statistics.json` and `constraints.json`.

Numbers may be texts in these files, such as "NaN", "Infinity" or "5.09E-4"; they are read as numbers.
"""

from typing import Literal

from leeboard.formats.java import java_double
from leeboard.formats.part import Part, Share, Version

ProblemType = Literal["Regression", "BinaryClassification", "MulticlassClassification"]
Operator = Literal["LessThanThreshold", "GreaterThanThreshold"]

CAMEL_CASE = {
    "true_positive_rate": "truePositiveRate",
    "true_negative_rate": "trueNegativeRate",
    "false_positive_rate": "falsePositiveRate",
    "false_negative_rate": "falseNegativeRate",
}
"""Metrics that AWS's violations spell otherwise than its constraints."""


class Measured(Part):
    """One measure; both numbers may be NaN or infinite."""

    value: float
    standard_deviation: float


class Metrics(Part):
    """The measures of one problem type."""

    def measured(self) -> dict[str, Measured]:
        """The measures that are one number, by name, in the order of the file."""
        return {name: value for name, value in self.members() if isinstance(value, Measured)}


class RegressionMetrics(Metrics):
    """Errors of predicted numbers."""

    mae: Measured | None = None
    mse: Measured | None = None
    rmse: Measured | None = None
    r2: Measured | None = None


class RocCurve(Part):
    """Points of the receiver operating characteristic, by falling score."""

    false_positive_rates: list[float]
    true_positive_rates: list[float]


class PrecisionRecallCurve(Part):
    """Points of precision against recall, by falling score."""

    precisions: list[float]
    recalls: list[float]


ConfusionMatrix = dict[str, dict[str, int]]
"""Actual label to predicted label to number of rows."""


class BinaryMetrics(Metrics):
    """How two classes were told apart; the curves need scores."""

    confusion_matrix: ConfusionMatrix | None = None
    recall: Measured | None = None
    precision: Measured | None = None
    accuracy: Measured | None = None
    recall_best_constant_classifier: Measured | None = None
    precision_best_constant_classifier: Measured | None = None
    accuracy_best_constant_classifier: Measured | None = None
    true_positive_rate: Measured | None = None
    true_negative_rate: Measured | None = None
    false_positive_rate: Measured | None = None
    false_negative_rate: Measured | None = None
    receiver_operating_characteristic_curve: RocCurve | None = None
    precision_recall_curve: PrecisionRecallCurve | None = None
    auc: Measured | None = None
    f0_5: Measured | None = None
    f1: Measured | None = None
    f2: Measured | None = None
    f0_5_best_constant_classifier: Measured | None = None
    f1_best_constant_classifier: Measured | None = None
    f2_best_constant_classifier: Measured | None = None


class MulticlassMetrics(Metrics):
    """How many classes were told apart; means over classes are weighted by their actual counts."""

    confusion_matrix: ConfusionMatrix | None = None
    accuracy: Measured | None = None
    weighted_recall: Measured | None = None
    weighted_precision: Measured | None = None
    weighted_f0_5: Measured | None = None
    weighted_f1: Measured | None = None
    weighted_f2: Measured | None = None
    accuracy_best_constant_classifier: Measured | None = None
    weighted_recall_best_constant_classifier: Measured | None = None
    weighted_precision_best_constant_classifier: Measured | None = None
    weighted_f0_5_best_constant_classifier: Measured | None = None
    weighted_f1_best_constant_classifier: Measured | None = None
    weighted_f2_best_constant_classifier: Measured | None = None


class QualityDataset(Part):
    """The data set as a whole; older files do not say when it was measured."""

    item_count: int
    evaluation_time: str | None = None


class CalibrationBin(Part):
    """Rows of about the same score: how many were positive."""

    mean_score: float
    observed_rate: float
    count: int


class ScoreBins(Part):
    """How many rows of each class have scores in [edges[i], edges[i + 1]); the last bin is closed."""

    edges: list[float]
    positives: list[int]
    negatives: list[int]


class ErrorBins(Part):
    """How many rows have an error (prediction - truth) in [edges[i], edges[i + 1])."""

    edges: list[float]
    counts: list[int]


class PairBins(Part):
    """How many rows have their truth in one bin and their prediction in another.

    `counts[i][j]` is of truths in [edges[i], edges[i + 1]) and predictions in [edges[j], edges[j + 1]).
    """

    edges: list[float]
    counts: list[list[int]]


class QualityExtension(Part):
    """What leeboard knows beyond AWS's file.

    Attributes:
        rows_used: rows with label and prediction.
        rows_without_label, rows_without_prediction: rows that are left out of all measures.
        rows_without_score: rows that the curves and `auc` do not have.
        positive_label: the class whose scores these are.
        probability_threshold: scores above it are the positive class; absent where labels were predicted.
        auc_error: `auc` may be off by at most this, as scores had to be rounded to fit into memory.
        curve_points: points that the curves have in full, of which the file lists some.
        calibration, score_bins: of a binary problem with scores.
        mean_error: mean of prediction - truth.
        error_bins, pair_bins: of a regression.
    """

    rows_used: int | None = None
    rows_without_label: int | None = None
    rows_without_prediction: int | None = None
    rows_without_score: int | None = None
    positive_label: str | None = None
    probability_threshold: float | None = None
    auc_error: float | None = None
    curve_points: int | None = None
    calibration: list[CalibrationBin] | None = None
    score_bins: ScoreBins | None = None
    mean_error: float | None = None
    error_bins: ErrorBins | None = None
    pair_bins: PairBins | None = None


class QualityStatistics(Part):
    """The whole file: exactly one of the three groups of measures."""

    version: Version
    dataset: QualityDataset
    regression_metrics: RegressionMetrics | None = None
    binary_classification_metrics: BinaryMetrics | None = None
    multiclass_classification_metrics: MulticlassMetrics | None = None
    leeboard: QualityExtension | None = None

    @property
    def problem_type(self) -> ProblemType | None:
        """None for a file without measures."""
        if self.regression_metrics is not None:
            return "Regression"
        if self.binary_classification_metrics is not None:
            return "BinaryClassification"
        return "MulticlassClassification" if self.multiclass_classification_metrics is not None else None

    @property
    def metrics(self) -> RegressionMetrics | BinaryMetrics | MulticlassMetrics:
        """The group that is there; an empty one for a file without measures."""
        groups = (
            self.regression_metrics,
            self.binary_classification_metrics,
            self.multiclass_classification_metrics,
        )
        return next((group for group in groups if group is not None), RegressionMetrics())


class MetricConstraintExtension(Part):
    """What leeboard knows of one limit beyond AWS's file.

    Attributes:
        standard_deviation: of the baseline's measure, as its statistics have it.
    """

    standard_deviation: float | None = None


class MetricConstraint(Part):
    """A limit of one measure; the operator names the bad side."""

    threshold: float
    comparison_operator: Operator
    leeboard: MetricConstraintExtension | None = None


class QualityConstraintsExtension(Part):
    """What leeboard knows of the limits beyond AWS's file.

    Attributes:
        slack: how far the limits were moved away from the measures of the baseline.
        confidence: level at which a window has to be worse; None if its values decide.
    """

    slack: str | None = None
    confidence: Share | None = None


Limits = dict[str, MetricConstraint]


class QualityConstraints(Part):
    """The whole file: limits by measure, for one problem type."""

    version: Version
    regression_constraints: Limits | None = None
    binary_classification_constraints: Limits | None = None
    multiclass_classification_constraints: Limits | None = None
    leeboard: QualityConstraintsExtension | None = None

    @property
    def problem_type(self) -> ProblemType | None:
        """None for a file without limits."""
        if self.regression_constraints is not None:
            return "Regression"
        if self.binary_classification_constraints is not None:
            return "BinaryClassification"
        return "MulticlassClassification" if self.multiclass_classification_constraints is not None else None

    @property
    def limits(self) -> Limits:
        """The group that is there; empty for a file without limits."""
        groups = (
            self.regression_constraints,
            self.binary_classification_constraints,
            self.multiclass_classification_constraints,
        )
        return next((group for group in groups if group is not None), {})


def violation_name(metric: str) -> str:
    """A measure as AWS's violations spell it.

    >>> violation_name("true_positive_rate"), violation_name("f0_5")
    ('truePositiveRate', 'f0_5')
    """
    return CAMEL_CASE.get(metric, metric)


def metric_text(metric: str, measured: Measured, limit: MetricConstraint) -> str:
    """The description of a violation, with numbers as Java prints them."""
    return (
        f"Metric {violation_name(metric)} with {java_double(measured.value)} +/- "
        f"{java_double(measured.standard_deviation)} was {limit.comparison_operator} "
        f"'{java_double(limit.threshold)}'"
    )
