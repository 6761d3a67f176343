"""Which kind of file a JSON document is, by the keys that only this kind has."""

from typing import Any

STATISTICS = "statistics file"
CONSTRAINTS = "constraints file"
VIOLATIONS = "violations file"
CAPTURE = "capture record"
GROUND_TRUTH = "ground truth record"
MANIFEST = "batch index"
QUALITY_STATISTICS = "model quality statistics file"
QUALITY_CONSTRAINTS = "model quality constraints file"
ANALYSIS = "bias or explainability analysis"
ANALYSIS_CONFIG = "bias or explainability configuration"

BY_KEY = {
    "captureData": CAPTURE,
    "groundTruthData": GROUND_TRUTH,
    "violations": VIOLATIONS,
    "regression_metrics": QUALITY_STATISTICS,
    "binary_classification_metrics": QUALITY_STATISTICS,
    "multiclass_classification_metrics": QUALITY_STATISTICS,
    "regression_constraints": QUALITY_CONSTRAINTS,
    "binary_classification_constraints": QUALITY_CONSTRAINTS,
    "multiclass_classification_constraints": QUALITY_CONSTRAINTS,
    "pre_training_bias_metrics": ANALYSIS,
    "post_training_bias_metrics": ANALYSIS,
    "explanations": ANALYSIS,
    "methods": ANALYSIS_CONFIG,
    "predictor": ANALYSIS_CONFIG,
    "facet": ANALYSIS_CONFIG,
    "label_values_or_threshold": ANALYSIS_CONFIG,
    "dataset": STATISTICS,
    "monitoring_config": CONSTRAINTS,
}
"""In this order: model quality statistics have a data set as well."""


def kind_of(document: Any) -> str | None:
    """The kind in words; None if no key tells."""
    if isinstance(document, list):
        return MANIFEST if document and _keys(document[0]) == {"prefix"} else None
    keys = _keys(document)
    for key, kind in BY_KEY.items():
        if key in keys:
            return kind
    return _by_features(document["features"]) if "features" in keys else None


def _by_features(features: Any) -> str:
    """Statistics show themselves in a feature; every part of a constraint may be missing."""
    entries = features if isinstance(features, list) else []
    marks = {"numerical_statistics", "string_statistics"}
    return STATISTICS if any(marks & _keys(entry) for entry in entries) else CONSTRAINTS


def _keys(value: Any) -> set[str]:
    return set(value) if isinstance(value, dict) else set()
