"""Attributions of one label held against its baseline."""

from collections.abc import Mapping
from dataclasses import dataclass
from math import isfinite

import numpy as np

from leeboard.measures.attribution.ranks import ndcg, ranks, relative_change


@dataclass(frozen=True, slots=True)
class RankChange:
    """Where a feature stood in the baseline and stands now, from 1; None for a feature that is not there."""

    feature: str
    before: int | None
    now: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class LabelComparison:
    """One label.

    Attributes:
        baseline, current: attributions by feature; those of the baseline, in its order, then new ones.
        ndcg: in [0, 1], 1 for the same ranks; None where an attribution is no finite number.
        relative_change: in [0, 1], 0 for the same shares; None likewise.
        note: why nothing was compared, or what was assumed.
    """

    label: str
    baseline: Mapping[str, float]
    current: Mapping[str, float]
    ndcg: float | None = None
    relative_change: float | None = None
    note: str = ""

    @property
    def moved(self) -> list[RankChange]:
        """Features at another rank, the farthest move of the heaviest first."""
        before, now = ranks(self.baseline), ranks(self.current)
        names = dict.fromkeys([*self.baseline, *self.current])
        changes = [RankChange(name, before.get(name), now.get(name)) for name in names]
        moved = [change for change in changes if change.before != change.now]
        return sorted(moved, key=lambda change: -self._weight(change))

    def _weight(self, change: RankChange) -> float:
        """How much the move matters to the score: the attribution that went, times by how far."""
        worst = max(len(self.baseline), len(self.current)) + 1
        places = change.before or worst, change.now or worst
        gains = [1 / np.log2(place + 1) for place in places]
        size = max(
            abs(side.get(change.feature, 0.0)) / (_total(side) or 1.0)
            for side in (self.baseline, self.current)
        )
        return float(size * abs(gains[0] - gains[1]))


def _total(values: Mapping[str, float]) -> float:
    return sum(map(abs, values.values()))


def compared(label: str, baseline: Mapping[str, float], current: Mapping[str, float]) -> LabelComparison:
    """Over the features of the baseline; one that is missing now counts as 0.

    Negative attributions, which only the median gives, rank by their sizes.
    """
    known = [*baseline.values(), *(current.get(name, 0.0) for name in baseline)]
    if not all(isfinite(value) for value in known):
        note = f"attributions of {label} are no finite numbers: not compared"
        return LabelComparison(label=label, baseline=baseline, current=current, note=note)
    before = np.abs(np.array(list(baseline.values()), float))
    now = np.abs(np.array([current.get(name, 0.0) for name in baseline], float))
    note = ""
    if min(known, default=0.0) < 0:
        note = f"some attributions of {label} are negative, as medians may be: they rank by their sizes"
    return LabelComparison(
        label=label,
        baseline=baseline,
        current=current,
        ndcg=ndcg(before, now),
        relative_change=relative_change(before, now),
        note=note,
    )
