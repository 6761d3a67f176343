"""By how much a measure varies between samples of the rows, as AWS tells it.

Five samples of 80% of the rows are drawn without replacement, the measure is made of each, and the
deviation is that of the five (divided by 4). The seed is fixed, so that a second run gives the same.
Such a deviation is about half the standard error of the measure.
"""

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

Counts = NDArray[np.int64]
Floats = NDArray[np.float64]

MIN_ROWS = 200
"""With fewer rows there is no deviation, but the text NaN."""
N_SAMPLES = 5
SHARE = 0.8
SEED = 7_070
_MOST_DRAWN = 10**9
"""More rows than numpy draws from without replacement; independent draws differ by nothing that shows."""


def sampled_counts(counts: Counts) -> Counts:
    """Counts of the same kinds of rows in each sample, one sample a row."""
    draw = np.random.default_rng(SEED)
    n = int(counts.sum())
    if n >= _MOST_DRAWN:
        return draw.binomial(counts, SHARE, size=(N_SAMPLES, len(counts)))
    return draw.multivariate_hypergeometric(counts, int(SHARE * n), size=N_SAMPLES)


def sampled_places(n: int) -> list[Counts]:
    """Places of the rows in each sample, of n rows."""
    draw = np.random.default_rng(SEED)
    return [draw.permutation(n)[: int(SHARE * n)] for _ in range(N_SAMPLES)]


def deviations(values: Mapping[str, Floats]) -> dict[str, float]:
    """The deviation of each measure over the samples; NaN if one of them is not finite."""
    with np.errstate(invalid="ignore"):
        return {name: float(np.std(each, ddof=1)) for name, each in values.items()}
