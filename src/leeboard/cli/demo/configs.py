"""What Clarify's jobs of the demo are told: of which groups, which measures, which background."""

from typing import Any

import polars as pl

from leeboard.cli.demo.flights import CATEGORIES, FEATURES, LABEL
from leeboard.cli.demo.names import ENDPOINT

N_COALITIONS, N_EXPLAINED = 64, 300
"""For each row, and rows: few, so that it is quick."""
CONFIDENCE = 0.999
PRE_TRAINING, POST_TRAINING = ["CI", "DPL"], ["DPPL", "DI", "RD", "AD"]
"""What can be told of one airport against the others from an hour: its share of the flights and of the late
ones; its share of the warnings, and how many of the late flights and of all flights the model gets right.
"""

GROUPS: dict[str, Any] = {
    "label": LABEL,
    "label_values_or_threshold": [1],
    "facet": [{"name_or_index": "origin", "value_or_threshold": ["LGA"]}],
}
BIAS: dict[str, Any] = {
    "pre_training_bias": {"methods": PRE_TRAINING},
    "post_training_bias": {"methods": POST_TRAINING},
}
OWN = {"bias": {"confidence": CONFIDENCE}, "attribution": {"max_rows": N_EXPLAINED}}
"""leeboard's settings: an hour's noise is no violation; rows are sampled."""


def baseline_config(training: pl.DataFrame) -> dict[str, Any]:
    """Of the job that makes the baselines of both monitors in one pass, and asks the model by its name."""
    return {
        "dataset_type": "text/csv",
        "headers": [LABEL, *FEATURES],
        **GROUPS,
        "methods": BIAS | _shap(training),
        "predictor": PREDICTOR | {"probability": 0},
        "leeboard": OWN,
    }


def bias_config() -> dict[str, Any]:
    """Of the bias monitor."""
    return {"headers": [LABEL, *FEATURES], **GROUPS, "methods": BIAS, "leeboard": OWN}


def attribution_config(training: pl.DataFrame) -> dict[str, Any]:
    """Of the feature attribution monitor."""
    return {
        "headers": list(FEATURES),
        "methods": _shap(training),
        "predictor": PREDICTOR,
        "leeboard": OWN,
    }


PREDICTOR: dict[str, Any] = {
    "model_name": ENDPOINT,
    "instance_type": "ml.m5.large",
    "initial_instance_count": 1,
    "content_type": "text/csv",
    "accept_type": "text/csv",
    "label_headers": [LABEL],
}


def _shap(training: pl.DataFrame) -> dict[str, Any]:
    settings = {
        "baseline": [usual_flight(training)],
        "num_samples": N_COALITIONS,
        "agg_method": "mean_abs",
        "seed": 7,
    }
    return {"shap": settings}


def usual_flight(training: pl.DataFrame) -> list[Any]:
    """The commonest category and the median number of each feature."""
    return [
        training[name].mode().sort()[0] if name in CATEGORIES else training[name].median()
        for name in FEATURES
    ]
