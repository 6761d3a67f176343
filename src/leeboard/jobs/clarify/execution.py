"""From a plan to the monitors that a job asks."""

from typing import Any

from leeboard.formats.analysis_config import AnalysisConfig
from leeboard.jobs.clarify.configuration import ATTRIBUTION, BIAS
from leeboard.jobs.clarify.plan import ClarifyPlan
from leeboard.jobs.job import Asked
from leeboard.measures.attribution.settings import AttributionSettings
from leeboard.measures.bias.settings import BiasSettings


def asked_of(plan: ClarifyPlan, baselines: dict[str, Any]) -> tuple[Asked, ...]:
    """The monitors of a plan with their settings.

    Args:
        baselines: of monitors by their names; of those that are not there, one is suggested.
    """
    return tuple(
        Asked(
            monitor=name,
            settings=_settings(name, plan),
            baseline=baselines.get(name),
            columns=plan.columns(name),
        )
        for name in plan.monitors
    )


def fields_of(plan: ClarifyPlan) -> dict[str, Any]:
    """What a plan says of the job beside its monitors."""
    return {"data": plan.data, "read": plan.read, "model": plan.model, "opens": plan.open}


def _settings(name: str, plan: ClarifyPlan) -> Any:
    if name == BIAS:
        return BiasSettings.of_config(plan.config)
    return AttributionSettings.of_config(
        plan.config,
        headers=tuple(plan.features) if plan.features is not None else None,
        background=plan.background,
    )


def monitor_config(monitor: str, config: AnalysisConfig) -> AnalysisConfig:
    """The configuration less what other monitors would do with it."""
    others = {
        BIAS: ("shap", "pdp"),
        ATTRIBUTION: ("pre_training_bias", "post_training_bias"),
    }[monitor]
    return config.model_copy(update={"methods": config.methods.model_copy(update=dict.fromkeys(others))})
