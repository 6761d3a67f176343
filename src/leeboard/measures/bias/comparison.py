"""Bias now against bias then: which measures are farther from no bias than they were."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from math import hypot, inf
from typing import Literal

from leeboard.formats.analysis import AnalysisResult, BiasMetric, BiasMetrics, FacetMetrics
from leeboard.measures.bias.analysis import FIELDS
from leeboard.measures.bias.decisions import is_interval
from leeboard.measures.bias.measures import Measure, Stage
from leeboard.measures.bias.results import Findings, Group, Measured

SLACK = 1e-12
"""Relative; the same data in another order may differ in the last digits."""

Interval = tuple[float, float]
Verdict = Literal["worse", "kept", "uncertain", "not compared"]


@dataclass(frozen=True, slots=True)
class Judged:
    """One measure of one group against its baseline.

    Attributes:
        was: of the baseline; None if it has none.
        verdict: "uncertain" if it is worse, but not by more than chance explains.
    """

    group: Group
    measured: Measured
    was: float | None
    verdict: Verdict

    @property
    def measure(self) -> Measure:
        return self.measured.measure


@dataclass(frozen=True, slots=True)
class BiasComparison:
    """Every measure that was found, judged where the baseline has it, and what was not compared and why."""

    judged: tuple[Judged, ...]
    notes: tuple[str, ...] = ()

    @property
    def worse(self) -> tuple[Judged, ...]:
        return tuple(one for one in self.judged if one.verdict == "worse")


def compare(
    findings: Findings, baseline: AnalysisResult, *, confidence: float | None = None, is_strict: bool = False
) -> BiasComparison:
    """Hold findings against a baseline.

    Args:
        confidence: a measure is worse only if chance does not explain it: the interval of its change is
            wholly worse; None if its value decides.
        is_strict: as AWS does, also where that is a defect: a ratio is judged by its distance from 0, and
            groups are matched by their places alone.
    """
    notes: list[str] = []
    judged = [
        one
        for stage, field in FIELDS.items()
        for one in _stage(findings, stage, getattr(baseline, field), notes, _Rule(confidence, is_strict))
    ]
    return BiasComparison(tuple(judged), tuple(dict.fromkeys(notes)))


@dataclass(frozen=True, slots=True)
class _Rule:
    confidence: float | None
    is_strict: bool

    def verdict(self, now: Measured, baseline: BiasMetric | None) -> Verdict:
        was = baseline.number if baseline else None
        if now.value is None or was is None or now.value != now.value or was != was:
            return "not compared"
        if self.is_strict:
            return "worse" if abs(now.value) > abs(was) else "kept"
        limit = now.measure.distance(was)
        if not now.measure.distance(now.value) > limit * (1 + SLACK):
            return "kept"
        if self.confidence is None or now.low is None or now.high is None:
            return "worse"
        told = baseline.leeboard if baseline else None
        before = None if told is None or told.low is None or told.high is None else (told.low, told.high)
        is_clear = _is_clearly_worse(now.measure, (was, before), (now.value, (now.low, now.high)))
        return "worse" if is_clear else "uncertain"


def _is_clearly_worse(
    measure: Measure, was: tuple[float, Interval | None], now: tuple[float, Interval]
) -> bool:
    """Whether the interval of the change lies on the worse side; with an interval of the baseline, too.

    The ends of two intervals give that of their difference by the method of Zou and Donner (2008,
    Construction of confidence limits about effect measures, equation 7).
    """
    value, ends = now
    distance, limit = measure.distance(value), measure.distance(was[0])
    if distance == inf:
        return limit < inf
    nearest = _distances(measure, ends)[0]
    farthest = limit if was[1] is None else max(limit, _distances(measure, was[1])[1])
    return distance - limit > hypot(distance - nearest, farthest - limit)


def _distances(measure: Measure, ends: Interval) -> tuple[float, float]:
    """How near to no bias, and how far from it, an interval comes."""
    found = sorted(map(measure.distance, ends))
    has_neutral = ends[0] <= measure.neutral <= ends[1]
    return (0.0 if has_neutral else found[0]), found[1]


def _stage(
    findings: Findings, stage: Stage, baseline: BiasMetrics | None, notes: list[str], rule: _Rule
) -> Iterator[Judged]:
    known = _facets(findings, stage, baseline, notes, rule)
    for facet, groups in findings.by_facet().items():
        if known and facet not in known:
            notes.append(f"the baseline has no facet {facet!r}; it has {', '.join(known)}")
        pairs = _pairs(groups, known.get(facet, ()), notes, rule.is_strict)
        for group, entry in pairs:
            known_measures = entry.by_name if entry else {}
            for one in group.of(stage):
                was = known_measures.get(one.measure.name)
                yield Judged(group, one, was.number if was else None, rule.verdict(one, was))


def _facets(
    findings: Findings, stage: Stage, baseline: BiasMetrics | None, notes: list[str], rule: _Rule
) -> Mapping[str, Sequence[FacetMetrics]]:
    """The facets of the baseline; none if it is about another outcome."""
    if baseline is None:
        if any(group.of(stage) for group in findings.groups):
            notes.append(f"the baseline has no {stage.lower()} measures; those of the data are not compared")
        return {}
    if baseline.label != findings.label:
        notes.append(
            f"the baseline is about the label {baseline.label!r}, the data have {findings.label!r}; "
            "nothing is compared"
        )
        return {}
    was, now = baseline.label_value_or_threshold, findings.positive
    if not rule.is_strict and was != now and not (is_interval(was) and is_interval(now)):
        notes.append(
            f"the baseline's good outcome is {was!r}, that of the data is {now!r}; nothing is compared"
        )
        return {}
    return baseline.facets


def _pairs(
    groups: Sequence[Group], entries: Sequence[FacetMetrics], notes: list[str], is_strict: bool
) -> Iterator[tuple[Group, FacetMetrics | None]]:
    """Groups with what the baseline has of them: by value, and intervals by place."""
    by_value = {entry.value_or_threshold: entry for entry in entries}
    for place, group in enumerate(groups):
        at_place = entries[place] if place < len(entries) else None
        if is_strict:
            yield group, at_place
            continue
        entry = by_value.get(group.text)
        if (
            entry is None
            and at_place
            and is_interval(group.text)
            and is_interval(at_place.value_or_threshold)
        ):
            entry = at_place
        if entry is None and entries:
            known = ", ".join(list(by_value)[:10])
            notes.append(f"the baseline has no group {group.facet} {group.text!r}; it has {known}")
        yield group, entry


def was_interval(baseline: AnalysisResult | None) -> dict[str, bool]:
    """By name of facet and label, whether the baseline took the value as a threshold."""
    found: dict[str, bool] = {}
    for field in FIELDS.values():
        stage: BiasMetrics | None = getattr(baseline, field) if baseline else None
        if stage is None:
            continue
        found |= {
            name: is_interval(entries[0].value_or_threshold)
            for name, entries in stage.facets.items()
            if entries
        }
        if stage.label_value_or_threshold:
            found[stage.label] = is_interval(stage.label_value_or_threshold)
    return found
