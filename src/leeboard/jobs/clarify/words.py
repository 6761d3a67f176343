"""A configuration from what people write on a command line or in a call."""

from collections.abc import Mapping, Sequence
from typing import Any

from leeboard.errors import InputError
from leeboard.formats.analysis_config import AnalysisConfig
from leeboard.formats.source import Source
from leeboard.jobs.clarify.configuration import ATTRIBUTION, BIAS

COMMON = ("label", "label_headers")
WORDS: Mapping[str, Sequence[str]] = {
    BIAS: (
        *COMMON,
        "label_values",
        "facets",
        "group_variable",
        "prediction",
        "probability",
        "probability_threshold",
        "confidence",
    ),
    ATTRIBUTION: (*COMMON, "prediction", "background", "n_samples", "seed"),
}
"""What can be said of each monitor without a configuration file."""


def config_of_words(monitor: str, words: Mapping[str, Any]) -> AnalysisConfig:
    """The configuration that the words stand for; None counts as not given.

    Args:
        words: `label`, `prediction`, `probability`: columns; `label_values`: the positive ones, or
            one lower bound; `facets`: column to values, none for every value; `background`: rows, or a file.

    Raises:
        InputError: something is missing, or is not for this monitor.
    """
    given = {name: value for name, value in words.items() if value is not None and value != ()}
    if strange := [name for name in given if name not in WORDS[monitor]]:
        known = ", ".join(name.replace("_", " ") for name in WORDS[monitor])
        raise InputError(
            f"{strange[0].replace('_', ' ')} is not for the monitor {monitor}, which takes {known}; "
            "all else that it knows goes into a configuration file (--config)"
        )
    return Source("what was given").fit(AnalysisConfig, _document(monitor, given))


def _document(monitor: str, given: Mapping[str, Any]) -> dict[str, Any]:
    found = {
        "label": given.get("label"),
        "predicted_label": given.get("prediction"),
        "label_values_or_threshold": given.get("label_values"),
        "probability_threshold": given.get("probability_threshold"),
        "group_variable": given.get("group_variable"),
        "predictor": {"label_headers": list(given["label_headers"])} if "label_headers" in given else None,
    }
    document = {name: value for name, value in found.items() if value is not None}
    return document | (_bias(given) if monitor == BIAS else _attribution(given))


def _bias(given: Mapping[str, Any]) -> dict[str, Any]:
    if missing := [name for name in ("label", "facets") if name not in given]:
        raise InputError(
            f"the monitor bias needs {' and '.join(missing)}: the column with the outcome, and the "
            "column with the group, as --label approved --facet sex=female, or both in a --config file"
        )
    facets = [
        {"name_or_index": name, **({"value_or_threshold": list(values)} if values else {})}
        for name, values in given["facets"].items()
    ]
    every = {"methods": "all"}
    own = {name: given[name] for name in ("probability", "confidence") if name in given}
    return {
        "facet": facets,
        "methods": {"pre_training_bias": every, "post_training_bias": every},
        "leeboard": {"bias": own},
    }


def _attribution(given: Mapping[str, Any]) -> dict[str, Any]:
    names = {"background": "baseline", "n_samples": "num_samples", "seed": "seed"}
    return {"methods": {"shap": {theirs: given[ours] for ours, theirs in names.items() if ours in given}}}


def facet_pairs(given: Sequence[str]) -> dict[str, list[Any]]:
    """`COLUMN` or `COLUMN=VALUE` texts as a mapping to the values; numbers become numbers."""
    found: dict[str, list[Any]] = {}
    for text in given:
        column, divider, value = text.partition("=")
        if not column:
            raise InputError(f"the facet {text!r} does not read COLUMN or COLUMN=VALUE, such as sex=female")
        found.setdefault(column, []).extend([number_or_text(value)] if divider else [])
    return found


def number_or_text(text: str) -> Any:
    """A value as the data may have it.

    >>> [number_or_text(text) for text in ("1", "0.5", "female")]
    [1, 0.5, 'female']
    """
    for kind in (int, float):
        try:
            return kind(text)
        except ValueError:
            continue
    return text
