"""Baseline and current distribution of each column, where the two can be compared."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from leeboard.compare.distributions.kinds import Distribution
from leeboard.compare.distributions.reading import from_profile, from_statistics
from leeboard.compare.limits import is_below
from leeboard.compare.settings import ColumnSettings, DriftRule, settings_of
from leeboard.compare.type_match import type_match
from leeboard.formats.constraints import Constraints, FeatureConstraints
from leeboard.formats.statistics import FeatureStatistics
from leeboard.profile import ColumnProfile, TableProfile

LEAST_MATCH = 0.5
"""Share of cells that must still be of the promised type for a distance to mean anything."""


@dataclass(frozen=True, slots=True)
class Pair:
    """A column that can be compared."""

    name: str
    baseline: Distribution
    current: Distribution
    rule: DriftRule


def pairs(
    constraints: Constraints,
    baseline: Mapping[str, FeatureStatistics],
    current: TableProfile,
    *,
    strict: bool,
) -> Iterator[Pair | str]:
    """Each column under watch for drift, or a note on why it cannot be compared."""
    for feature in constraints.features:
        settings = settings_of(constraints, feature, strict=strict)
        column = current.columns.get(feature.name)
        if column is not None and settings.is_evaluated and not settings.is_label:
            found = _pair(feature, settings, baseline.get(feature.name), column)
            if found is not None:
                yield found


def _pair(
    feature: FeatureConstraints,
    settings: ColumnSettings,
    statistics: FeatureStatistics | None,
    column: ColumnProfile,
) -> Pair | str | None:
    before = from_statistics(statistics) if statistics else None
    if before is None or statistics is None:
        return _note(feature.name, "the baseline statistics hold no distribution of it")
    rule = settings.drift_rule(before.kind)
    if rule is None:
        return None
    if before.kind not in rule.test.kinds:
        return _note(feature.name, f"drift test {rule.test.name} cannot read a {before.kind} column")
    if not column.completeness.present:
        return _note(feature.name, "it has no values in this window")
    expected = feature.inferred_type or statistics.inferred_type
    now = from_profile(column, before.kind)
    if now is None or _has_other_type(column, expected, settings):
        then = statistics.inferred_type
        return _note(feature.name, f"it was {then} in the baseline and is {column.inferred_type} now")
    return Pair(feature.name, before, now, rule)


def _has_other_type(column: ColumnProfile, expected: str, settings: ColumnSettings) -> bool:
    """Strict skips what fails the type check, as AWS does; otherwise one bad cell hides no drift."""
    match = type_match(column, expected, strict=settings.is_strict)
    if match is None:
        return False
    limit = (settings.config.datatype_check_threshold or 0.0) if settings.is_strict else LEAST_MATCH
    return is_below(match, limit, strict=settings.is_strict)


def _note(name: str, reason: str) -> str:
    return f"drift of {name!r} was not looked for: {reason}"
