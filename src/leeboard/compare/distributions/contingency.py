"""Evidence that two rows of counts come from different distributions."""

import numpy as np

from leeboard.compare.distributions.kinds import Doubles

LEAST_EXPECTED = 5.0
"""Cells that expect fewer than this on either side are pooled before the chi-square limit is used."""


def p_value(baseline: Doubles, current: Doubles) -> float:
    """Chance of counts at least as different in samples of one distribution, in [0, 1].

    Two tests that see different things, joined by Bonferroni's inequality: Pearson's
    chi-square (many small differences) and the most extreme single cell (one large difference
    among many cells, or counts too small for the chi-square limit).
    """
    if not baseline.sum() or not current.sum():
        return 1.0
    return min(1.0, 2.0 * min(chi_squared_p(baseline, current), extreme_cell_p(baseline, current)))


def chi_squared_p(baseline: Doubles, current: Doubles) -> float:
    """p-value of Pearson's two-sample statistic over pooled cells, in [0, 1]; 1 for one cell."""
    from scipy.special import chdtrc

    n, m = float(baseline.sum()), float(current.sum())
    old, new = _pool_sparse(baseline, current)
    if len(old) < 2:
        return 1.0
    total = old + new
    # both rows deviate by the same amount, so the sum over 2k cells is a sum over k
    deviation = new - total * (m / (n + m))
    statistic = float((deviation**2 / total).sum()) * (n + m) ** 2 / (n * m)
    return float(chdtrc(len(total) - 1, statistic))


def extreme_cell_p(baseline: Doubles, current: Doubles) -> float:
    """p-value of the cell that differs most, times the number of cells, in [0, 1].

    Each cell is held against all others. Given its total, a cell's count is hypergeometric; the
    binomial tail that stands in for it is the heavier one, so the result errs towards 1.
    """
    n, m = float(baseline.sum()), float(current.sum())
    total, new = baseline + current, current
    is_large = total > (n + m) / 2  # then its complement has the same tail and is the smaller one
    total = np.where(is_large, n + m - total, total)
    new = np.where(is_large, m - new, new)
    rest = np.maximum(total - new, 0.0)
    share = m / (n + m)
    tails = np.minimum(upper_tail(new, rest, share), upper_tail(rest, new, 1.0 - share))
    return min(1.0, 2.0 * len(total) * float(tails.min()))


def upper_tail(counts: Doubles, others: Doubles, share: float) -> Doubles:
    """Chance that of `counts + others` cells at least `counts` fall where the share does, in [0, 1]."""
    from scipy.special import betainc

    found = betainc(np.maximum(counts, 1e-300), others + 1.0, share)
    return np.asarray(np.where(counts > 0, found, 1.0))


def _pool_sparse(baseline: Doubles, current: Doubles) -> tuple[Doubles, Doubles]:
    """Cells that expect too little become one; if that still does, the smallest other joins it.

    Only the totals decide, which are the same for every split of the cells into two samples,
    so pooling does not disturb the p-value.
    """
    total = baseline + current
    smaller = min(float(baseline.sum()), float(current.sum())) / float(total.sum())
    is_sparse = total * smaller < LEAST_EXPECTED
    if not is_sparse.any():
        return baseline, current
    order = np.argsort(total, kind="stable")
    n_pooled = int(is_sparse.sum())
    while n_pooled < len(total) and float(total[order[:n_pooled]].sum()) * smaller < LEAST_EXPECTED:
        n_pooled += 1
    pooled, kept = order[:n_pooled], order[n_pooled:]
    return (
        np.append(baseline[kept], baseline[pooled].sum()),
        np.append(current[kept], current[pooled].sum()),
    )
