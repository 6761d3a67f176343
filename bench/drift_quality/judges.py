"""Ways to decide which columns have drifted: leeboard's, and stand-ins for common practice."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from scipy.special import kolmogorov
from scipy.stats import chi2_contingency

from bench.drift_quality.sides import Side
from leeboard.compare import find, suggest_constraints
from leeboard.profile.statistics import to_statistics


@dataclass(frozen=True, slots=True)
class Judge:
    """A way to decide.

    Attributes:
        sees_all: its verdict on a column depends on how many others the window has.
        drifted: (baseline, window) -> names of drifted columns.
    """

    name: str
    drifted: Callable[[Side, Side], set[str]]
    sees_all: bool = False


def _leeboard(baseline: Side, window: Side, *, strict: bool) -> set[str]:
    constraints, statistics = _known(baseline, strict)
    comparison = find(constraints, statistics, window.profile, strict=strict)
    return {score.feature_name for score in comparison.drift if score.drifted}


@lru_cache(maxsize=8)
def _known(baseline: Side, strict: bool) -> tuple:
    return suggest_constraints(baseline.profile, strict=strict), to_statistics(baseline.profile)


def _fixed(baseline: Side, window: Side) -> set[str]:
    numbers = {c for c, old in baseline.numbers.items() if _gap(old, window.numbers[c]) > 0.1}
    texts = {c for c in baseline.counts if np.abs(np.subtract(*_shares(baseline, window, c))).max() > 0.1}
    return numbers | texts


def _bare_p(baseline: Side, window: Side) -> set[str]:
    numbers = {c for c, old in baseline.numbers.items() if _p_of_gap(old, window.numbers[c]) < 0.05}
    texts = {c for c in baseline.counts if chi2_contingency(_counts(baseline, window, c)).pvalue < 0.05}
    return numbers | texts


def _binned_psi(baseline: Side, window: Side) -> set[str]:
    numbers = {c for c, old in baseline.numbers.items() if _psi(*_bins(old, window.numbers[c])) > 0.2}
    texts = {c for c in baseline.counts if _psi(*_shares(baseline, window, c)) > 0.2}
    return numbers | texts


def _gap(old: np.ndarray, new: np.ndarray) -> float:
    """Kolmogorov-Smirnov distance of sorted values."""
    points = np.union1d(old, new)
    heights = [np.searchsorted(values, points, "right") / len(values) for values in (old, new)]
    return float(np.abs(heights[0] - heights[1]).max())


def _p_of_gap(old: np.ndarray, new: np.ndarray) -> float:
    return float(kolmogorov(_gap(old, new) * np.sqrt(len(old) * len(new) / (len(old) + len(new)))))


def _bins(old: np.ndarray, new: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Shares in ten equal bins over the baseline's range, the outer ones open."""
    edges = np.linspace(old[0], old[-1], 11)[1:-1]
    return tuple(np.bincount(np.searchsorted(edges, v), minlength=10) / len(v) for v in (old, new))


def _psi(old: np.ndarray, new: np.ndarray) -> float:
    old, new = np.maximum(old, 1e-4), np.maximum(new, 1e-4)
    return float(np.sum((new - old) * np.log(new / old)))


def _counts(baseline: Side, window: Side, column: str) -> np.ndarray:
    """Two rows, one column a value of either."""
    both = baseline.counts[column].join(window.counts[column], on="value", how="full", suffix="_now")
    return both.select("n", "n_now").fill_null(0).to_numpy().T


def _shares(baseline: Side, window: Side, column: str) -> tuple[np.ndarray, np.ndarray]:
    old, new = _counts(baseline, window, column).astype(float)
    return old / old.sum(), new / new.sum()


JUDGES = [
    Judge("leeboard", lambda old, new: _leeboard(old, new, strict=False), sees_all=True),
    Judge("leeboard, strict (as AWS)", lambda old, new: _leeboard(old, new, strict=True), sees_all=True),
    Judge("KS or L-infinity above 0.1", _fixed),
    Judge("p below 0.05 (KS, chi-square)", _bare_p),
    Judge("PSI above 0.2, ten equal bins", _binned_psi),
]
