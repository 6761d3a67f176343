"""The plots of a model's quality: curves, calibration, scores, errors."""

from collections.abc import Callable, Iterator, Sequence
from itertools import pairwise

import numpy as np
from markupsafe import Markup

from leeboard.formats.model_quality import (
    BinaryMetrics,
    CalibrationBin,
    ErrorBins,
    QualityExtension,
    QualityStatistics,
)
from leeboard.measures.quality.curves import thinned
from leeboard.report.charts.quality_axes import (
    Axis,
    Plane,
    Side,
    bars,
    cells,
    diagonal,
    dots,
    figure,
    line,
    upright,
)
from leeboard.report.words import clipped, named, number, percent

Points = tuple[Sequence[float], Sequence[float]]

MOST_POINTS = 400
NO_EXTENSION = QualityExtension()


def plots_of(now: QualityStatistics, then: QualityStatistics | None) -> list[Markup]:
    """Those that the statistics have something for, with the baseline behind where it has the same."""
    before = then.metrics if then is not None else None
    known = before if isinstance(before, BinaryMetrics) else None
    own = now.leeboard or NO_EXTENSION
    old = (then.leeboard if then is not None else None) or NO_EXTENSION
    found = list(_curves(now.metrics, known)) if isinstance(now.metrics, BinaryMetrics) else []
    return [*found, *_of_scores(own, old), *_of_errors(own, old)]


def _curves(now: BinaryMetrics, then: BinaryMetrics | None) -> Iterator[Markup]:
    if now.receiver_operating_characteristic_curve is not None:
        yield _roc(now, then)
    if now.precision_recall_curve is not None:
        yield _precision_recall(now, then)


def _roc(now: BinaryMetrics, then: BinaryMetrics | None) -> Markup:
    plane = Plane(Axis("false positive rate"), Axis("true positive rate"))
    told = f"area {number(now.auc.value)}" if now.auc is not None else "area not known"
    if then is not None and then.auc is not None:
        told += f", {number(then.auc.value)} in the baseline"
    return figure("ROC curve", told, plane, diagonal(plane), *_layers(plane, now, then, _roc_points))


def _precision_recall(now: BinaryMetrics, then: BinaryMetrics | None) -> Markup:
    plane = Plane(Axis("recall"), Axis("precision"))
    points = _recall_points(now)
    last = number(points[1][-1], 3) if points and len(points[1]) else "–"
    told = f"precision falls to {last} where every positive row is found"
    return figure("Precision and recall", told, plane, *_layers(plane, now, then, _recall_points))


def _layers(
    plane: Plane,
    now: BinaryMetrics,
    then: BinaryMetrics | None,
    points_of: Callable[[BinaryMetrics], Points | None],
) -> Iterator[Markup]:
    """The baseline behind."""
    sides: tuple[tuple[BinaryMetrics | None, Side], ...] = ((then, "b"), (now, "c"))
    for metrics, side in sides:
        points = points_of(metrics) if metrics is not None else None
        if points is not None:
            yield line(plane, *_few(*points), side)


def _roc_points(metrics: BinaryMetrics) -> Points | None:
    curve = metrics.receiver_operating_characteristic_curve
    return None if curve is None else (curve.false_positive_rates, curve.true_positive_rates)


def _recall_points(metrics: BinaryMetrics) -> Points | None:
    curve = metrics.precision_recall_curve
    return None if curve is None else (curve.recalls, curve.precisions)


def _few(xs: Sequence[float], ys: Sequence[float]) -> Points:
    """A curve from a strict file may have a million points."""
    across, up = np.asarray(xs, dtype=float), np.asarray(ys, dtype=float)
    if len(across) <= MOST_POINTS:
        return xs, ys
    rising = np.maximum.accumulate(up) if up[-1] >= up[0] else np.linspace(0, 1, len(up))
    chosen = thinned(across, rising, MOST_POINTS)
    return across[chosen].tolist(), up[chosen].tolist()


def _of_scores(own: QualityExtension, old: QualityExtension) -> Iterator[Markup]:
    if own.calibration:
        yield _calibration(own, old)
    if own.score_bins is not None:
        yield _scores(own)


