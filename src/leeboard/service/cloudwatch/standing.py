"""The state of an alarm, judged from the points that are kept: nobody has to have looked before."""

from bisect import bisect_left
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Self

OK, ALARM, UNKNOWN = "OK", "ALARM", "INSUFFICIENT_DATA"
OPERATORS: dict[str, tuple[Callable[[float, float], bool], str]] = {
    "GreaterThanOrEqualToThreshold": (lambda a, b: a >= b, "greater than or equal to"),
    "GreaterThanThreshold": (lambda a, b: a > b, "greater than"),
    "LessThanThreshold": (lambda a, b: a < b, "less than"),
    "LessThanOrEqualToThreshold": (lambda a, b: a <= b, "less than or equal to"),
}
UNCHECKED = "Unchecked: Initial alarm creation"
EXTRA_PERIODS = 2
"""Periods before those that are judged, whose points stand in for missing ones."""
REMEMBERED_PERIODS = 50
"""How far back it is looked for a state that an alarm without enough data keeps."""


@dataclass(frozen=True, slots=True)
class Rule:
    """When an alarm is in which state.

    Attributes:
        n_periods: EvaluationPeriods.
        n_to_alarm: DatapointsToAlarm.
        missing: TreatMissingData.
    """

    threshold: float
    operator: str
    n_periods: int
    n_to_alarm: int
    missing: str = "missing"

    @classmethod
    def of(cls, document: Mapping[str, Any]) -> Self:
        """Of an alarm as it was put."""
        n = document["EvaluationPeriods"]
        return cls(
            document["Threshold"],
            document["ComparisonOperator"],
            n,
            document.get("DatapointsToAlarm", n),
            document.get("TreatMissingData", "missing"),
        )

    @property
    def range(self) -> int:
        """How many periods a judgement looks at."""
        return self.n_periods + EXTRA_PERIODS

    def is_breaching(self, value: float) -> bool:
        return OPERATORS[self.operator][0](value, self.threshold)


@dataclass(frozen=True, slots=True)
class Point:
    """The value of the period with that number; the last one judged has 0, the one before it 1."""

    age: int
    value: float
    at: datetime


@dataclass(frozen=True, slots=True)
class Standing:
    """A state, and since how many periods it has been so; None if for longer than was looked at."""

    state: str
    reason: str
    age: int | None = None


@dataclass(frozen=True, slots=True)
class Judgement:
    """What one period decides; the reason is put into words if somebody wants it."""

    rule: Rule
    seen: Sequence[Point]
    state: str
    age: int

    @property
    def reason(self) -> str:
        return _reason(self.rule, self.seen, self.state)


def standing(rule: Rule, points: Sequence[Point], before: str = UNKNOWN, *, periods: int) -> Standing:
    """Judge period by period up to now; a period that decides nothing keeps the state of the one before.

    Args:
        points: oldest first.
        before: the state at the beginning.
        periods: how many are judged.
    """
    state, last, since = before, None, None
    for last in judgements(rule, points, periods):
        if last.state != state:
            state, since = last.state, last.age
    return Standing(state, UNCHECKED if last is None else last.reason, since)


def judgements(rule: Rule, points: Sequence[Point], periods: int) -> Iterator[Judgement]:
    """What each period decides, the oldest first; those that decide nothing are left out.

    Args:
        points: oldest first.
    """
    ages = [-each.age for each in points]
    for age in reversed(range(periods)):
        seen = points[bisect_left(ages, 1 - age - rule.range) : bisect_left(ages, 1 - age)]
        judged = _judged(rule, seen, age)
        if judged is not None:
            yield Judgement(rule, seen, judged, age)


def _judged(rule: Rule, seen: Sequence[Point], age: int) -> str | None:
    """As CloudWatch's page on missing data has it; None to stay as it is."""
    latest = seen[-rule.n_periods :]
    n_missing = rule.n_periods - len(latest)
    n_bad = sum(rule.is_breaching(each.value) for each in latest)
    if n_bad >= rule.n_to_alarm:
        return ALARM
    if rule.missing == "breaching":
        return ALARM if n_bad + n_missing >= rule.n_to_alarm else OK
    if rule.missing == "notBreaching" or n_bad < len(latest):
        return OK
    if rule.missing == "ignore":
        return None
    if not latest:
        return UNKNOWN
    return ALARM if latest[0].age - age + 1 >= rule.n_to_alarm else None


def _reason(rule: Rule, seen: Sequence[Point], state: str) -> str:
    latest = seen[-rule.n_periods :]
    n_missing = rule.n_periods - len(latest)
    if state == UNKNOWN:
        noun = "datapoint was" if n_missing == 1 else "datapoints were"
        return f"Insufficient Data: {n_missing} {noun} unknown."
    told = ", ".join(f"{each.value} ({each.at:%d/%m/%y %H:%M:%S})" for each in latest[::-1][:5])
    n_bad = sum(rule.is_breaching(each.value) for each in latest)
    word = OPERATORS[rule.operator][1]
    if not latest:
        return (
            f"Threshold Crossed: no datapoints were received for {n_missing} periods, and those are treated "
            f"as {rule.missing}."
        )
    if state == ALARM:
        return (
            f"Threshold Crossed: {n_bad} out of the last {len(latest)} datapoints [{told}] was {word} the "
            f"threshold ({rule.threshold}) (minimum {rule.n_to_alarm} datapoints for OK -> ALARM transition)."
        )
    n_good = len(latest) - n_bad
    return (
        f"Threshold Crossed: {n_good} out of the last {len(latest)} datapoints [{told}] was not {word} the "
        f"threshold ({rule.threshold}) (minimum {max(1, rule.n_periods - rule.n_to_alarm + 1)} datapoints "
        "for ALARM -> OK transition)."
    )
