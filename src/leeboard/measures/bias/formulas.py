"""The measures of bias as formulas of counts.

Symbols as in Amazon's documentation of SageMaker Clarify (2021) and Das et al., "Fairness measures for
machine learning in finance" (2021): d is the group, a everybody else, y observed, p predicted positives.
Each gives a number for every version of the counts; an infinity where something is divided by zero.
"""

import numpy as np

from leeboard.measures.bias.contingency import Contingency, Side
from leeboard.measures.bias.ratios import difference, ratio, total
from leeboard.measures.bias.table import Floats

NO, YES = 0, 1
TN, FP, FN, TP = 0, 1, 2, 3


def _n(side: Side) -> Floats:
    return np.asarray(side.observed.sum(axis=-1))


def _positive_share(counts: Floats) -> Floats:
    return ratio(counts[..., YES], counts.sum(axis=-1))


def _shares(side: Side) -> Floats:
    return ratio(side.labels, total(side.labels))


def class_imbalance(c: Contingency) -> Floats:
    """(n_a - n_d) / (n_a + n_d), in [-1, 1]; 0 for groups of equal size."""
    a, d = _n(c.others), _n(c.members)
    return ratio(a - d, a + d)


def label_proportions(c: Contingency) -> Floats:
    """Share of y in a less that in d, in [-1, 1]."""
    return difference(_positive_share(c.others.observed), _positive_share(c.members.observed))


def _kl(p: Floats, q: Floats) -> Floats:
    """Sum of p ln(p / q) over what occurs on both sides."""
    both = (p > 0) & (q > 0)
    return np.asarray((p * np.log(np.where(both, p, 1.0) / np.where(both, q, 1.0)) * both).sum(axis=-1))


def kullback_leibler(c: Contingency) -> Floats:
    """Sum of P_a ln(P_a / P_d) over the classes of the label that occur in both (Kullback, Leibler 1951)."""
    return _kl(_shares(c.others), _shares(c.members))


def jensen_shannon(c: Contingency) -> Floats:
    """(KL(P_a, M) + KL(P_d, M)) / 2 with M the mean of both, in [0, ln 2] (Lin 1991)."""
    p, q = _shares(c.others), _shares(c.members)
    middle = (p + q) / 2
    return (_kl(p, middle) + _kl(q, middle)) / 2


def lp_norm(c: Contingency) -> Floats:
    """Euclidean length of P_a - P_d, in [0, sqrt(2)]."""
    return np.asarray(np.sqrt(((_shares(c.others) - _shares(c.members)) ** 2).sum(axis=-1)))


def total_variation(c: Contingency) -> Floats:
    """Half the sum of the absolute differences of P_a and P_d, in [0, 1]."""
    return np.asarray(np.abs(_shares(c.others) - _shares(c.members)).sum(axis=-1)) / 2


def kolmogorov_smirnov(c: Contingency) -> Floats:
    """Largest absolute difference of P_a and P_d over the classes, in [0, 1]."""
    return np.asarray(np.abs(_shares(c.others) - _shares(c.members)).max(axis=-1, initial=0.0))


