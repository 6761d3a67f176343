"""The state of a model's quality to the contents of `statistics.json`."""

from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from leeboard.errors import NoDataError
from leeboard.formats.model_quality import (
    BinaryMetrics,
    Measured,
    MulticlassMetrics,
    PrecisionRecallCurve,
    QualityDataset,
    QualityExtension,
    QualityStatistics,
    RegressionMetrics,
    RocCurve,
)
from leeboard.measures.quality import curves, regression
from leeboard.measures.quality.binary import Binary, classes_of
from leeboard.measures.quality.bins import calibration, error_bins, pair_bins, score_bins
from leeboard.measures.quality.confusion import order_of, whole_numbers
from leeboard.measures.quality.curves import Ladder
from leeboard.measures.quality.deviation import MIN_ROWS, deviations, sampled_counts
from leeboard.measures.quality.multiclass import Multiclass
from leeboard.measures.quality.rates import binary_rates, constant, weighted_rates
from leeboard.measures.quality.recipe import QualityState
from leeboard.measures.quality.regression import Regression
from leeboard.measures.quality.task import ABOVE, BELOW, QualityTask

MAX_POINTS = 1000
"""Points of a curve in the file; in strict mode all of them."""
SUFFIX = "_best_constant_classifier"
_SAMPLED_SCORES = 1 << 16
"""Different scores that samples are drawn from; the deviation of `auc` does not feel more."""

Counts = NDArray[np.int64]


def to_statistics(state: QualityState, task: QualityTask, *, is_strict: bool = False) -> QualityStatistics:
    """The whole file, without the time of the evaluation.

    Args:
        is_strict: with all points of the curves, and nothing of our own.

    Raises:
        NoDataError: no row has both label and prediction.
        InputError: the labels are not those of the problem.
    """
    if not state.n_used:
        raise NoDataError(_nothing_used(state))
    group, extension = _measured(state.measured, task, is_strict)
    own: dict[str, Any] = {}
    if not is_strict:
        own["leeboard"] = QualityExtension(
            rows_used=state.n_used,
            rows_without_label=state.n_without_label,
            rows_without_prediction=state.n_without_prediction,
            **extension,
        )
    return QualityStatistics(version=0.0, dataset=QualityDataset(item_count=state.n_rows), **group, **own)


def _nothing_used(state: QualityState) -> str:
    if not state.n_rows:
        return "there are no rows to measure the model's quality on"
    return (
        f"no row has both a label and a prediction: of {state.n_rows:,} rows, {state.n_without_label:,} have "
        f"no label that can be used, {state.n_without_prediction:,} a label but no prediction"
    )


def _measured(
    measured: Regression | Binary | Multiclass, task: QualityTask, is_strict: bool
) -> tuple[dict[str, Any], dict[str, Any]]:
    if isinstance(measured, Regression):
        return _of_regression(measured)
    if isinstance(measured, Binary):
        return _of_binary(measured, task, is_strict)
    return {"multiclass_classification_metrics": _of_multiclass(measured)}, {}


def _entries(values: Mapping[str, Any], spread: Mapping[str, float]) -> dict[str, Measured]:
    """Each measure with its deviation, NaN where there is none."""
    return {
        name: Measured(value=float(value), standard_deviation=spread.get(name, float("nan")))
        for name, value in values.items()
    }


def _of_regression(state: Regression) -> tuple[dict[str, Any], dict[str, Any]]:
    found = _entries(regression.measures(state), regression.standard_deviations(state))
    own = {
        "mean_error": state.powers.signed / state.powers.n,
        "error_bins": error_bins(state.errors),
        "pair_bins": pair_bins(state.pairs),
    }
    return {"regression_metrics": RegressionMetrics(**found)}, own


def _of_multiclass(state: Multiclass) -> MulticlassMetrics:
    confusion = state.confusion.renamed(whole_numbers(state.confusion.labels))
    labels = confusion.labels
    matrix = confusion.matrix(labels)
    best = _most_frequent(matrix)
    spread = {}
    if confusion.n >= MIN_ROWS:
        samples = _sampled_matrices(matrix)
        spread = deviations(_with_constant(weighted_rates, samples, best))
    found = _entries(_with_constant(weighted_rates, matrix, best), spread)
    return MulticlassMetrics(confusion_matrix=_as_file(matrix, labels), **found)


def _most_frequent(matrix: Counts) -> int:
    """The class that is right most often if it is always given: the first of the labels if several are."""
    return int(matrix.sum(axis=1).argmax())


