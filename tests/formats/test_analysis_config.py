import json

import pytest

from leeboard.errors import FormatError
from leeboard.formats.reading import read_analysis_config, to_json

WHOLE = {
    "version": "1.0",
    "dataset_type": "text/csv",
    "headers": ["Label", "F1", "F2"],
    "label": "Label",
    "predicted_label": 3,
    "label_values_or_threshold": [1],
    "probability_threshold": 0.8,
    "facet": [{"name_or_index": "F1", "value_or_threshold": [0.5]}, {"name_or_index": 2}],
    "group_variable": "F2",
    "excluded_columns": ["F4", 5],
    "joinsource_name_or_index": "id",
    "segment_config": [{"name_or_index": "F1", "segments": [["(0, 1]"], ["(1, 2]", "(4, 5]"]]}],
    "facet_dataset_uri": "s3://b/f",
    "facet_headers": ["F1"],
    "predicted_label_dataset_uri": "s3://b/p",
    "predicted_label_headers": ["p"],
    "methods": {
        "pre_training_bias": {"methods": "all"},
        "post_training_bias": {"methods": ["DPPL", "FT"]},
        "shap": {
            "baseline": [[1, "a", None, 0.5]],
            "num_samples": 2,
            "agg_method": "mean_sq",
            "seed": 123,
            "text_config": {"granularity": "token", "language": "english", "max_top_tokens": 5},
        },
        "pdp": {"features": ["F1", 2], "grid_resolution": 5},
        "report": {"name": "report", "title": "Analysis Report"},
    },
    "predictor": {
        "model_name": "m",
        "instance_type": "ml.c5.xlarge",
        "initial_instance_count": 1,
        "accept_type": "application/jsonlines",
        "content_template": '{"features": $features}',
        "label": "score",
        "label_headers": ["a", 1],
    },
    "leeboard": {"bias": {"confidence": 0.95}},
    "unknown": {"kept": True},
}


def test_everything_is_read_and_written_back_equal() -> None:
    assert json.loads(to_json(read_analysis_config(json.dumps(WHOLE)))) == WHOLE


def test_texts_and_numbers_stay_what_they_are() -> None:
    read = read_analysis_config(json.dumps(WHOLE))
    assert [facet.name_or_index for facet in read.facets] == ["F1", 2]
    assert read.methods.shap
    assert read.methods.shap.baseline == [[1, "a", None, 0.5]]


def test_what_an_sdk_writes_for_a_bias_schedule_is_read() -> None:
    text = '{"label_values_or_threshold": [1], "facet": [{"name_or_index": "Sex"}], "headers": ["Sex"]}'
    assert read_analysis_config(text).facets[0].value_or_threshold is None


def test_a_single_facet_needs_no_list() -> None:
    assert read_analysis_config('{"facet": {"name_or_index": 0}}').facets[0].name_or_index == 0


def test_a_media_type_may_be_in_capitals() -> None:
    assert read_analysis_config('{"dataset_type": "Text/CSV"}').dataset_type == "text/csv"


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (
            '{"methods": {"shap": {"agg_method": "mean"}}}',
            "methods.shap.agg_method is \"mean\"; expected 'mean_abs', 'median' or 'mean_sq'",
        ),
        (
            '{"facet": [{"value_or_threshold": [1]}]}',
            "facet[0] has no 'name_or_index'; keys there: val",
        ),
        (
            '{"methods": {"shap": {"num_samples": 0}}}',
            "shap.num_samples is 0; expected greater than 0",
        ),
        ('{"headers": "a,b"}', 'headers is "a,b"; expected a list'),
        ('{"violations": []}', "a violations file; expected a bias or explainability configuration"),
        ("[]", "expected a bias or explainability configuration"),
    ],
)
def test_what_is_wrong_is_said_with_its_place(text: str, message: str) -> None:
    with pytest.raises(FormatError) as caught:
        read_analysis_config(text, "config.json")
    assert message in str(caught.value)
