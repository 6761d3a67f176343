"""Whether more cells are missing than in the baseline, or whether chance explains it."""

from dataclasses import dataclass
from math import isclose, sqrt

import numpy as np

from leeboard.compare.case import Case, Promise
from leeboard.compare.distributions.kinds import Doubles
from leeboard.compare.false_alarms import adjusted
from leeboard.compare.limits import SLACK, is_below
from leeboard.formats.statistics import FeatureStatistics
from leeboard.profile.states.completeness import Completeness

LEAST_GROWTH = 1.1
"""The share of missing cells must have grown by this factor to matter."""

_SIGMAS = 10.0
_MARGIN = 50
"""Terms so many standard deviations and cells from the likeliest one are too small to count."""


@dataclass(frozen=True, slots=True)
class _Tested:
    name: str
    p_value: float
    level: float
    has_grown: bool


def within_chance(case: Case) -> frozenset[str]:
    """Columns whose promise is the baseline's own share, kept as far as anybody can tell.

    Such a promise is broken only by evidence, adjusted over all of these columns, and by size.
    Any other promise is to be taken at its word, so its column is not among them.
    """
    tested = [one for promise in case.promises() if (one := _tested(case, promise)) is not None]
    over_all = adjusted([one.p_value for one in tested])
    is_broken = [one.has_grown and p <= one.level for one, p in zip(tested, over_all, strict=True)]
    return frozenset(one.name for one, broken in zip(tested, is_broken, strict=True) if not broken)


def _tested(case: Case, promise: Promise) -> _Tested | None:
    """None where the promise is to be taken at its word."""
    level, limit = promise.settings.evidence_level, promise.feature.completeness
    before, now = _of_baseline(case.baseline.get(promise.feature.name)), promise.column.completeness
    if level is None or limit is None or before is None or not now.present + now.missing:
        return None
    if limit >= 1.0 or not isclose(limit, before.share, rel_tol=SLACK):
        return None
    least = LEAST_GROWTH * (1.0 - limit)
    has_grown = not is_below(1.0 - now.share, least, strict=False)
    return _Tested(promise.feature.name, more_missing_p(before, now), level, has_grown)


def _of_baseline(statistics: FeatureStatistics | None) -> Completeness | None:
    if statistics is None:
        return None
    kind = statistics.numerical_statistics or statistics.string_statistics
    return Completeness(kind.common.num_present, kind.common.num_missing) if kind else None


def more_missing_p(before: Completeness, now: Completeness) -> float:
    """Chance that so many of all missing cells, or more, are in the window; in [0, 1].

    Fisher's exact test (1935), one-sided: if both are samples of one distribution, any cells of
    the two together are as likely to be the missing ones, which makes the window's number of
    them hypergeometric. 1 if nothing is missing.
    """
    n_missing, n_now = before.missing + now.missing, now.present + now.missing
    n = before.present + before.missing + n_now
    expected = n_missing * n_now / n if n else 0.0
    around = int(_SIGMAS * sqrt(expected)) + _MARGIN
    first = max(now.missing, int(expected) - around)
    last = min(max(first, int(expected)) + around, n_missing, n_now)
    terms = np.arange(first, last + 1, dtype=np.float64)
    log_terms = _log_choose(n_missing, terms) + _log_choose(n - n_missing, n_now - terms)
    return min(1.0, float(np.exp(log_terms - _log_choose(n, np.array(n_now))).sum()))


def _log_choose(n: int, k: Doubles) -> Doubles:
    from scipy.special import gammaln

    return np.asarray(gammaln(n + 1.0) - gammaln(k + 1.0) - gammaln(n - k + 1.0))
