"""Analysis configurations of the bias and attribution monitors, and of the jobs that make their baselines."""

import re
from collections.abc import Callable, Mapping
from typing import Any

from leeboard.service.monitor_types import MODEL_BIAS, MODEL_EXPLAINABILITY
from leeboard.service.setup.wanted import Wanted

NUMBER = re.compile(r"-?\d+(\.\d+)?")


def bias_config(wanted: Wanted, *, is_baseline: bool = False) -> dict[str, Any]:
    """What groups get; a baseline is made of a data set that has the model's answers, or of the model."""
    groups = wanted.groups
    config: dict[str, Any] = {
        "label": groups.label,
        "label_values_or_threshold": cells(groups.good),
        "facet": [
            {"name_or_index": groups.facet, "value_or_threshold": cells(groups.facet_values)}
            if groups.facet_values
            else {"name_or_index": groups.facet}
        ],
        "methods": {"pre_training_bias": {"methods": "all"}, "post_training_bias": {"methods": "all"}},
    }
    if not is_baseline:
        return _with_headers(config, (groups.label, *wanted.headers) if wanted.headers else ())
    baseline = wanted.baseline
    if baseline.data_prediction:
        config["predicted_label"] = baseline.data_prediction
    elif baseline.data_probability:
        config["leeboard"] = {"bias": {"probability": baseline.data_probability}}
    elif wanted.asked.model:
        config["predictor"] = predictor(wanted) | {"probability": 0}
    if wanted.answers.threshold is not None:
        config["probability_threshold"] = wanted.answers.threshold
    return config


def attribution_config(wanted: Wanted, *, is_baseline: bool = False) -> dict[str, Any]:
    """By which features the model decides."""
    shap: dict[str, Any] = {"agg_method": "mean_abs", "seed": 7}
    if wanted.asked.n_samples:
        shap["num_samples"] = wanted.asked.n_samples
    if wanted.asked.background:
        shap["baseline"] = [cells(wanted.asked.background)]
    config: dict[str, Any] = {"methods": {"shap": shap}, "predictor": predictor(wanted)}
    if not is_baseline:
        return _with_headers(config, wanted.headers)
    if wanted.groups.label:
        config["label"] = wanted.groups.label
    answers = [name for name in (wanted.baseline.data_prediction, wanted.baseline.data_probability) if name]
    return config | ({"excluded_columns": answers} if answers else {})


def predictor(wanted: Wanted) -> dict[str, Any]:
    """The model that is asked."""
    kind = wanted.asked.content_type
    return {"model_name": wanted.asked.model, "content_type": kind, "accept_type": kind}


def cells(texts: tuple[str, ...]) -> list[int | float | str]:
    """Texts that are numbers as such.

    >>> cells(("1", "LGA", "0.5"))
    [1, 'LGA', 0.5]
    """
    return [_cell(text) for text in texts]


def _cell(text: str) -> int | float | str:
    if not NUMBER.fullmatch(text):
        return text
    return float(text) if "." in text else int(text)


def _with_headers(config: dict[str, Any], headers: tuple[str, ...]) -> dict[str, Any]:
    return {"headers": list(headers)} | config if headers else config


CONFIGS: Mapping[str, Callable[..., dict[str, Any]]] = {
    MODEL_BIAS.aws: bias_config,
    MODEL_EXPLAINABILITY.aws: attribution_config,
}
"""By monitoring type; those that have none are not in it."""
