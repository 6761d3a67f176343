"""How much the attributions of features have changed from their baseline."""

from collections.abc import Mapping

import numpy as np

from leeboard.measures.attribution.coalitions import Floats

THRESHOLD = 0.9
"""AWS's: a lower NDCG is drift."""


def ndcg(baseline: Floats, current: Floats) -> float:
    """Normalised discounted cumulative gain, in [0, 1]; 1 if the features rank as they did.

    Järvelin and Kekäläinen (2002): the baseline's attributions are gained in the order of the current
    ones, over what their own order would gain. Ties: the mean over their orders (McSherry and Najork,
    2008). 1.0 if all baseline attributions are 0, or if there is no feature.
    """
    discounts = 1 / np.log2(np.arange(2, len(baseline) + 2))
    ideal = float(np.sort(baseline)[::-1] @ discounts)
    if ideal == 0:
        return 1.0
    _, group, n_tied = np.unique(-current, return_inverse=True, return_counts=True)
    gains = np.bincount(group, weights=baseline) / n_tied
    ends = np.cumsum(n_tied)
    up_to = np.concatenate([[0.0], np.cumsum(discounts)])
    return float(gains @ (up_to[ends] - up_to[ends - n_tied])) / ideal


def relative_change(baseline: Floats, current: Floats) -> float:
    """Half the L1 distance of the attributions as shares of their sum, in [0, 1]; 0 for equal shares.

    Unlike NDCG it sees a change of size without a change of rank. Total variation of two
    distributions, as in Levin and Peres (2017), chapter 4. A side without any attribution is
    equal to another such side and at distance 1 from every other.
    """
    sums = np.abs(baseline).sum(), np.abs(current).sum()
    if not all(sums):
        return float(sums[0] != sums[1])
    return float(np.abs(np.abs(baseline) / sums[0] - np.abs(current) / sums[1]).sum() / 2)


def ranks(values: Mapping[str, float]) -> dict[str, int]:
    """From 1 for the largest size; equal sizes rank in the order of the features."""
    order = sorted(values, key=lambda name: -abs(values[name]))
    return {name: place for place, name in enumerate(order, start=1)}