def _disparity(members: Floats, everybody: Floats) -> Floats:
    """Over the groups, weighted by size: share of d among the rejected less that among the accepted."""
    pairs = (*everybody.shape[:-1], everybody.shape[-1] // 2, 2)
    of_d, of_all = members.reshape(pairs), everybody.reshape(pairs)
    size = of_all.sum(axis=-1)
    each = ratio(of_d[..., NO], of_all[..., NO]) - ratio(of_d[..., YES], of_all[..., YES])
    return ratio((size * each).sum(axis=-1), size.sum(axis=-1))


def conditional_disparity_of_labels(c: Contingency) -> Floats:
    """Demographic disparity of y within the groups, in [-1, 1] (Wachter, Mittelstadt, Russell 2020)."""
    return _disparity(c.members.observed_by_group, c.everybody.observed_by_group)


def prediction_proportions(c: Contingency) -> Floats:
    """Share of p in a less that in d, in [-1, 1]."""
    return difference(_positive_share(c.others.predicted), _positive_share(c.members.predicted))


def disparate_impact(c: Contingency) -> Floats:
    """Share of p in d over that in a, at least 0; 1 where both get the same."""
    return ratio(_positive_share(c.members.predicted), _positive_share(c.others.predicted))


def _observed(side: Side, outcome: int) -> Floats:
    return np.asarray(side.answered[..., 2 * outcome] + side.answered[..., 2 * outcome + 1])


def _predicted(side: Side, outcome: int) -> Floats:
    return np.asarray(side.answered[..., outcome] + side.answered[..., 2 + outcome])


def conditional_acceptance(c: Contingency) -> Floats:
    """y_a / p_a - y_d / p_d: how many earned it for each who got it."""
    a, d = (ratio(_observed(side, YES), _predicted(side, YES)) for side in (c.others, c.members))
    return difference(a, d)


def conditional_rejection(c: Contingency) -> Floats:
    """(not y_d / not p_d) - (not y_a / not p_a)."""
    a, d = (ratio(_observed(side, NO), _predicted(side, NO)) for side in (c.others, c.members))
    return difference(d, a)


def _recall(side: Side) -> Floats:
    return ratio(side.answered[..., TP], _observed(side, YES))


def recall_difference(c: Contingency) -> Floats:
    """TP / (TP + FN) of a less that of d, in [-1, 1]."""
    return difference(_recall(c.others), _recall(c.members))


def acceptance_rates(c: Contingency) -> Floats:
    """Precision TP / (TP + FP) of a less that of d, in [-1, 1]."""
    a, d = (ratio(side.answered[..., TP], _predicted(side, YES)) for side in (c.others, c.members))
    return difference(a, d)


def rejection_rates(c: Contingency) -> Floats:
    """TN / (TN + FN) of d less that of a, in [-1, 1]."""
    a, d = (ratio(side.answered[..., TN], _predicted(side, NO)) for side in (c.others, c.members))
    return difference(d, a)


def accuracy_difference(c: Contingency) -> Floats:
    """(TP + TN) / n of a less that of d, in [-1, 1]."""
    a, d = (
        ratio(side.answered[..., TP] + side.answered[..., TN], side.answered.sum(axis=-1))
        for side in (c.others, c.members)
    )
    return difference(a, d)


def specificity_difference(c: Contingency) -> Floats:
    """TN / (TN + FP) of d less that of a, in [-1, 1]."""
    a, d = (ratio(side.answered[..., TN], _observed(side, NO)) for side in (c.others, c.members))
    return difference(d, a)


def treatment_equality(c: Contingency) -> Floats:
    """FN / FP of d less that of a (Berk et al. 2017)."""
    a, d = (ratio(side.answered[..., FN], side.answered[..., FP]) for side in (c.others, c.members))
    return difference(d, a)


def conditional_disparity_of_predictions(c: Contingency) -> Floats:
    """Demographic disparity of p within the groups, in [-1, 1] (Wachter, Mittelstadt, Russell 2020)."""
    return _disparity(c.members.predicted_by_group, c.everybody.predicted_by_group)


def generalized_entropy(c: Contingency) -> Floats:
    """Of the benefits b = 1 + p - y of all rows: mean((b / mean b)^2 - 1) / 2 (Speicher et al. 2018)."""
    all_rows = c.everybody.answered
    n = all_rows.sum(axis=-1)
    even, double = all_rows[..., TN] + all_rows[..., TP], all_rows[..., FP]
    mean = ratio(even + 2 * double, n)
    excess = -all_rows[..., FN] + _excess(even, ratio(1.0, mean)) + _excess(double, ratio(2.0, mean))
    return ratio(ratio(excess, n), 2.0)


def _excess(count: Floats, benefit: Floats) -> Floats:
    """In this form, and not as a mean of squares less 1, AWS's recorded value is met to the last bit."""
    with np.errstate(invalid="ignore"):
        return np.where(count > 0, count * (benefit**2 - 1), 0.0)
