"""Names for stores that have labels: AWS writes the feature into a metric's name, which makes too many."""

from leeboard.emit import Point

LABELS = {
    "Endpoint": "endpoint",
    "MonitoringSchedule": "schedule",
    "Facet": "facet",
    "FacetValue": "group",
    "BiasStage": "stage",
    "Label": "label",
    "LabelValue": "label_value",
    "ValueType": "value_type",
    "ExplainabilityMethod": "method",
}
FEATURES = {
    "feature_data_": "feature_data",
    "feature_non_null_": "feature_completeness",
    "feature_baseline_drift_": "feature_baseline_drift",
}
WHOLE = ("feature_attribution_ndcg", "feature_attribution_relative_change")


def named(point: Point) -> tuple[str, dict[str, str]]:
    """The name of what was measured, as on `/metrics`, and its labels."""
    labels = {LABELS.get(name, name): value for name, value in point.dimensions}
    kind = point.namespace.rpartition("/")[2]
    if kind == "data-metrics":
        for prefix, name in FEATURES.items():
            if point.name.startswith(prefix):
                return f"leeboard.{name}", labels | {"feature": point.name[len(prefix) :]}
    if kind == "model-metrics":
        return "leeboard.model_quality", labels | {"measure": point.name}
    if kind == "bias-metrics":
        return "leeboard.bias", labels | {"measure": point.name.removeprefix("bias_metric_")}
    if kind == "explainability-metrics":
        return _attribution(point.name, labels)
    return "leeboard.emitted", labels | {"metric": point.name, "namespace": point.namespace}


def _attribution(name: str, labels: dict[str, str]) -> tuple[str, dict[str, str]]:
    if name in WHOLE:
        return f"leeboard.{name}", labels
    if name.startswith("feature_"):
        return "leeboard.feature_attribution", labels | {"feature": name.removeprefix("feature_")}
    return "leeboard.expected_value", labels
