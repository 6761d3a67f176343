"""Feature attribution: what each feature adds to each output, its rank, and how like the baseline that is."""

from collections.abc import Iterator, Mapping
from typing import Any

from leeboard.formats.analysis import AnalysisResult
from leeboard.formats.summary import (
    MOST_ENTRIES,
    AttributionSummary,
    ScoreSummary,
    SeenViolation,
    Summary,
)
from leeboard.measures.attribution.comparison import LabelComparison
from leeboard.measures.attribution.outcome import compared_analyses, labels_in, numbers_of
from leeboard.measures.attribution.ranks import THRESHOLD, ranks
from leeboard.report.report import SectionContent
from leeboard.report.summaries import Summarised, seen_violation
from leeboard.report.summaries.numbers import finite
from leeboard.report.words import number

MONITOR = "attribution"


def numbers(content: SectionContent) -> Summary:
    """Of each label, the features of both sides; the score of each label that was compared."""
    documents: Any = content.documents
    analysis: AnalysisResult = documents["analysis.json"]
    is_compared = content.is_check and content.baseline is not None
    before = labels_in(content.baseline.analysis) if is_compared else {}
    attributions = [
        one
        for label, shap in labels_in(analysis).items()
        for one in _of_label(label, numbers_of(shap), numbers_of(before[label]) if label in before else {})
    ]
    return Summary(
        attributions=attributions[:MOST_ENTRIES],
        scores=[_score(content, one) for one in _compared(content)][:MOST_ENTRIES],
        n_rows=getattr(content.details, "n_rows", None),
    )


def _of_label(
    label: str, now: Mapping[str, float], then: Mapping[str, float]
) -> Iterator[AttributionSummary]:
    places, old_places = ranks(now), ranks(then)
    for feature in dict.fromkeys([*now, *then]):
        yield AttributionSummary(
            label=label,
            feature=feature,
            value=finite(now.get(feature)),
            rank=places.get(feature),
            baseline=finite(then.get(feature)),
            baseline_rank=old_places.get(feature),
        )


def _compared(content: SectionContent) -> tuple[LabelComparison, ...]:
    documents: Any = content.documents
    if not content.is_check or content.baseline is None:
        return ()
    return compared_analyses(content.baseline.analysis, documents["analysis.json"])


def _score(content: SectionContent, one: LabelComparison) -> ScoreSummary:
    broken = {
        violation.subject for violation in (content.violations.violations if content.violations else [])
    }
    return ScoreSummary(
        label=one.label,
        ndcg=finite(one.ndcg),
        limit=getattr(content.details, "threshold", THRESHOLD),
        relative_change=finite(one.relative_change),
        relative_change_limit=getattr(content.details, "max_relative_change", None),
        is_broken=one.label in broken,
    )


def violations(content: SectionContent) -> Iterator[SeenViolation]:
    """Each with how much the order of its features has changed."""
    scores = {one.label: _score(content, one) for one in _compared(content)}
    for violation in content.violations.violations if content.violations else []:
        score = scores.get(violation.subject)
        promised, seen, effect = _words(score) if score else (None, None, None)
        yield seen_violation(
            MONITOR, violation, label="attribution", promised=promised, seen=seen, effect=effect
        )


def _words(score: ScoreSummary) -> tuple[str | None, str | None, float | None]:
    """What was promised and seen, of the number that is beyond its limit."""
    if score.ndcg is not None and score.limit is not None and score.ndcg < score.limit:
        return f"NDCG at least {number(score.limit)}", f"NDCG {number(score.ndcg)}", 1 - score.ndcg
    limit, change = score.relative_change_limit, score.relative_change
    if limit is None or change is None:
        return None, None, None
    return f"relative change at most {number(limit)}", f"relative change {number(change)}", change


ENTRY = Summarised(MONITOR, numbers, violations)
