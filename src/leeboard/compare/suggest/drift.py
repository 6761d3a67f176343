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
    by_method = {"LInfinity": "l_infinity", "ChiSquared": "chi_squared"}
    defaults = DriftSettings()
    return DriftSettings(
        decision=defaults.decision,
        false_alarm_level=defaults.false_alarm_level,
        numeric_drift_test=defaults.numeric_drift_test,
        categorical_drift_test=by_method[wishes.categorical_drift_method],
    )


ENTRY = SuggestionRule("drift", of_file=of_file)
