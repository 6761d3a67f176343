"""A column cut into few cells that both distributions are counted in."""

import numpy as np

from leeboard.compare.distributions.alignment import align
from leeboard.compare.distributions.contingency import p_value
from leeboard.compare.distributions.kinds import Categorical, Distribution, Doubles, Numeric

N_BINS = 10
MAX_VALUES = 100
"""Values of a categorical column that are looked at one by one; the others are one cell."""


def shares(baseline: Distribution, current: Distribution) -> tuple[Doubles, Doubles]:
    """Shares of the same cells in both, each summing to 1 unless the column is empty."""
    old, new = counts(baseline, current)
    if isinstance(baseline, Categorical):
        old, new = _commonest(old, new)
    return old / max(float(old.sum()), 1.0), new / max(float(new.sum()), 1.0)


def counts(baseline: Distribution, current: Distribution) -> tuple[Doubles, Doubles]:
    """Counts of the same cells in both: bins of numbers, values of texts."""
    if isinstance(baseline, Numeric) and isinstance(current, Numeric):
        return in_bins(baseline, current)
    if isinstance(baseline, Categorical) and isinstance(current, Categorical):
        return align(baseline, current)[1:]
    raise TypeError(f"a {baseline.kind} column cannot be cut like a {current.kind} one")


def homogeneity_p(baseline: Distribution, current: Distribution) -> float:
    """Chance of cells at least as different in samples of one distribution, in [0, 1].

    The population stability index, eight times the Jensen-Shannon divergence and eight times
    the squared Hellinger distance agree to second order with Pearson's form, so under one
    distribution each of them times nm/(n+m) tends to the chi-square law with one degree of
    freedom fewer than cells (Yurdakul and Naranjo, 2020, for the index; Menendez et al., 1995,
    for divergences). Pearson's form is nearest to that law in small samples (Cressie and Read,
    1984), so it is what gives the p-value of all three.
    """
    old, new = counts(baseline, current)
    return p_value(old * _weight(baseline), new * _weight(current))


def in_bins(baseline: Numeric, current: Numeric) -> tuple[Doubles, Doubles]:
    """Counts in bins that end at the baseline's quantiles, so that a long tail does not widen them.

    A value that holds a bin's worth of the baseline by itself gets a bin of its own.
    """
    if not len(baseline.values):
        return np.array([0.0]), np.array([current.n])
    edges = _edges(baseline)
    old = np.diff(baseline.n_up_to(edges), prepend=0.0, append=baseline.n)
    new = np.diff(current.n_up_to(edges), prepend=0.0, append=current.n)
    is_used = (old > 0) | (new > 0)
    return old[is_used], new[is_used]


def _edges(baseline: Numeric) -> Doubles:
    up_to = np.cumsum(baseline.weights)
    n = up_to[-1]
    wanted = n * np.arange(1, N_BINS) / N_BINS
    quantiles = baseline.values[np.searchsorted(up_to, wanted * (1.0 - 1e-12))]
    atoms = baseline.values[baseline.weights >= n / N_BINS]
    return np.unique(np.concatenate([quantiles, atoms, np.nextafter(atoms, -np.inf)]))


def _commonest(old: Doubles, new: Doubles) -> tuple[Doubles, Doubles]:
    if len(old) <= MAX_VALUES:
        return old, new
    frequency = old / max(float(old.sum()), 1.0) + new / max(float(new.sum()), 1.0)
    order = np.argsort(-frequency, kind="stable")
    kept, rest = order[:MAX_VALUES], order[MAX_VALUES:]
    return np.append(old[kept], old[rest].sum()), np.append(new[kept], new[rest].sum())


def _weight(column: Distribution) -> float:
    """What one counted cell is worth as evidence, below 1 where a sketch blurred it."""
    if isinstance(column, Categorical) or not column.n:
        return 1.0
    return column.effective_n / column.n
