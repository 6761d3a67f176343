"""What holds for one column: the settings of the file with the column's own on top."""

from dataclasses import dataclass
from typing import TypeVar

from leeboard.compare.drift import DRIFT_TESTS, DriftTest
from leeboard.compare.results import Decision
from leeboard.formats.constraints import (
    Constraints,
    DistributionConstraints,
    DriftSettings,
    FeatureConstraints,
    FeatureSettings,
    MonitoringConfig,
)
from leeboard.formats.part import Part

P = TypeVar("P", bound=Part)


@dataclass(frozen=True, slots=True)
class DriftRule:
    """How drift of one column is decided.

    Attributes:
        threshold: the effect floor, or AWS's threshold.
        false_alarm_level: for a decision by evidence.
        is_robust: for a decision by threshold, AWS's method Robust.
    """

    decision: Decision
    test: DriftTest
    threshold: float
    false_alarm_level: float
    is_robust: bool


@dataclass(frozen=True, slots=True)
class ColumnSettings:
    """The settings of one column."""

    config: MonitoringConfig
    own: FeatureSettings
    drift: DriftSettings | None
    is_strict: bool

    @property
    def role(self) -> str:
        """`feature` unless said otherwise; AWS knows no other, so strict mode has none."""
        return "feature" if self.is_strict else self.own.role or "feature"

    @property
    def is_evaluated(self) -> bool:
        return self.role != "ignore" and self.config.evaluate_constraints != "Disabled"

    @property
    def is_label(self) -> bool:
        """The column holds ground truth in the baseline, so live values are not held against it."""
        return self.role == "label"

    @property
    def evidence_level(self) -> float | None:
        """The false-alarm level, in [0, 1]; None unless the file asks for decisions by evidence."""
        settings = self.config.leeboard
        if self.is_strict or settings is None or settings.decision != "evidence":
            return None
        return _first(self.own.false_alarm_level, settings.false_alarm_level)

    def drift_rule(self, kind: str) -> DriftRule | None:
        """How drift of that kind of distribution is decided; None if it is not looked for."""
        given = self.config.distribution_constraints
        if (given is not None and not given.is_on) or (given is None and self.drift is None):
            return None
        if self.drift is not None:
            return self._by_evidence(kind, self.drift)
        return self._by_threshold(kind, given) if given is not None else None

    def _by_evidence(self, kind: str, drift: DriftSettings) -> DriftRule:
        test = self._test(drift.numeric_drift_test if kind == "numeric" else drift.categorical_drift_test)
        floor = _first(self.own.effect_floor, drift.effect_floor, test.effect_floor)
        level = _first(self.own.false_alarm_level, drift.false_alarm_level)
        return DriftRule("evidence", test, floor, level, is_robust=False)

    def _by_threshold(self, kind: str, given: DistributionConstraints) -> DriftRule | None:
        if kind == "numeric":
            named, threshold = self._numeric_test_name, given.comparison_threshold
        else:
            named = self._categorical_test_name(given)
            threshold = given.categorical_threshold
        if threshold is None:
            return None
        return DriftRule("threshold", self._test(named), threshold, 0.0, given.method == "Robust")

    @property
    def _numeric_test_name(self) -> str:
        chosen = self._chosen
        return "ks_collapsed" if self.is_strict else chosen.numeric_drift_test if chosen else "ks"

    def _categorical_test_name(self, given: DistributionConstraints) -> str:
        by_method = "chi_squared" if given.categorical_method == "ChiSquared" else "l_infinity"
        return self._chosen.categorical_drift_test if self._chosen else by_method

    @property
    def _chosen(self) -> DriftSettings | None:
        """Settings that ask for a threshold and name the tests for it."""
        drift = self.config.leeboard
        return drift if drift and drift.decision == "threshold" and not self.is_strict else None

    def _test(self, name: str) -> DriftTest:
        return DRIFT_TESTS.get(name if self.is_strict else self.own.drift_test or name)


def settings_of(constraints: Constraints, feature: FeatureConstraints, *, strict: bool) -> ColumnSettings:
    """The feature's own settings win over those of the file, key by key."""
    whole = constraints.monitoring_config or MonitoringConfig()
    overrides = feature.overrides()
    config = _on_top(whole, overrides) if overrides else whole
    own = feature.leeboard or FeatureSettings()
    drift = None if strict else _evidence_settings(whole, config, overrides, own)
    return ColumnSettings(config, own, drift, strict)


def _evidence_settings(
    whole: MonitoringConfig,
    config: MonitoringConfig,
    overrides: MonitoringConfig | None,
    own: FeatureSettings,
) -> DriftSettings | None:
    """The settings of a decision by evidence; None if a threshold decides."""
    if own.false_alarm_level is not None or own.effect_floor is not None:
        return config.leeboard or DriftSettings()
    if overrides and overrides.distribution_constraints and _has_limits(overrides.distribution_constraints):
        return None
    drift = config.leeboard
    if drift is None or drift.decision == "threshold" or _is_edited(whole, drift):
        return None
    return drift


def _is_edited(whole: MonitoringConfig, drift: DriftSettings) -> bool:
    """AWS's values are no longer those that were suggested beside our settings."""
    suggested, given = drift.instead_of, whole.distribution_constraints
    if suggested is None:
        return False
    return given is None or _limits(suggested) != _limits(given)


def _limits(given: DistributionConstraints) -> tuple[object, ...]:
    return (
        given.comparison_threshold,
        given.method,
        given.categorical_threshold,
        given.categorical_method,
    )


def _has_limits(given: DistributionConstraints) -> bool:
    return bool(given.model_fields_set - {"perform_comparison", "enable_comparisons", "min_domain_mass"})


def _first(*values: float | None) -> float:
    return next(value for value in values if value is not None)


def _on_top(lower: P, upper: P) -> P:
    """A part with every key that the upper one sets, and the lower one's other keys."""
    found = {}
    for name in upper.model_fields_set:
        value, below = getattr(upper, name), getattr(lower, name, None)
        both = isinstance(value, Part) and isinstance(below, Part)
        found[name] = _on_top(below, value) if both else below if value is None else value
    return lower.model_copy(update=found)
