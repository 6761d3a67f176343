"""The data quality monitor: types, completeness, domains, columns and drift."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Literal

from leeboard.compare import Comparison, Finding, find, suggest_constraints
from leeboard.errors import InputError
from leeboard.formats.constraints import Constraints, DriftSettings, FeatureConstraints
from leeboard.formats.metrics import EmittedMetric, StatisticSet
from leeboard.formats.reading import read_constraints, read_statistics
from leeboard.formats.statistics import Statistics
from leeboard.formats.violations import AnyViolation, Violation, ViolationExtension, Violations
from leeboard.monitors import Monitor, Order, Result, StoredFile
from leeboard.profile import ColumnProfile, TableProfile
from leeboard.profile.statistics import to_statistics
from leeboard.tables import Block
from leeboard.tables.options import ReadOptions

CONSTRAINTS = "constraints.json"
STATISTICS = "statistics.json"


@dataclass(frozen=True, slots=True)
class DataQualityBaseline:
    """What data are held against: the promises, and the statistics they came from.

    Attributes:
        constraints: what is checked.
        statistics: what drift is measured from; without them no drift is looked for.
    """

    constraints: Constraints
    statistics: Statistics | None = None

    @property
    def names(self) -> list[str]:
        """The columns in order."""
        features = self.constraints.features or (self.statistics.features if self.statistics else [])
        return [feature.name for feature in features]


@dataclass(frozen=True, slots=True, kw_only=True)
class DataQualitySettings:
    """What the user wants of suggested constraints.

    Attributes:
        categorical_drift_method: AWS's setting for columns of text.
        roles: column name to `feature`, `label`, `prediction` or `ignore`.
        drift: leeboard's own drift settings; None for the defaults.
    """

    categorical_drift_method: Literal["LInfinity", "ChiSquared"] = "LInfinity"
    roles: Mapping[str, str] = field(default_factory=dict)
    drift: DriftSettings | None = None


class DataQuality:
    """Profiles a table; holds it against a baseline if there is one."""

    def __init__(self, order: Order) -> None:
        self._settings: DataQualitySettings = order.settings
        self._baseline: DataQualityBaseline | None = order.baseline
        self._is_strict = order.is_strict

    def reading(self, options: ReadOptions) -> ReadOptions:
        """Strict mode reads whatever was mounted and matches a script's cells by position."""
        names = tuple(self._baseline.names) if self._baseline else None
        options = replace(options, names=options.names or names or None)
        return replace(options, window=None, by_position=True) if self._is_strict else options

    def zero(self) -> TableProfile:
        return TableProfile.zero()

    def of(self, block: Block) -> TableProfile:
        return TableProfile.of(block)

    def conclude(self, profile: TableProfile) -> Result:
        """A baseline, or what is wrong with the window."""
        statistics = to_statistics(profile)
        if self._baseline is None:
            constraints = self._suggest(profile)
            baseline = DataQualityBaseline(constraints, statistics)
            return Result(documents={STATISTICS: statistics, CONSTRAINTS: constraints}, baseline=baseline)
        known = self._baseline
        comparison = find(known.constraints, known.statistics, profile, strict=self._is_strict)
        return Result(
            documents={STATISTICS: statistics, CONSTRAINTS: self._suggest(profile)},
            baseline=known,
            violations=Violations(violations=self._violations(comparison)),
            metrics=tuple(_metrics(profile, known.constraints, comparison)),
            notes=tuple(comparison.notes),
            details=comparison,
        )

    def _suggest(self, profile: TableProfile) -> Constraints:
        settings = self._settings
        return suggest_constraints(
            profile,
            categorical_drift_method=settings.categorical_drift_method,
            roles=settings.roles,
            drift=settings.drift,
            strict=self._is_strict,
        )

    def _violations(self, comparison: Comparison) -> list[AnyViolation]:
        return [self._violation(finding) for finding in comparison.findings]

    def _violation(self, finding: Finding) -> Violation:
        tells_why = finding.hint and not self._is_strict
        return Violation(
            feature_name=finding.feature_name,
            constraint_check_type=finding.check,
            description=finding.description,
            leeboard=ViolationExtension(hint=finding.hint) if tells_why else None,
        )


def read_baseline(files: Mapping[str, StoredFile]) -> DataQualityBaseline:
    """The constraints, and the statistics if they are there; without them everything is checked but drift.

    Raises:
        InputError: there is no constraints file.
    """
    constraints, statistics = files.get(CONSTRAINTS), files.get(STATISTICS)
    known = read_statistics(statistics.content, statistics.uri) if statistics else None
    if constraints is None:
        beside = f" beside {statistics.uri}" if statistics else ""
        raise InputError(f"no constraints file was given{beside}; leave the baseline out to suggest one")
    return DataQualityBaseline(read_constraints(constraints.content, constraints.uri), known)


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


ENTRY = Monitor(
    "data-quality",
    "DataQuality",
    "Data quality",
    DataQualitySettings,
    (CONSTRAINTS, STATISTICS),
    read_baseline,
    DataQuality,
)
