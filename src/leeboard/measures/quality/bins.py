"""What a report draws of scores and errors, as bins."""

import numpy as np
from numpy.typing import NDArray

from leeboard.formats.model_quality import CalibrationBin, ErrorBins, PairBins, ScoreBins
from leeboard.measures.quality.curves import Ladder
from leeboard.measures.quality.grid import Grid

N_CALIBRATION = 10
N_SCORES = 25
N_ERRORS = 41
N_PAIRS = 25
CENTRAL = (0.001, 0.999)
"""What the bins of errors span at least; a few far ones go into the outer bins."""

Floats = NDArray[np.float64]
Counts = NDArray[np.int64]


def calibration(ladder: Ladder) -> list[CalibrationBin] | None:
    """Mean score against share of positives in ten equal steps of the score; None if it is no probability."""
    if not _are_probabilities(ladder.scores):
        return None
    place = np.minimum((ladder.scores * N_CALIBRATION).astype(np.int64), N_CALIBRATION - 1)
    rows = ladder.positives + ladder.negatives
    n, up, score = (
        np.bincount(place, weights=each, minlength=N_CALIBRATION)
        for each in (rows, ladder.positives, rows * ladder.scores)
    )
    return [
        CalibrationBin(mean_score=float(score[i] / n[i]), observed_rate=float(up[i] / n[i]), count=int(n[i]))
        for i in np.flatnonzero(n)
    ]


def _are_probabilities(scores: Floats) -> bool:
    return bool(len(scores)) and float(scores[-1]) >= 0 and float(scores[0]) <= 1


def score_bins(ladder: Ladder) -> ScoreBins | None:
    """The scores of either class in equal steps; None if no score is finite."""
    is_finite = np.isfinite(ladder.scores)
    scores = ladder.scores[is_finite]
    if not len(scores):
        return None
    low, high = (0.0, 1.0) if _are_probabilities(ladder.scores) else (float(scores[-1]), float(scores[0]))
    edges = _edges(low, high, N_SCORES)
    up, down = (
        np.histogram(scores, edges, weights=side[is_finite])[0].astype(np.int64).tolist()
        for side in (ladder.positives, ladder.negatives)
    )
    return ScoreBins(edges=edges.tolist(), positives=up, negatives=down)


def error_bins(errors: Grid) -> ErrorBins | None:
    """Errors in equal steps; None if none is finite. What lies far out is counted in the outermost bins."""
    if not errors.places:
        return None
    (middles,), counts = errors.middles(), errors.counts
    low, high = _central(middles, counts)
    edges = _aligned(low, high, errors.width, N_ERRORS)
    inside = np.clip(middles, edges[0], edges[-1])
    return ErrorBins(
        edges=edges.tolist(),
        counts=np.histogram(inside, edges, weights=counts)[0].astype(np.int64).tolist(),
    )


def pair_bins(pairs: Grid) -> PairBins | None:
    """Truth against prediction in equal steps, the same for both; None if none is finite."""
    if not pairs.places:
        return None
    (truth, prediction), counts = pairs.middles(), pairs.counts
    spans = [_central(side, counts) for side in (truth, prediction)]
    edges = _aligned(min(s[0] for s in spans), max(s[1] for s in spans), pairs.width, N_PAIRS)
    sides = [np.clip(side, edges[0], edges[-1]) for side in (truth, prediction)]
    table = np.histogram2d(sides[0], sides[1], bins=(edges, edges), weights=counts)[0]
    return PairBins(edges=edges.tolist(), counts=table.astype(np.int64).tolist())


def _central(values: Floats, counts: Counts) -> tuple[float, float]:
    """From where to where nearly all values lie; from the least to the greatest if that is not much more."""
    order = np.argsort(values)
    values, up_to = values[order], np.cumsum(counts[order])
    ends = np.searchsorted(up_to, np.array(CENTRAL) * up_to[-1])
    low, high = float(values[ends[0]]), float(values[ends[1]])
    first, last = float(values[0]), float(values[-1])
    return (first, last) if last / 2 - first / 2 <= high - low else (low, high)


def _edges(low: float, high: float, n: int) -> Floats:
    if high <= low:
        margin = abs(low) / 100 or 0.5
        low, high = low - margin, high + margin
    return np.linspace(low, high, n + 1)


def _aligned(low: float, high: float, width: float, most: int) -> Floats:
    """At most so many steps, each of whole cells of the grid, so that none holds more cells than the next."""
    if high - low < width:
        return _edges(low, high, 1)
    cells = np.ceil((high - low + width) / width / most)
    step = width * max(cells, 1.0)
    first, last = np.floor(low / step), np.ceil((high + width / 2) / step)
    return np.asarray(np.arange(first, last + 1) * step)