def _with_constant(rates: Any, matrix: Counts, best: int) -> dict[str, Any]:
    """Measures of the model, and of the classifier that always gives one class."""
    constants = {f"{name}{SUFFIX}": value for name, value in rates(constant(matrix, best)).items()}
    return {**rates(matrix), **constants}


def _sampled_matrices(matrix: Counts) -> Counts:
    """A matrix a sample, drawn from the cells that are not empty."""
    flat = matrix.ravel()
    cells = np.flatnonzero(flat)
    drawn = sampled_counts(flat[cells])
    made = np.zeros((len(drawn), len(flat)), dtype=np.int64)
    made[:, cells] = drawn
    return made.reshape(-1, *matrix.shape)


def _as_file(matrix: Counts, labels: list[str]) -> dict[str, dict[str, int]]:
    rows = matrix.tolist()
    return {a: dict(zip(labels, row, strict=True)) for a, row in zip(labels, rows, strict=True)}


def _of_binary(state: Binary, task: QualityTask, is_strict: bool) -> tuple[dict[str, Any], dict[str, Any]]:
    negative, positive = classes_of(state, task)
    matrix = state.confusion.renamed({ABOVE: positive, BELOW: negative}).matrix([negative, positive])
    found, own = _curves(state, is_strict) if state.has_scores else ({}, {})
    best = _majority(matrix, negative, positive)
    spread = {}
    if matrix.sum() >= MIN_ROWS:
        spread = deviations(_with_constant(_rates, _sampled_matrices(matrix), best))
    found |= _entries(_with_constant(_rates, matrix, best), spread)
    own |= {"positive_label": positive, "rows_without_score": state.n_without_score}
    if not state.n_predicted:
        own["probability_threshold"] = task.probability_threshold
    named = {name: entry for name, entry in found.items() if name in BinaryMetrics.model_fields}
    made = BinaryMetrics(confusion_matrix=_as_file(matrix, [negative, positive]), **named)
    return {"binary_classification_metrics": made}, own


def _majority(matrix: Counts, negative: str, positive: str) -> int:
    """Place of the more frequent class; of equals, of the smaller label."""
    counts = matrix.sum(axis=1)
    if counts[0] == counts[1]:
        return int(order_of(positive) < order_of(negative))
    return int(counts.argmax())


def _rates(matrix: Counts) -> dict[str, Any]:
    """Of a matrix whose second class is positive."""
    return binary_rates(matrix[..., 1, 1], matrix[..., 0, 1], matrix[..., 1, 0], matrix[..., 0, 0])


def _curves(state: Binary, is_strict: bool) -> tuple[dict[str, Any], dict[str, Any]]:
    ladder = Ladder.of(state.positives, state.negatives)
    false, true = curves.roc_curve(ladder)
    precisions, recalls = curves.precision_recall_curve(ladder)
    chosen = np.arange(len(false)) if is_strict else curves.thinned(false, true, MAX_POINTS)
    of_scores = chosen[:-1]  # the point (1, 1) behind is the ROC curve's alone
    area = Measured(value=curves.auc(ladder), standard_deviation=_deviation_of_auc(state))
    found: dict[str, Any] = {
        "receiver_operating_characteristic_curve": RocCurve(
            false_positive_rates=false[chosen].tolist(), true_positive_rates=true[chosen].tolist()
        ),
        "precision_recall_curve": PrecisionRecallCurve(
            precisions=precisions[of_scores].tolist(), recalls=recalls[of_scores].tolist()
        ),
        "auc": area,
    }
    own: dict[str, Any] = {
        "curve_points": len(false),
        "score_bins": score_bins(ladder),
        "calibration": calibration(ladder),
    }
    if ladder.bits:
        own["auc_error"] = curves.auc_error(ladder)
    return found, own


def _deviation_of_auc(state: Binary) -> float:
    """NaN for few rows."""
    if state.positives.n + state.negatives.n < MIN_ROWS:
        return float("nan")
    ladder = Ladder.of(state.positives.compacted(_SAMPLED_SCORES), state.negatives.compacted(_SAMPLED_SCORES))
    drawn = sampled_counts(np.concatenate([ladder.positives, ladder.negatives]))
    areas = curves.aucs(drawn[:, : len(ladder.scores)], drawn[:, len(ladder.scores) :])
    return deviations({"auc": areas})["auc"]
