"""How drift is decided: AWS's thresholds, and our settings beside them."""

from leeboard.compare.suggest import SuggestionRule, Wishes
from leeboard.formats.constraints import DistributionConstraints, DriftSettings
from leeboard.formats.part import Part


def of_file(wishes: Wishes) -> dict[str, Part]:
    thresholds = DistributionConstraints(
        perform_comparison="Enabled",
        comparison_threshold=0.1,
        comparison_method="Robust",
        categorical_comparison_threshold=0.1,
        categorical_drift_method=wishes.categorical_drift_method,
    )
    if wishes.is_strict:
        return {"distribution_constraints": thresholds}
    drift = wishes.drift or _spelled_out(wishes)
    remembered = drift.model_copy(update={"instead_of": thresholds.model_copy()})
    return {"distribution_constraints": thresholds, "leeboard": remembered}


def _spelled_out(wishes: Wishes) -> DriftSettings:
    """The defaults, written down so that a reader of the file sees what can be set."""
    defaults = DriftSettings()
    is_chi_squared = wishes.categorical_drift_method == "ChiSquared"
    return DriftSettings(
        decision=defaults.decision,
        false_alarm_level=defaults.false_alarm_level,
        numeric_drift_test=defaults.numeric_drift_test,
        categorical_drift_test="chi_squared" if is_chi_squared else defaults.categorical_drift_test,
    )


ENTRY = SuggestionRule("drift", of_file=of_file)
