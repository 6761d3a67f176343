"""Confidence intervals by drawing the rows anew (Efron 1979)."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from leeboard.measures.bias.contingency import Margins
from leeboard.measures.bias.table import FacetTable, Floats

MOST_NUMBERS = 4_000_000
"""Numbers that the redrawn counts may be, as they are in memory at once."""
FEWEST_RESAMPLES = 100


@dataclass(frozen=True, slots=True)
class Intervals:
    """How intervals are found.

    Attributes:
        level: share of intervals that hold the true value, in (0, 1).
        n_resamples: how often the rows are drawn anew.
        seed: of the draws; facets have different ones.
    """

    level: float = 0.95
    n_resamples: int = 1_000
    seed: tuple[int, ...] = (7_070,)

    def of(self, draws: Floats) -> tuple[float, float]:
        """The ends between which the middle of the draws lies; infinities are larger than all else."""
        ordered = np.sort(draws)
        tail = (1 - self.level) / 2
        low = ordered[int(np.floor(tail * (len(ordered) - 1)))]
        return float(low), float(ordered[int(np.ceil((1 - tail) * (len(ordered) - 1)))])

    def redrawn(self, table: FacetTable) -> Margins | None:
        """The counts of rows drawn with replacement: of counts, that is one multinomial draw.

        The group variable is left out where there are too many combinations, then resamples; None if
        they would be too few.
        """
        if len(table.n) * self.n_resamples > MOST_NUMBERS:
            table = table.without_groups()
        n_resamples = min(self.n_resamples, MOST_NUMBERS // max(1, len(table.n)))
        total = table.n.sum()
        if n_resamples < min(FEWEST_RESAMPLES, self.n_resamples) or not total:
            return None
        random = np.random.default_rng(self.seed)
        drawn = random.multinomial(int(total), table.n / total, size=n_resamples)
        return Margins(table, drawn.astype(np.float64))

    def of_flips(self, flips: NDArray[np.int64]) -> tuple[float, float]:
        """Of the flip test, for given neighbours: only the members are drawn anew."""
        counts = np.array([(flips == sign).sum() for sign in (-1, 0, 1)])
        random = np.random.default_rng(self.seed)
        drawn = random.multinomial(len(flips), counts / len(flips), size=self.n_resamples)
        return self.of((drawn[:, 2] - drawn[:, 0]) / len(flips))
