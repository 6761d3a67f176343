"""What a measure says, in plain words and with the shares behind it."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Self

from leeboard.measures.bias.contingency import Side
from leeboard.measures.bias.ratios import ratio
from leeboard.measures.bias.results import Findings, Group, Measured

TN, FP, FN, TP = 0, 1, 2, 3


@dataclass(frozen=True, slots=True)
class Rates:
    """What some people get, as shares in [0, 1]; None where nobody could get it.

    Attributes:
        observed, predicted: who have the good outcome, and who are predicted to.
        recall: of those who have it, for whom it is predicted; precision: the other way around.
        specificity: of those who have it not, for whom it is not predicted.
        rejected_rightly: of those for whom it is not predicted, who have it not.
        accuracy: for whom the prediction is right.
    """

    n_rows: float
    observed: float | None
    predicted: float | None
    recall: float | None
    precision: float | None
    specificity: float | None
    rejected_rightly: float | None
    accuracy: float | None

    @classmethod
    def of(cls, side: Side) -> Self:
        """The rates of a side that has one version."""
        tn, fp, fn, tp = side.answered.tolist()
        n_observed, n_predicted = side.observed.sum(), side.predicted.sum()
        return cls(
            n_rows=float(max(n_observed, n_predicted)),
            observed=_share(side.observed[1], n_observed),
            predicted=_share(side.predicted[1], n_predicted),
            recall=_share(tp, tp + fn),
            precision=_share(tp, tp + fp),
            specificity=_share(tn, tn + fp),
            rejected_rightly=_share(tn, tn + fn),
            accuracy=_share(tn + tp, tn + fp + fn + tp),
        )


def _share(part: float, whole: float) -> float | None:
    return float(part / whole) if whole else None


@dataclass(frozen=True, slots=True)
class _Told:
    """What a sentence needs."""

    who: str
    outcome: str
    value: float
    members: Side
    others: Side

    @property
    def rates(self) -> tuple[Rates, Rates]:
        return Rates.of(self.members), Rates.of(self.others)

    def pair(self, rate: str) -> str:
        """Both shares, such as `12% of sex f and 30% of the others`."""
        d, a = (getattr(side, rate) for side in self.rates)
        return f"{percent(d)} of {self.who} and {percent(a)} of the others"


def percent(share: float | None) -> str:
    """A share as people read it; it is 0 or 100 only if it is exactly that.

    >>> percent(0.1234), percent(0.0), percent(0.00001), percent(None)
    ('12.3%', '0%', 'less than 0.1%', 'none')
    """
    if share is None:
        return "none"
    if 0 < share < 0.001:
        return "less than 0.1%"
    if 0.999 < share < 1:
        return "more than 99.9%"
    return f"{100 * share:.1f}".rstrip("0").rstrip(".") + "%"


def _per(side: Side, above: tuple[int, int], below: tuple[int, int]) -> str:
    """How many there are of some for each of others."""
    numbers = side.answered
    return f"{float(ratio(sum(numbers[i] for i in above), sum(numbers[i] for i in below))):.3g}"


def _class_imbalance(t: _Told) -> str:
    d, a = (rates.n_rows for rates in t.rates)
    return f"{t.who} makes up {percent(_share(d, d + a))} of the rows"


def _labels(t: _Told) -> str:
    return f"{t.pair('observed')} have {t.outcome}"


def _distribution(t: _Told) -> str:
    spread = f"the labels of {t.who} are spread otherwise than those of the others"
    return f"{spread}: {t.pair('observed')} have {t.outcome}"


def _predictions(t: _Told) -> str:
    return f"{t.outcome} is predicted for {t.pair('predicted')}"


def _ratio(t: _Told) -> str:
    return f"{_predictions(t)}, which is {t.value:.3g} times as often"


def _disparity(t: _Told) -> str:
    where = "rejected" if t.value > 0 else "accepted"
    what = "once groups of equal standing are compared"
    return f"the share of {t.who} is {100 * abs(t.value):.1f} points greater among the {where}, {what}"


def _acceptance(t: _Told) -> str:
    d, a = (_per(side, (FN, TP), (FP, TP)) for side in (t.members, t.others))
    return f"for each who is predicted {t.outcome}, {d} of {t.who} have it, and {a} of the others"


def _rejection(t: _Told) -> str:
    d, a = (_per(side, (TN, FP), (TN, FN)) for side in (t.members, t.others))
    return f"for each who is not predicted {t.outcome}, {d} of {t.who} have it not, and {a} of the others"


def _errors(t: _Told) -> str:
    d, a = (float(ratio(side.answered[FN], side.answered[FP])) for side in (t.members, t.others))
    missed = f"it is missed for {d:.3g} of {t.who}, and {a:.3g} of the others"
    return f"for each who gets {t.outcome} wrongly, {missed}"


def _flip(t: _Told) -> str:
    fewer = "fewer" if t.value > 0 else "more"
    share = percent(abs(t.value))
    return f"judged as their nearest others are, {share} of {t.who} {fewer} would get {t.outcome}"


def _entropy(t: _Told) -> str:
    benefit = "nothing if it was missed, once if it was right, twice if it was wrong"
    return f"over all rows, {t.outcome} is spread with an entropy of {t.value:.3g}: {benefit}"


SENTENCES: Mapping[str, Callable[[_Told], str]] = {
    "CI": _class_imbalance,
    "DPL": _labels,
    **dict.fromkeys(("KL", "JS", "LP", "TVD", "KS"), _distribution),
    "CDDL": _disparity,
    "DPPL": _predictions,
    "DI": _ratio,
    "DCA": _acceptance,
    "DCR": _rejection,
    "RD": lambda t: f"of those who have {t.outcome}, the model finds {t.pair('recall')}",
    "DAR": lambda t: f"the model is right for {t.pair('precision')} for whom it predicts {t.outcome}",
    "DRR": lambda t: (
        f"the model is right for {t.pair('rejected_rightly')} for whom it does not predict {t.outcome}"
    ),
    "AD": lambda t: f"the model is right for {t.pair('accuracy')}",
    "CDDPL": _disparity,
    "TE": _errors,
    "FT": _flip,
    "GE": _entropy,
    "SD": lambda t: f"of those who have not {t.outcome}, the model says so of {t.pair('specificity')}",
}
"""A sentence a measure."""


def meaning(findings: Findings, group: Group, one: Measured) -> str:
    """What a measure says of a group; why it says nothing, if it has no value."""
    if one.value is None:
        return one.error or ""
    who = f"{group.facet} {group.text}"
    outcome = f"{findings.label} {findings.positive}"
    told = _Told(who, outcome, one.value, group.counts.members, group.counts.others)
    return SENTENCES[one.measure.name](told)
