"""Which columns have drifted."""

from collections.abc import Iterable
from dataclasses import dataclass
from math import log, sqrt

from leeboard.compare.distributions.steps import root_effective_size
from leeboard.compare.false_alarms import adjusted
from leeboard.compare.limits import is_above, is_below
from leeboard.compare.pairing import Pair
from leeboard.compare.results import DriftScore

_BLUNT_GAP = 0.25
"""A window so small that chance alone moves a share this far deserves a note."""


@dataclass(frozen=True, slots=True)
class _Measured:
    pair: Pair
    distance: float
    p_value: float | None


def decide(pairs: Iterable[Pair], *, strict: bool = False) -> tuple[list[DriftScore], list[str]]:
    """A score for each column, and a note for each whose drift test failed.

    By evidence a column has drifted if its p-value, adjusted over all columns of the window, is
    not above the false-alarm level, and its distance is above the effect floor. By threshold it
    has if the distance is above the threshold.
    """
    measured, notes = _measure(pairs)
    by_evidence = [one for one in measured if one.p_value is not None]
    over_all = adjusted([one.p_value for one in by_evidence if one.p_value is not None])
    adjusted_p = {one.pair.name: p for one, p in zip(by_evidence, over_all, strict=True)}
    return [_score(one, adjusted_p.get(one.pair.name), strict=strict) for one in measured], notes


def _measure(pairs: Iterable[Pair]) -> tuple[list[_Measured], list[str]]:
    measured, notes = [], []
    for pair in pairs:
        try:
            measured.append(_numbers(pair))
        except Exception as failure:  # one bad column never stops a run
            reason = f"{type(failure).__name__}: {failure}"
            notes.append(f"drift test {pair.rule.test.name} failed for {pair.name!r}: {reason}")
    return measured, notes


def _numbers(pair: Pair) -> _Measured:
    test = pair.rule.test
    if pair.rule.decision == "evidence":
        distance = test.distance(pair.baseline, pair.current)
        return _Measured(pair, distance, test.p_value(pair.baseline, pair.current))
    compared = test.robust if pair.rule.is_robust and test.robust else test.distance
    return _Measured(pair, compared(pair.baseline, pair.current), None)


def _score(one: _Measured, adjusted_p: float | None, *, strict: bool) -> DriftScore:
    rule = one.pair.rule
    if rule.is_robust and rule.test.is_robust_p_value:
        drifted = is_below(one.distance, rule.threshold, strict=strict)
    else:
        drifted = is_above(one.distance, rule.threshold, strict=strict)
    if adjusted_p is not None:
        drifted = drifted and adjusted_p <= rule.false_alarm_level
    return DriftScore(
        feature_name=one.pair.name,
        test=rule.test.name,
        distance=one.distance,
        threshold=rule.threshold,
        p_value=one.p_value,
        adjusted_p=adjusted_p,
        drifted=drifted,
        decision=rule.decision,
        note="" if drifted else _note_on_size(one.pair),
    )


def _note_on_size(pair: Pair) -> str:
    """For a window so small that only a large change could be told from chance."""
    level = pair.rule.false_alarm_level
    root = root_effective_size(pair.baseline.n, pair.current.n)
    if pair.rule.decision == "threshold" or not level or not root:
        return ""
    gap = sqrt(log(2.0 / level) / 2.0) / root
    if gap <= _BLUNT_GAP:
        return ""
    values = "1 value" if pair.current.n == 1 else f"{pair.current.n:.0f} values"
    return f"{values} in this window: a share must move by about {min(gap, 1.0):.0%} to be told from chance"
