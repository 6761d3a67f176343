"""Whether chance explains that a measure is beyond its limit."""

from math import isfinite, sqrt

from leeboard.measures.quality.deviation import N_SAMPLES, SHARE


def standard_error(deviation: float) -> float:
    """The standard error of a measure over all rows, from the deviation over samples of 80% of them.

    A mean over a share f of the rows, drawn without replacement, has the variance (1 - f) / f of that of
    the mean over all rows (Cochran 1977, Sampling Techniques, theorem 2.2).

    >>> round(standard_error(0.01), 6)
    0.02
    """
    return deviation / sqrt((1 - SHARE) / SHARE)


def is_explained(
    distance: float, *, now: float, baseline: float | None, confidence: float, n_limits: int
) -> bool:
    """Whether a window that is as good as the baseline may be so much worse by chance.

    All limits of a window together are broken by chance with a probability of about 1 - confidence at most
    (Bonferroni). Deviations of five samples are themselves uncertain, hence Student's distribution with
    the degrees of freedom of Welch (1947); a baseline without deviation counts as exact.

    Args:
        distance: beyond the limit, in units of the measure.
        now, baseline: deviations as the statistics have them.
        confidence: in (0, 1).
    """
    from scipy.special import stdtrit

    squares = [standard_error(each) ** 2 for each in (now, baseline) if each is not None and isfinite(each)]
    if not sum(squares):
        return distance <= 0
    freedom = (N_SAMPLES - 1) * sum(squares) ** 2 / sum(square**2 for square in squares)
    quantile = float(stdtrit(freedom, 1 - (1 - confidence) / max(n_limits, 1)))
    return distance <= quantile * sqrt(sum(squares))
