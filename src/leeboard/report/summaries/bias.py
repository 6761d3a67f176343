"""Bias: each measure of each group, with its interval and that of the baseline."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from leeboard.formats.analysis import AnalysisResult, BiasMetric, FacetMetrics
from leeboard.formats.summary import LONGEST_TEXT, MOST_ENTRIES, BiasSummary, SeenViolation, Summary
from leeboard.formats.violations import AnyViolation, BiasViolation
from leeboard.measures.bias.analysis import FIELDS
from leeboard.measures.bias.measures import MEASURES, Stage
from leeboard.report.report import SectionContent
from leeboard.report.summaries import Summarised, seen_violation
from leeboard.report.summaries.numbers import finite
from leeboard.report.words import clipped, number

MONITOR = "bias"
Place = tuple[str, str, str]
"""Facet, group, measure: every measure is of one stage."""


@dataclass(frozen=True, slots=True)
class _One:
    """A measure as the file has it."""

    stage: Stage
    facet: str
    group: FacetMetrics
    metric: BiasMetric

    @property
    def place(self) -> Place:
        return self.facet, self.group.value_or_threshold, self.metric.name


def numbers(content: SectionContent) -> Summary:
    """Every measure of the file, also those without a value."""
    known, broken = _known(content), {_place(one) for one in _broken(content)}
    found = list(_all(_analysis(content)))[:MOST_ENTRIES]
    summaries = [_summary(one, known.get(one.place), is_broken=one.place in broken) for one in found]
    n_rows = [one.n_rows + one.n_other_rows for one in summaries if one.n_rows and one.n_other_rows]
    return Summary(bias=summaries, n_rows=max(n_rows, default=None))


def _analysis(content: SectionContent) -> AnalysisResult:
    documents: Any = content.documents
    found: AnalysisResult = documents["analysis.json"]
    return found


def _all(analysis: AnalysisResult) -> Iterator[_One]:
    for stage, field in FIELDS.items():
        section = getattr(analysis, field)
        for facet, groups in (section.facets if section else {}).items():
            for group in groups:
                yield from (_One(stage, facet, group, metric) for metric in group.metrics)


def _known(content: SectionContent) -> Mapping[Place, BiasMetric]:
    """The baseline's; where the comparison took another entry for a group, that one's value."""
    if not content.is_check or content.baseline is None:
        return {}
    found = {one.place: one.metric for one in _all(content.baseline.analysis)}
    comparison = getattr(content.details, "comparison", None)
    for judged in comparison.judged if comparison else ():
        place = judged.group.facet, judged.group.text, judged.measure.name
        there = found.get(place)
        if judged.was is not None and (there is None or there.number != judged.was):
            found[place] = BiasMetric.of(judged.measure.name, "", judged.was)
    return found


def _summary(one: _One, was: BiasMetric | None, *, is_broken: bool) -> BiasSummary:
    measure, metric, counts = MEASURES.get(one.metric.name), one.metric, one.group.leeboard
    ours, before = metric.leeboard, was.leeboard if was else None
    return BiasSummary(
        facet=clipped(one.facet, LONGEST_TEXT),
        group=clipped(one.group.value_or_threshold, LONGEST_TEXT),
        metric=metric.name,
        stage=str(one.stage),
        title=measure.title if measure else metric.description,
        value=finite(metric.number),
        low=finite(ours.low) if ours else None,
        high=finite(ours.high) if ours else None,
        baseline=finite(was.number) if was else None,
        baseline_low=finite(before.low) if before else None,
        baseline_high=finite(before.high) if before else None,
        neutral=measure.neutral if measure else 0.0,
        remark=clipped(metric.error or "", LONGEST_TEXT),
        n_rows=counts.n_rows if counts else None,
        n_other_rows=counts.n_other_rows if counts else None,
        is_broken=is_broken,
    )


def _broken(content: SectionContent) -> list[AnyViolation]:
    return content.violations.violations if content.violations else []


def _place(violation: AnyViolation) -> Place | None:
    if not isinstance(violation, BiasViolation):
        return None
    return violation.facet, violation.facet_value, violation.metric_name


def violations(content: SectionContent) -> Iterator[SeenViolation]:
    """Each with how much farther from no bias it is than it was."""
    known = _known(content)
    now = {one.place: one.metric for one in _all(_analysis(content))}
    for violation in _broken(content):
        place = _place(violation)
        is_there, was = now.get(place) if place else None, known.get(place) if place else None
        yield seen_violation(
            MONITOR,
            violation,
            label=place[2] if place else "",
            promised=f"no farther from no bias than {number(was.number)}" if was else None,
            seen=number(is_there.number) if is_there else None,
            effect=_effect(is_there, was),
        )


def _effect(now: BiasMetric | None, was: BiasMetric | None) -> float | None:
    measure = MEASURES.get(now.name) if now else None
    if now is None or was is None or measure is None or now.number is None or was.number is None:
        return None
    beyond = finite(measure.distance(now.number) - measure.distance(was.number))
    return 1.0 if beyond is None else beyond


ENTRY = Summarised(MONITOR, numbers, violations)
