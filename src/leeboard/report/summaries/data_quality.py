"""Data quality: the numbers of each feature beside those of its baseline, and how far it has moved."""

from collections import Counter
from collections.abc import Iterable, Iterator
from math import isfinite
from typing import Any

from leeboard.compare import DriftScore, Finding
from leeboard.compare.settings import settings_of
from leeboard.formats.constraints import Constraints, FeatureConstraints
from leeboard.formats.statistics import FeatureStatistics, Statistics
from leeboard.formats.summary import MOST_FEATURES, FeatureColumns, SeenViolation, Summary
from leeboard.formats.violation_texts import parse_description
from leeboard.formats.violations import AnyViolation
from leeboard.report.figures import common_of, completeness
from leeboard.report.findings import DRIFT, OF_CELLS, Told, tell
from leeboard.report.movement import use_of_limit
from leeboard.report.report import SectionContent
from leeboard.report.summaries import Summarised, seen_violation
from leeboard.report.summaries.numbers import finite

MONITOR = "data-quality"
MOST_USE = 1e6
"""What stands for infinitely more than the limit."""
EFFECTS = {"missing_column_check": 1.0, "extra_column_check": 0.1, "non_negative_check": 0.5}
"""Of promises whose numbers do not tell."""


def numbers(content: SectionContent) -> Summary:
    """The columns of the data in their order, then those that only the baseline has."""
    documents: Any = content.documents
    now: Statistics = documents["statistics.json"]
    was: Statistics | None = getattr(content.baseline, "statistics", None)
    promised: Constraints | None = getattr(content.baseline, "constraints", None)
    rows = _rows(content, now, was, promised)
    columns = {name: [row.get(name) for row in rows] for name in FeatureColumns.model_fields}
    return Summary(n_rows=now.dataset.item_count, features=FeatureColumns.model_validate(columns))


def _rows(
    content: SectionContent, now: Statistics, was: Statistics | None, promised: Constraints | None
) -> list[dict[str, Any]]:
    here = {feature.name: feature for feature in now.features}
    before = {feature.name: feature for feature in (was.features if was else [])}
    promises = {feature.name: feature for feature in (promised.features if promised else [])}
    scores = _scores(content.details.drift if content.details else ())
    told = [one for _, one in _told(content)]
    n_found = Counter(column for one in told for column in _columns(one))
    rows = []
    for name in list(dict.fromkeys([*here, *before, *promises]))[:MOST_FEATURES]:
        feature, old, promise = here.get(name), before.get(name), promises.get(name)
        expected = before or promises
        presence = "gone" if feature is None else "new" if expected and not (old or promise) else ""
        typed = feature or old or promise
        row = {"name": name, "presence": presence, "n_violations": n_found[name]}
        row |= {"type": typed.inferred_type if typed else None} | _drift(scores.get(name))
        row |= _presence(feature, now) | _moments(feature)
        rows.append(row | _baseline(old, was) | _promise(promise, promised))
    return rows


def _presence(feature: FeatureStatistics | None, now: Statistics) -> dict[str, Any]:
    common = common_of(feature)
    if feature is None:
        return {}
    n_rows = now.dataset.item_count
    return {
        "n_present": common.num_present if common else 0,
        "n_missing": common.num_missing if common else n_rows,
        "completeness": finite(completeness(feature, n_rows)),
    }


def _moments(feature: FeatureStatistics | None) -> dict[str, Any]:
    if feature is None:
        return {}
    numeric, text, ours = feature.numerical_statistics, feature.string_statistics, feature.leeboard
    found: dict[str, Any] = {}
    if numeric is not None:
        found = {"mean": finite(numeric.mean), "std_dev": finite(numeric.std_dev)}
        found |= {"minimum": finite(numeric.min), "maximum": finite(numeric.max)}
        if ours and ours.values and not ours.other_count:
            found["n_distinct"] = float(len(ours.values))
    return found | ({"n_distinct": finite(text.distinct_count)} if text is not None else {})


def _baseline(old: FeatureStatistics | None, was: Statistics | None) -> dict[str, Any]:
    if old is None or was is None:
        return {}
    numeric = old.numerical_statistics
    return {
        "baseline_completeness": finite(completeness(old, was.dataset.item_count)),
        "baseline_mean": finite(numeric.mean) if numeric else None,
        "baseline_std_dev": finite(numeric.std_dev) if numeric else None,
    }


def _promise(promise: FeatureConstraints | None, promised: Constraints | None) -> dict[str, Any]:
    if promise is None or promised is None or not settings_of(promised, promise, strict=False).is_evaluated:
        return {}
    return {"completeness_limit": finite(promise.completeness)}


def _scores(scores: Iterable[DriftScore]) -> dict[str, DriftScore]:
    """Of several of a column, the one that alarms most."""
    found: dict[str, DriftScore] = {}
    for score in scores:
        name = score.feature_name
        found[name] = max(found.get(name, score), score, key=lambda one: (one.drifted, use_of_limit(one)))
    return found


def _drift(score: DriftScore | None) -> dict[str, Any]:
    if score is None:
        return {}
    p_value = score.p_value if score.adjusted_p is None else score.adjusted_p
    return {
        "distance": finite(score.distance),
        "limit": finite(score.threshold),
        "use": finite(min(MOST_USE if score.drifted else 1.0, use_of_limit(score))),
        "p_value": finite(p_value),
        "test": score.test,
        "is_drifted": score.drifted,
    }


def _columns(told: Told) -> list[str]:
    return [named.name for named in told.columns]


def violations(content: SectionContent) -> Iterator[SeenViolation]:
    """Each with what was promised and seen, in words."""
    scores = _scores(content.details.drift if content.details else ())
    for (violation, finding), told in _told(content):
        yield seen_violation(
            MONITOR,
            violation,
            label=told.label,
            columns=_columns(told),
            promised=told.promised,
            seen=told.seen,
            effect=_effect(finding, scores.get(finding.feature_name)),
        )


def _told(content: SectionContent) -> Iterator[tuple[tuple[AnyViolation, Finding], Told]]:
    found = content.violations.violations if content.violations else []
    known = content.details.findings if content.details else [_finding(one) for one in found]
    for violation, finding in zip(found, known, strict=True):
        yield (violation, finding), tell(finding)


def _finding(violation: AnyViolation) -> Finding:
    """What the file alone tells."""
    parsed = parse_description(violation.description)
    return Finding(
        feature_name=violation.subject,
        check=violation.constraint_check_type,
        description=violation.description,
        observed=parsed.observed if parsed else None,
        expected=parsed.expected if parsed else None,
        hint=violation.hint,
    )


def _effect(finding: Finding, score: DriftScore | None) -> float | None:
    """The share of cells that broke the promise; how much of a drift is beyond the limit."""
    seen, expected = finding.observed, finding.expected
    if finding.check == DRIFT:
        use = use_of_limit(score) if score else seen / expected if seen and expected else None
        return 1 - 1 / use if use and use >= 1 else None if use is None else 0.0
    if finding.check in OF_CELLS and seen is not None and isfinite(seen):
        return (1.0 if expected is None else expected) - seen
    return EFFECTS.get(finding.check)


ENTRY = Summarised(MONITOR, numbers, violations)
