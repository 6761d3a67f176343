"""The data quality monitor: types, completeness, domains, columns and drift."""

from collections.abc import Iterator

from leeboard.compare import Comparison, find, suggest_constraints
from leeboard.formats.constraints import Constraints, FeatureConstraints
from leeboard.formats.metrics import EmittedMetric, StatisticSet
from leeboard.formats.violations import Violation, ViolationExtension, Violations
from leeboard.monitors import Baseline, Monitor, SuggestOptions, Verdict
from leeboard.profile import ColumnProfile, TableProfile
from leeboard.profile.statistics import to_statistics


def suggest(profile: TableProfile, options: SuggestOptions) -> Baseline:
    """Statistics of a data set and the constraints that they suggest."""
    constraints = suggest_constraints(
        profile,
        categorical_drift_method=options.categorical_drift_method,
        roles=options.roles,
        drift=options.drift,
        strict=options.is_strict,
    )
    return Baseline(constraints, to_statistics(profile))


def check(profile: TableProfile, baseline: Baseline, is_strict: bool) -> Verdict:
    """A window held against its baseline."""
    comparison = find(baseline.constraints, baseline.statistics, profile, strict=is_strict)
    suggested = suggest(profile, SuggestOptions(is_strict=is_strict))
    assert suggested.statistics is not None  # noqa: S101 - `suggest` has just made them
    violations = [
        Violation(
            feature_name=finding.feature_name,
            constraint_check_type=finding.check,
            description=finding.description,
            leeboard=ViolationExtension(hint=finding.hint) if finding.hint and not is_strict else None,
        )
        for finding in comparison.findings
    ]
    return Verdict(
        statistics=suggested.statistics,
        suggested=suggested.constraints,
        comparison=comparison,
        violations=Violations(violations=violations),
        metrics=tuple(_metrics(profile, baseline.constraints, comparison)),
    )


def _metrics(
    profile: TableProfile, constraints: Constraints, comparison: Comparison
) -> Iterator[EmittedMetric]:
    if constraints.monitoring_config and constraints.monitoring_config.emit_metrics == "Disabled":
        return
    muted = {feature.name for feature in constraints.features if _is_muted(feature)}
    for name, column in profile.columns.items():
        if name not in muted:
            yield from _column_metrics(name, column)
    for score in comparison.drift:
        if score.feature_name not in muted:
            yield EmittedMetric(
                MetricName=f"feature_baseline_drift_{score.feature_name}", Value=score.distance
            )


def _is_muted(feature: FeatureConstraints) -> bool:
    overrides = feature.overrides()
    return overrides is not None and overrides.emit_metrics == "Disabled"


def _column_metrics(name: str, column: ColumnProfile) -> Iterator[EmittedMetric]:
    moments = column.moments
    if moments.n and column.inferred_type in ("Integral", "Fractional"):
        yield EmittedMetric(
            MetricName=f"feature_data_{name}",
            StatisticValues=StatisticSet(
                SampleCount=moments.n, Sum=moments.sum, Minimum=moments.min, Maximum=moments.max
            ),
        )
    yield EmittedMetric(MetricName=f"feature_non_null_{name}", Value=column.completeness.share)


ENTRY = Monitor("data-quality", "DataQuality", TableProfile, suggest, check)
