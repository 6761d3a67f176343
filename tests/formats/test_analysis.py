import json
from math import inf

import pytest

from leeboard.errors import FormatError
from leeboard.formats.analysis import AnalysisResult, BiasExtension, BiasMetric
from leeboard.formats.reading import read_analysis, to_json

RECORDED = """{"version" : "1.0", "post_training_bias_metrics" : {"label" : "Target", "facets" : {"Sex" : [{
 "value_or_threshold" : "0", "metrics" : [
  {"name" : "AD", "description" : "Accuracy Difference (AD)", "value" : 0.05},
  {"name" : "CDDPL", "description" : "CDDPL", "value" : null, "error" : "Group variable is empty"},
  {"name" : "TE", "description" : "Treatment Equality (TE)", "value" : Infinity}]}]},
 "label_value_or_threshold" : "1"}}"""


def bias_of(text: str) -> dict[str, BiasMetric]:
    read = read_analysis(text).post_training_bias_metrics
    assert read is not None
    return read.facets["Sex"][0].by_name


def test_a_recorded_file_is_read_and_written_back_equal() -> None:
    assert json.loads(to_json(read_analysis(RECORDED))) == json.loads(RECORDED)
    assert bias_of(RECORDED)["TE"].number == inf


@pytest.mark.parametrize(("token", "value"), [("Infinity", inf), ("-Infinity", -inf), ('"Infinity"', inf)])
def test_words_that_are_no_json_are_read(token: str, value: float) -> None:
    assert bias_of(RECORDED.replace('"value" : Infinity', f'"value": {token}'))["TE"].number == value


def test_nan_is_read() -> None:
    number = bias_of(RECORDED.replace("Infinity", "NaN"))["TE"].number
    assert number != number


def test_an_infinity_is_written_as_null_with_a_reason_and_read_as_what_it_was() -> None:
    metric = BiasMetric.of("TE", "Treatment Equality (TE)", -inf, extension=BiasExtension(low=-inf, high=0.5))
    text = to_json(metric)
    assert json.loads(text, parse_constant=pytest.fail)["value"] is None
    assert BiasMetric.model_validate_json(text).number == -inf


def test_strict_mode_writes_an_infinity_as_aws_does() -> None:
    assert '"value": -Infinity' in to_json(
        BiasMetric.of("TE", "Treatment Equality (TE)", -inf, is_strict=True)
    )


def test_what_could_not_be_computed_is_null_and_says_why() -> None:
    metric = BiasMetric.of("FT", "Flip Test (FT)", None, error="no numeric feature")
    assert json.loads(to_json(metric)) == {
        "name": "FT",
        "description": "Flip Test (FT)",
        "value": None,
        "error": "no numeric feature",
    }


def test_attributions_and_unknown_parts_are_kept() -> None:
    text = (
        '{"version": "1.0", "explanations": {"kernel_shap": {"label0": {"global_shap_values": {"a": 0.5},'
        ' "expected_value": 0.1}}, "pdp": [{"feature_name": "a", "new": 1}], "other": {}}, "more": [1]}'
    )
    read = read_analysis(text)
    assert read.explanations
    assert read.explanations.kernel_shap
    assert read.explanations.kernel_shap["label0"].global_shap_values == {"a": 0.5}
    assert json.loads(to_json(read)) == json.loads(text)


def test_a_misfit_says_where() -> None:
    broken = RECORDED.replace("0.05", '"low"')
    with pytest.raises(
        FormatError, match=r'facets\.Sex\[0\]\.metrics\[0\]\.value is "low"; expected a number'
    ):
        read_analysis(broken)


def test_another_kind_of_file_is_named() -> None:
    with pytest.raises(FormatError, match="a constraints file; expected a bias or explainability analysis"):
        read_analysis('{"features": []}', "c.json")


def test_an_empty_analysis_has_a_version() -> None:
    assert json.loads(to_json(AnalysisResult(version="1.0"))) == {"version": "1.0"}