def _calibration(own: QualityExtension, old: QualityExtension) -> Markup:
    plane = Plane(Axis("mean score"), Axis("share of positive rows"))
    layers = [diagonal(plane), *_points(plane, old.calibration or [], "b")]
    bins = own.calibration or []
    n = sum(one.count for one in bins) or 1
    away = sum(one.count * abs(one.mean_score - one.observed_rate) for one in bins) / n
    told = f"scores are off by {number(away, 3)} on average"
    return figure("Calibration", told, plane, *layers, *_points(plane, bins, "c"))


def _points(plane: Plane, bins: Sequence[CalibrationBin], side: Side) -> Iterator[Markup]:
    if bins:
        xs, ys = [one.mean_score for one in bins], [one.observed_rate for one in bins]
        yield line(plane, xs, ys, side)
        yield dots(plane, xs, ys, [one.count for one in bins], side)


def _scores(own: QualityExtension) -> Markup:
    """Each class in shares of its own rows, so that a rare one can be seen."""
    found = own.score_bins
    assert found is not None  # noqa: S101 - asked by the caller
    negatives, positives = _shares(found.negatives), _shares(found.positives)
    plane = Plane(
        Axis("score", found.edges[0], found.edges[-1]),
        Axis("share of the class", 0.0, max([*negatives, *positives], default=0.0) or 1.0),
    )
    layers = [bars(plane, found.edges, negatives, "b"), bars(plane, found.edges, positives, "c")]
    threshold = own.probability_threshold
    if threshold is not None and plane.x.low <= threshold <= plane.x.high:
        layers.append(upright(plane, threshold))
    label = clipped(named(own.positive_label or "1"), 20)
    told = f"“{label}” {_most_often(found.edges, positives)}, the other {_most_often(found.edges, negatives)}"
    return figure(f"Scores by class (“{label}” in front)", told, plane, *layers)


def _shares(counts: Sequence[int]) -> list[float]:
    total = sum(counts)
    return [n / total if total else 0.0 for n in counts]


def _most_often(edges: Sequence[float], shares: Sequence[float]) -> str:
    i = int(np.argmax(shares))
    return f"most often {number(edges[i], 3)} to {number(edges[i + 1], 3)} ({percent(shares[i])})"


def _of_errors(own: QualityExtension, old: QualityExtension) -> Iterator[Markup]:
    if own.error_bins is not None:
        yield _errors(own, old)
    if own.pair_bins is not None:
        yield _pairs(own)


def _errors(own: QualityExtension, old: QualityExtension) -> Markup:
    """Densities, as the bins of the baseline have another width."""
    sides: tuple[tuple[ErrorBins | None, Side], ...] = ((old.error_bins, "b"), (own.error_bins, "c"))
    drawn = [(found.edges, _densities(found), side) for found, side in sides if found is not None]
    low, high = min(edges[0] for edges, _, _ in drawn), max(edges[-1] for edges, _, _ in drawn)
    top = max(max(heights) for _, heights, _ in drawn)
    plane = Plane(Axis("error: prediction − truth", low, high), Axis("density", 0.0, top or 1.0))
    layers = [bars(plane, edges, heights, side) for edges, heights, side in drawn]
    if low <= 0 <= high:
        layers.append(upright(plane, 0.0))
    found = own.error_bins
    told = _most_often(found.edges, _shares(found.counts)) if found is not None else ""
    mean = f", {number(own.mean_error)} on average" if own.mean_error is not None else ""
    return figure("Errors", f"{told}{mean}", plane, *layers)


def _densities(found: ErrorBins) -> list[float]:
    widths = [high - low for low, high in pairwise(found.edges)]
    return [share / width for share, width in zip(_shares(found.counts), widths, strict=True)]


def _pairs(own: QualityExtension) -> Markup:
    found = own.pair_bins
    assert found is not None  # noqa: S101 - asked by the caller
    low, high = found.edges[0], found.edges[-1]
    plane = Plane(Axis("truth", low, high), Axis("prediction", low, high))
    counts = np.asarray(found.counts)
    near = np.trace(counts) / max(int(counts.sum()), 1)
    summary = f"{percent(float(near))} of the rows lie on the line of equal values, as wide as a cell"
    layers = cells(plane, found.edges, found.counts), diagonal(plane)
    return figure("Prediction against truth", summary, plane, *layers)
