"""How far columns are from their baseline, against the limit of each."""

from collections.abc import Iterable
from dataclasses import dataclass
from math import inf

from markupsafe import Markup

from leeboard.compare import DriftScore
from leeboard.report.charts.drawing import gauge


@dataclass(frozen=True, slots=True)
class Moved:
    """The drift of one column, ready to be shown.

    Attributes:
        ratio: how much of its limit is used up, 0.0 or more; may be infinite.
    """

    score: DriftScore
    ratio: float
    gauge: Markup

    @property
    def p(self) -> float | None:
        """Adjusted for all columns where that was done; None where a threshold decided."""
        return self.score.p_value if self.score.adjusted_p is None else self.score.adjusted_p


def moves_of(scores: Iterable[DriftScore]) -> dict[str, Moved]:
    """By name of the column; of several scores of a column, the one that alarms most."""
    found: dict[str, Moved] = {}
    for moved in map(_moved, scores):
        name = moved.score.feature_name
        found[name] = max(found.get(name, moved), moved, key=lambda m: (m.score.drifted, m.ratio))
    return found


def _moved(score: DriftScore) -> Moved:
    ratio = use_of_limit(score)
    return Moved(score, ratio, gauge(ratio, "over" if score.drifted else "under"))


def use_of_limit(score: DriftScore) -> float:
    """Distance over limit, or limit over distance where the smaller number is the worse one.

    That is so for a test whose number is a p-value: it drifted below its threshold, not above.
    """
    distance, limit = score.distance, score.threshold
    if score.decision == "threshold" and score.drifted != (distance > limit) and distance != limit:
        distance, limit = limit, distance
    if limit > 0:
        return distance / limit
    return inf if distance > 0 else 0.0
