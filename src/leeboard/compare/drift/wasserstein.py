"""Wasserstein distance in units of the baseline's spread."""

from functools import cache

import numpy as np

from leeboard.compare.distributions.kinds import Doubles, Numeric
from leeboard.compare.distributions.steps import Steps, root_effective_size, steps_of
from leeboard.compare.drift import NUMERIC, DriftTest

_SEED = 7_070
_N_BRIDGES = 4_000
_N_POINTS = 257
_TAIL_FROM = 0.99
_LEAST_EXPECTED = 5.0
_RANK_ERRORS_CUT = 10.0
_SIGMAS_IN_QUARTILES = 1.349


def distance(baseline: Numeric, current: Numeric) -> float:
    """Area between the distribution functions over the baseline's spread; at least 0, no unit."""
    if not baseline.n or not current.n:
        return 0.0
    scale = _spread(baseline) or _spread(_together(baseline, current))
    return min(_area(steps_of(baseline, current), -np.inf, np.inf) / scale, 1e300) if scale else 0.0


def p_value(baseline: Numeric, current: Numeric) -> float:
    """Chance of an area at least as large in samples of one distribution, in [0, 1].

    sqrt(nm/(n+m)) times the area tends to the integral of |B(F(x))| with B a Brownian bridge
    (del Barrio, Gine and Matran, 1999), which is simulated from a fixed seed. Both leave out
    the ends, where the smaller sample expects fewer than five numbers and no limit holds, or
    where the error of a sketch would weigh most.
    """
    if not baseline.n or not current.n:
        return 1.0
    both = _together(baseline, current)
    rank_error = baseline.rank_error + current.rank_error
    cut = max(_LEAST_EXPECTED / min(baseline.n, current.n), _RANK_ERRORS_CUT * rank_error)
    if cut >= 0.5:
        return 1.0
    low, high = both.quantile(cut), both.quantile(1.0 - cut)
    area = _area(steps_of(baseline, current), low, high)
    area -= rank_error * (high - low)
    widths, spread = _widths(both, low, high)
    if area <= 0.0 or not spread:
        return 1.0
    return _tail(root_effective_size(baseline.n, current.n) * area, widths @ _bridges(), spread)


def _together(baseline: Numeric, current: Numeric) -> Numeric:
    return Numeric.of_counts(
        np.concatenate([baseline.values, current.values]),
        np.concatenate([baseline.weights, current.weights]),
    )


def _spread(column: Numeric) -> float:
    """A standard deviation that outliers do not move, or the plain one where that is 0."""
    quartiles = column.quantile(0.75) - column.quantile(0.25)
    if quartiles > 0:
        return quartiles / _SIGMAS_IN_QUARTILES
    with np.errstate(over="ignore", invalid="ignore"):
        mean = float(np.average(column.values, weights=column.weights))
        plain = float(np.sqrt(np.average((column.values - mean) ** 2, weights=column.weights)))
    return plain if np.isfinite(plain) else 0.0


def _area(steps: Steps, low: float, high: float) -> float:
    points = np.clip(steps.points, low, high)
    with np.errstate(over="ignore", invalid="ignore"):
        area = float((np.abs(steps.old - steps.new)[:-1] * np.diff(points)).sum())
    return area if np.isfinite(area) else float(np.finfo(np.float64).max)


@cache
def _grid() -> Doubles:
    """Points in (0, 1), denser towards the ends."""
    return np.asarray(np.sin(np.pi * np.arange(1, _N_POINTS - 1) / (2 * (_N_POINTS - 1))) ** 2)


@cache
def _bridges() -> Doubles:
    """|B(u)|, one simulated bridge a column, one point of the grid a row."""
    grid = np.concatenate([[0.0], _grid(), [1.0]])
    steps = np.random.default_rng(_SEED).standard_normal((len(grid) - 1, _N_BRIDGES))
    walks = np.cumsum(steps * np.sqrt(np.diff(grid))[:, None], axis=0)
    bridges = walks[:-1] - grid[1:-1, None] * walks[-1]
    return np.asarray(np.abs(bridges))


def _widths(column: Numeric, low: float, high: float) -> tuple[Doubles, float]:
    """How much of the axis each point of the grid stands for, and the clipped standard deviation."""
    values = np.clip(column.values, low, high)
    shares = np.cumsum(column.weights)[:-1] / column.n
    at = np.clip(np.searchsorted(_grid(), shares), 0, len(_grid()) - 1)
    widths = np.bincount(at, weights=np.diff(values), minlength=len(_grid())).astype(np.float64)
    mean = float(np.average(values, weights=column.weights))
    return widths, float(np.sqrt(np.average((values - mean) ** 2, weights=column.weights)))


def _tail(observed: float, simulated: Doubles, spread: float) -> float:
    """Share of simulated areas that are not smaller; beyond the simulated ones, a bound.

    The normal score of the distribution of a convex function of a Gaussian process is concave
    (Ehrhard, 1983), and here its slope tends to one over the standard deviation of the column.
    """
    from scipy.special import ndtr, ndtri

    start = float(np.quantile(simulated, _TAIL_FROM))
    if observed <= start:
        return float((1 + np.count_nonzero(simulated >= observed)) / (1 + len(simulated)))
    return float(ndtr(-(ndtri(_TAIL_FROM) + (observed - start) / spread)))


ENTRY = DriftTest("wasserstein", NUMERIC, distance, p_value, effect_floor=0.08)
