"""Names and labels for stores that have labels."""

import pytest

from leeboard.emit.naming import named

ALL = {"endpoint": "churn", "schedule": "hourly"}
PLACE = "aws/sagemaker/Endpoints"


@pytest.mark.parametrize(
    ("kind", "name", "more", "wanted", "labels"),
    [
        ("data-metrics", "feature_baseline_drift_age", (), "feature_baseline_drift", {"feature": "age"}),
        ("data-metrics", "feature_non_null_age", (), "feature_completeness", {"feature": "age"}),
        ("data-metrics", "feature_data_age", (), "feature_data", {"feature": "age"}),
        ("model-metrics", "f1", (), "model_quality", {"measure": "f1"}),
        (
            "bias-metrics", "bias_metric_DPPL", (("Facet", "sex"), ("FacetValue", "f")), "bias",
            {"facet": "sex", "group": "f", "measure": "DPPL"},
        ),
        (
            "explainability-metrics", "feature_age", (("Label", "label0"),), "feature_attribution",
            {"label": "label0", "feature": "age"},
        ),
        ("explainability-metrics", "feature_attribution_ndcg", (), "feature_attribution_ndcg", {}),
        ("explainability-metrics", "ExpectedValue", (), "expected_value", {}),
        ("data-metrics", "mine", (), "emitted", {"metric": "mine", "namespace": f"{PLACE}/data-metrics"}),
    ],
)  # fmt: skip
def test_the_feature_or_measure_becomes_a_label(point, kind, name, more, wanted, labels) -> None:
    found = named(point(name, namespace=f"{PLACE}/{kind}", more=more))
    assert found == (f"leeboard.{wanted}", ALL | labels)
