"""What a processing job of Clarify's image is told, as a plan."""

from typing import Any

from leeboard.errors import InputError
from leeboard.formats.analysis_config import AnalysisConfig, Predictor
from leeboard.jobs.clarify.configuration import BIAS, find_config, monitors_of, places
from leeboard.jobs.clarify.plan import ClarifyPlan, plan_dataset, plan_traffic
from leeboard.jobs.clarify.predictor import ModelSource
from leeboard.jobs.clarify.reading import traffic_reading
from leeboard.jobs.environment import JobEnvironment

DATA = "/opt/ml/processing/input/data"
MODEL_NAME = "leeboard_model_name"
"""Names the model where the configuration does not: that of a pipeline's check step has no name in it."""


def plan_of_job(environment: JobEnvironment, source: ModelSource) -> ClarifyPlan:
    """What the job is to do: over captured traffic if a schedule started it, else over a data set.

    Args:
        source: how it asks models.

    Raises:
        InputError: the configuration is missing, or asks for what cannot be done.
    """
    config, _ = find_config(environment)
    config = _with_model(_within(config, environment), environment)
    is_monitoring = environment.get("dataset_source") is not None
    analysis_type = environment.get("analysis_type")
    monitors = monitors_of(config, is_monitoring=is_monitoring, analysis_type=analysis_type)
    if not is_monitoring:
        return plan_dataset(config, places(environment, DATA), monitors=monitors, source=source)
    (monitor,) = monitors
    if monitor == BIAS:
        config = _with_threshold(config, environment)
    elif config.predictor is not None:
        config = config.model_copy(update={"predictor": _with_scores(config.predictor, environment)})
    read = traffic_reading(config, environment)
    return plan_traffic(config, environment.data, read, monitor=monitor, source=source)


def _within(config: AnalysisConfig, environment: JobEnvironment) -> AnalysisConfig:
    """With places that the job may read: its paths stand for its inputs, and lead nowhere else."""
    changes: dict[str, Any] = {
        name: _place(environment, uri, name)
        for name in ("dataset_uri", "facet_dataset_uri", "predicted_label_dataset_uri")
        if (uri := getattr(config, name)) is not None
    }
    shap = config.methods.shap
    if shap is not None and isinstance(shap.baseline, str):
        within = shap.model_copy(update={"baseline": _place(environment, shap.baseline, "baseline of shap")})
        changes["methods"] = config.methods.model_copy(update={"shap": within})
    if config.model_uri is not None and config.leeboard and config.leeboard.attribution:
        uri = _place(environment, config.model_uri, "model_uri")
        own = config.leeboard.attribution.model_copy(update={"model_uri": uri})
        changes["leeboard"] = config.leeboard.model_copy(update={"attribution": own})
    return config.model_copy(update=changes)


def _with_model(config: AnalysisConfig, environment: JobEnvironment) -> AnalysisConfig:
    name, predictor = environment.get(MODEL_NAME), config.predictor or Predictor()
    if name is None or predictor.model_name or predictor.endpoint_name:
        return config
    return config.model_copy(update={"predictor": predictor.model_copy(update={"model_name": name})})


def _place(environment: JobEnvironment, given: str, name: str) -> str:
    found = places(environment, given)
    if len(found) > 1:
        raise InputError(f"{name} is {given}, where {len(found)} inputs are mounted; name one of them")
    return found[0]


def _with_scores(predictor: Predictor, environment: JobEnvironment) -> Predictor:
    """A schedule says where a model's answers have their scores; its configuration does not.

    The SDK writes the text None for who named the labels and no place.
    """
    named = {"label": "inference_attribute", "probability": "probability_attribute"}
    told = {member: environment.get(variable) for member, variable in named.items()}
    changes = {
        member: given
        for member, given in told.items()
        if given not in (None, "None") and getattr(predictor, member) is None
    }
    return predictor.model_copy(update=changes)


def _with_threshold(config: AnalysisConfig, environment: JobEnvironment) -> AnalysisConfig:
    given = environment.get("probability_threshold_attribute")
    if given is None:
        return config
    try:
        return config.model_copy(update={"probability_threshold": float(given)})
    except ValueError:
        raise InputError(
            f"probability_threshold_attribute is {given!r}; expected a number such as 0.5"
        ) from None
