"""The constraints on a data set, `constraints.json`.

A part that is missing means that its check is not made. Fields are spelled as in the file; where
files of several generations say the same thing differently, a property gives the one meaning.
"""

from typing import Literal

from pydantic import Field

from leeboard.formats.part import ColumnType, Part, Share, Switch, Version

DEFAULT_CATEGORICAL_THRESHOLD = 0.1
"""Files older than the setting do not have it."""


class DistributionConstraints(Part):
    """How far a distribution may move; the last two fields occur in first-generation files only."""

    perform_comparison: Switch | None = None
    comparison_threshold: float | None = None
    comparison_method: Literal["Simple", "Robust", "linf_simple", "linf_robust"] | None = None
    categorical_comparison_threshold: float | None = None
    categorical_drift_method: Literal["LInfinity", "ChiSquared"] | None = None
    enable_comparisons: bool | None = None
    min_domain_mass: Share | None = None

    @property
    def is_on(self) -> bool:
        """Whether drift is looked for: yes, unless a switch of either generation says no."""
        if self.perform_comparison is not None:
            return self.perform_comparison == "Enabled"
        return self.enable_comparisons is not False

    @property
    def method(self) -> Literal["Simple", "Robust"]:
        """The comparison method without the prefix that the documentation gives it."""
        return "Simple" if self.comparison_method in ("Simple", "linf_simple") else "Robust"

    @property
    def categorical_threshold(self) -> float:
        """The limit for columns of texts, 0.1 if the file is too old to have one."""
        given = self.categorical_comparison_threshold
        return DEFAULT_CATEGORICAL_THRESHOLD if given is None else given

    @property
    def categorical_method(self) -> Literal["LInfinity", "ChiSquared"]:
        """The test for columns of texts, LInfinity if the file is too old to name one."""
        return self.categorical_drift_method or "LInfinity"


class DriftSettings(Part):
    """How leeboard decides about drift.

    Attributes:
        decision: by evidence (significance and size) or by the AWS threshold alone.
        false_alarm_level: probability of any false drift alarm in one run, over all columns.
        effect_floor: smallest distance that matters; None is each drift test's own.
        numeric_drift_test, categorical_drift_test: names of drift tests.
        instead_of: the AWS values suggested beside these settings. Where the file's AWS values
            are no longer these, somebody edited them, and they decide.
    """

    decision: Literal["evidence", "threshold"] = "evidence"
    false_alarm_level: Share = 0.01
    effect_floor: float | None = None
    numeric_drift_test: str = "ks"
    categorical_drift_test: str = "total_variation"
    instead_of: DistributionConstraints | None = None


class MonitoringConfig(Part):
    """Switches and thresholds, of the whole file or of one feature."""

    evaluate_constraints: Switch | None = None
    emit_metrics: Switch | None = None
    datatype_check_threshold: Share | None = None
    domain_content_threshold: Share | None = None
    distribution_constraints: DistributionConstraints | None = None
    leeboard: DriftSettings | None = None

    @property
    def domain_threshold(self) -> float | None:
        """Smallest share of cells inside the domain, under its present or first-generation name."""
        old = self.distribution_constraints
        if self.domain_content_threshold is None and old is not None:
            return old.min_domain_mass
        return self.domain_content_threshold


class NumConstraints(Part):
    """What the numbers of a column must be; without meaning on a String column, where it may stand."""

    is_non_negative: bool | None = None


class StringConstraints(Part):
    """What the texts of a column must be."""

    domains: list[str] | None = None
    monitoring_config_overrides: MonitoringConfig | None = None


class FeatureSettings(Part):
    """What leeboard is told about one column beyond AWS's file."""

    role: Literal["feature", "label", "prediction", "ignore"] | None = None
    drift_test: str | None = None
    false_alarm_level: Share | None = None
    effect_floor: float | None = None


class FeatureConstraints(Part):
    """The promises about one column."""

    name: str
    inferred_type: ColumnType | None = None
    completeness: Share | None = None
    num_constraints: NumConstraints | None = None
    string_constraints: StringConstraints | None = None
    documented_overrides: MonitoringConfig | None = Field(default=None, alias="monitoringConfigOverrides")
    monitoring_config_overrides: MonitoringConfig | None = None
    leeboard: FeatureSettings | None = None

    def overrides(self) -> MonitoringConfig | None:
        """The settings of this feature alone, from the first that is there of three places.

        The documentation, the SDK, and older SDKs each have their own place for them.
        """
        texts = self.string_constraints
        of_older_sdk = texts.monitoring_config_overrides if texts else None
        return self.documented_overrides or self.monitoring_config_overrides or of_older_sdk


class Constraints(Part):
    """The whole file."""

    version: Version
    features: list[FeatureConstraints] = Field(default_factory=list)
    monitoring_config: MonitoringConfig | None = None
