"""What was looked at, for each of the monitors."""

import polars as pl

from leeboard.jobs.models.callable import CallableModel
from leeboard.report.gate.cases import cases_of

PEOPLE = pl.DataFrame(
    {"sex": ["f", "m"] * 100, "truth": [0, 1, 1, 0] * 50, "said": [0, 1] * 100, "age": list(range(200))}
)


def by_name(report):
    return {case.name: case for case in cases_of(report)}


def test_kept_and_broken_promises_of_columns_are_cases(broken):
    cases = by_name(broken)
    assert cases["plan: completeness"].violation.feature_name == "plan"
    assert cases["age: data type"].violation is None
    assert not cases["age: data type"].is_skipped
    assert {"data set: missing column", "age: drift", "plan: values"} <= cases.keys()


def test_every_violation_is_a_case(broken):
    assert sum(case.violation is not None for case in cases_of(broken)) == broken.n_violations


def test_a_column_that_is_gone_leaves_its_checks_unmade(check):
    was = pl.DataFrame({"a": [1, 2, 3] * 9, "b": [1, 2, 3] * 9})
    cases = by_name(check(was, was.select("a")))
    assert cases["b: completeness"].is_skipped
    assert cases["data set: missing column"].subject == "b"


def test_a_column_without_values_has_only_its_completeness_checked(check):
    was = pl.DataFrame({"a": [1, 2, 3] * 9, "b": [1, 2, 3] * 9})
    cases = by_name(check(was, was.with_columns(b=pl.lit(None, pl.Int64))))
    assert cases["b: data type"].looked.why_not == "the column has no values"
    assert cases["b: completeness"].violation is not None


def test_an_ignored_column_is_no_case(check):
    was = pl.DataFrame({"a": [1, 2, 3] * 9, "b": [1, 2, 3] * 9})
    names = by_name(check(was, was, roles={"b": "ignore"}))
    assert not [name for name in names if name.startswith("b:")]


def test_each_limit_of_model_quality_is_a_case(check):
    settings = {"problem_type": "BinaryClassification", "label": "truth", "prediction": "said"}
    worse = PEOPLE.with_columns(said=1 - pl.col("truth"))
    cases = by_name(check(PEOPLE, worse, "model-quality", **settings))
    assert cases["accuracy: limit"].violation.metric_name == "accuracy"
    assert cases["truePositiveRate: limit"].looked.names >= {"true_positive_rate", "truePositiveRate"}


def test_each_measure_of_bias_is_a_case(check):
    settings = {"label": "truth", "prediction": "said", "label_values": [1], "facets": {"sex": ["f"]}}
    worse = PEOPLE.with_columns(truth=pl.col("said"))
    report = check(PEOPLE, worse, "bias", **settings)
    cases = by_name(report)
    assert cases["DPL of sex f: bias"].violation is not None
    assert cases["DPPL of sex f: bias"].violation is None
    assert sum(case.violation is not None for case in cases.values()) == report.n_violations


def test_each_label_of_attributions_is_a_case(check):
    frame = pl.DataFrame({"a": [1.0, 2.0, 5.0, 0.5] * 6, "b": [3.0, 1.0, 4.0, 1.0] * 6})
    model = CallableModel(lambda rows: 3 * rows["a"] + rows["b"])
    cases = by_name(check(frame, frame, "attribution", model=model))
    assert list(cases) == ["label0: attribution"]
    assert cases["label0: attribution"].violation is None


def test_attributions_that_drifted_break_their_case(check):
    was = pl.DataFrame({"a": [1.0, 2.0, 5.0, 0.5] * 6, "b": [3.0, 1.0, 4.0, 1.0] * 6})
    model = CallableModel(lambda rows: 3 * rows["a"] + rows["b"])
    now = was.with_columns(a=pl.lit(2.0), b=100 * pl.col("b"))
    cases = by_name(check(was, now, "attribution", model=model))
    assert "Feature attribution drift" in cases["label0: attribution"].violation.description
