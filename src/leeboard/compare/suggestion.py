"""Constraints that follow from a baseline."""

from collections.abc import Mapping
from typing import Any, Literal

from leeboard.compare.suggest import SUGGESTION_RULES, Wishes
from leeboard.errors import UnknownNameError
from leeboard.formats.constraints import (
    Constraints,
    DriftSettings,
    FeatureConstraints,
    FeatureSettings,
    MonitoringConfig,
)
from leeboard.profile import ColumnProfile, TableProfile


def suggest_constraints(
    profile: TableProfile,
    *,
    categorical_drift_method: Literal["LInfinity", "ChiSquared"] = "LInfinity",
    roles: Mapping[str, str] | None = None,
    drift: DriftSettings | None = None,
    strict: bool = False,
) -> Constraints:
    """What every suggestion rule would promise of such data.

    Args:
        profile: of the baseline data.
        categorical_drift_method: AWS's name of the drift test for columns of texts.
        roles: `feature`, `label`, `prediction` or `ignore` by column.
        drift: settings of the decision about drift, instead of the defaults.
        strict: write what AWS's file has and nothing else; roles are left out, too.

    Raises:
        UnknownNameError: a role is given to a column that is not there.
    """
    roles = roles or {}
    for name in roles:
        if name not in profile.columns:
            raise UnknownNameError("column", name, profile.columns)
    wishes = Wishes(categorical_drift_method, drift, strict)
    features = [
        _feature(name, column, None if strict else roles.get(name))
        for name, column in profile.columns.items()
    ]
    return Constraints(version=0.0, features=features, monitoring_config=_config(wishes))


def _feature(name: str, column: ColumnProfile, role: str | None) -> FeatureConstraints:
    found: dict[str, Any] = {"name": name}
    for rule in SUGGESTION_RULES:
        found.update(rule.of_column(column))
    if role is not None:
        found["leeboard"] = FeatureSettings(role=role)  # type: ignore[arg-type]
    return FeatureConstraints(**found)


def _config(wishes: Wishes) -> MonitoringConfig:
    found: dict[str, Any] = {"evaluate_constraints": "Enabled", "emit_metrics": "Enabled"}
    for rule in SUGGESTION_RULES:
        found.update(rule.of_file(wishes))
    return MonitoringConfig(**found)
