import json
from collections.abc import Callable
from math import inf
from typing import Any

import numpy as np
import polars as pl
import pytest

from leeboard.engines.local import fold
from leeboard.errors import InputError, UnknownNameError
from leeboard.formats.analysis import AnalysisResult
from leeboard.formats.reading import read_analysis, read_analysis_config, to_json
from leeboard.measures.model import Predictions
from leeboard.monitors import MONITORS, Order, Result, StoredFile
from leeboard.monitors.bias import BiasBaseline, BiasSettings, read_baseline
from leeboard.tables import Block
from leeboard.tables.opening import open_table
from leeboard.tables.options import ReadOptions
from leeboard.tables.parts import Parts

CONFIG = {
    "label": "Target",
    "predicted_label": "said",
    "label_values_or_threshold": [1],
    "facet": [{"name_or_index": "Sex", "value_or_threshold": [0]}],
    "group_variable": "Age",
}


def people(seed: int = 1, n: int = 400, less: float = 0.0) -> pl.DataFrame:
    """Rows in which sex 0 is predicted the good outcome less often by so much."""
    random = np.random.default_rng(seed)
    sex = random.integers(0, 2, n)
    score = random.random(n)
    return pl.DataFrame(
        {
            "Sex": sex,
            "Age": random.integers(20, 30, n),
            "hours": random.normal(38, 5, n).round(1),
            "Target": (score + random.normal(0, 0.2, n) > 0.5).astype(int),
            "said": (score > np.where(sex == 0, 0.5 + less, 0.5)).astype(int),
        }
    )


def settings(**more: Any) -> BiasSettings:
    return BiasSettings.of_config(read_analysis_config(json.dumps(CONFIG)), **more)


def run(frame: pl.DataFrame, baseline: Any = None, *, is_strict: bool = False, **more: Any) -> Result:
    order = Order(settings=settings(**more), baseline=baseline, is_strict=is_strict)
    analysis = MONITORS.get("bias").start(order)
    table = open_table(frame, analysis.reading(ReadOptions()))
    return analysis.conclude(fold(table, analysis))


def analysis_of(result: Result) -> AnalysisResult:
    found = result.documents["analysis.json"]
    assert isinstance(found, AnalysisResult)
    return found


def baseline_of(**values: float | None) -> BiasBaseline:
    """A baseline with these measures of Sex 0."""
    entries = [{"name": name, "value": value} for name, value in values.items()]
    text = {"label": "Target", "label_value_or_threshold": "1"}
    facets = {"Sex": [{"value_or_threshold": "0", "metrics": entries}]}
    return BiasBaseline(
        AnalysisResult.model_validate({"post_training_bias_metrics": {**text, "facets": facets}})
    )


def broken(result: Result) -> list[str]:
    assert result.violations is not None
    return [violation.subject for violation in result.violations.violations]


def test_a_baseline_has_both_stages_sorted_by_name_and_reads_back():
    result = run(people())
    read = read_analysis(to_json(analysis_of(result)))
    assert read.pre_training_bias_metrics
    assert read.post_training_bias_metrics
    pre, post = read.pre_training_bias_metrics, read.post_training_bias_metrics
    assert (post.label, post.label_value_or_threshold, list(post.facets)) == ("Target", "1", ["Sex"])
    names = [[metric.name for metric in stage.facets["Sex"][0].metrics] for stage in (pre, post)]
    assert [len(each) for each in names] == [8, 13]
    assert names == [sorted(each) for each in names]
    assert result.violations is None


def test_the_same_data_break_nothing_in_either_mode():
    for is_strict in (False, True):
        baseline = run(people(), is_strict=is_strict).baseline
        again = run(people().sample(fraction=1.0, shuffle=True, seed=3), baseline, is_strict=is_strict)
        assert broken(again) == []
        assert again.writes_violations is not is_strict


def test_more_bias_breaks_promises_in_the_words_of_aws_with_a_hint_in_ours():
    result = run(people(2, less=0.3), run(people()).baseline)
    assert "DPPL of Sex 0" in broken(result)
    assert result.violations
    found = next(one for one in result.violations.violations if one.subject.startswith("DPPL of"))
    was, now = (
        metrics.facets["Sex"][0].by_name["DPPL"].value
        for metrics in (
            result.baseline.analysis.post_training_bias_metrics,
            analysis_of(result).post_training_bias_metrics,
        )
    )
    assert found.constraint_check_type == "bias_drift_check"
    assert found.description == (
        f"Metric value {now!r} doesn't meet the baseline constraint requirement {was!r}"
    )
    assert "Target 1 is predicted for" in found.hint
    assert result.violations.version == "1.0"


@pytest.mark.parametrize(("was", "is_broken", "is_broken_strictly"), [(0.5, False, True), (1.1, True, False)])
def test_a_ratio_is_judged_by_its_distance_from_one_but_in_strict_mode(was, is_broken, is_broken_strictly):
    frame = people(5, 2_000, less=0.1)
    now = analysis_of(run(frame)).post_training_bias_metrics
    assert now
    value = now.facets["Sex"][0].by_name["DI"].value
    assert 0.6 < value < 0.95
    assert ("DI of Sex 0" in broken(run(frame, baseline_of(DI=was)))) is is_broken
    assert ("DI of Sex 0" in broken(run(frame, baseline_of(DI=was), is_strict=True))) is is_broken_strictly


def test_missing_and_infinite_values_of_the_baseline_are_no_limits():
    result = run(people(2, less=0.3), baseline_of(DPPL=None, TE=inf, RD=0.0))
    assert broken(result) == ["RD of Sex 0"]


def test_chance_is_no_violation_where_confidence_is_asked_for():
    baseline, window = run(people(n=2_000)).baseline, people(7, 150)
    assert broken(run(window, baseline)) != []
    calm = run(window, baseline, confidence=0.995)
    assert broken(calm) == []
    assert any("not beyond their intervals of 99.5%" in note for note in calm.notes)
    assert "DPPL of Sex 0" in broken(run(people(7, less=0.4), baseline, confidence=0.99))


def test_another_label_or_outcome_is_not_compared_but_noted():
    baseline = run(people()).baseline
    other = run(people(2, less=0.3), baseline, label="Age", group_variable=None)
    assert broken(other) == []
    assert any("about the label 'Target'" in note for note in other.notes)
    other = run(people(2, less=0.3), baseline, positive=(0,))
    assert any("good outcome is '1', that of the data is '0'" in note for note in other.notes)


def test_intervals_are_matched_by_place_as_their_ends_move():
    from leeboard.measures.bias.question import Watched

    facets = (Watched("hours", (40.0,)),)
    baseline = run(people(), facets=facets).baseline
    result = run(people(2, less=0.3), baseline, facets=facets)
    assert broken(result)
    assert not any("no group" in note for note in result.notes)


def test_metrics_carry_stage_label_and_group_and_a_number_for_infinity():
    frame = people().with_columns(pl.lit(0).alias("said"))
    metrics = {metric.MetricName: metric for metric in run(frame).metrics}
    dppl = metrics["bias_metric_DPPL"]
    assert {d.Name: d.Value for d in dppl.Dimensions or ()} == {
        "BiasStage": "Post-Training",
        "Label": "Target",
        "LabelValue": "1",
        "Facet": "Sex",
        "FacetValue": "0",
    }
    assert (dppl.Value, metrics["bias_metric_CI"].Dimensions[0].Value) == (0.0, "Pre-training")
    one_sided = people().with_columns((pl.col("Sex") * pl.col("said")).alias("said"))
    values = {metric.MetricName: metric.Value for metric in run(one_sided).metrics}
    assert abs(values["bias_metric_DCA"]) == 2.348543e108
    assert "bias_metric_CDDL" in values


def test_an_error_is_not_published():
    names = [metric.MetricName for metric in run(people(), group_variable=None).metrics]
    assert "bias_metric_CDDL" not in names
    assert "bias_metric_DPL" in names


def test_infinities_are_null_in_json_but_bare_in_strict_mode():
    one_sided = people().with_columns((pl.col("Sex") * pl.col("said")).alias("said"))
    default, strict = (to_json(analysis_of(run(one_sided, is_strict=s))) for s in (False, True))
    json.loads(default, parse_constant=pytest.fail)
    assert '"leeboard"' not in strict
    assert "Infinity" in strict
    for text in (default, strict):
        metrics = read_analysis(text).post_training_bias_metrics
        assert metrics
        assert abs(metrics.facets["Sex"][0].by_name["DCA"].number or 0) == inf


def test_without_predictions_the_labels_alone_are_measured():
    result = run(people().drop("said"), prediction=None)
    assert analysis_of(result).post_training_bias_metrics is None
    assert analysis_of(result).pre_training_bias_metrics is not None
    assert any("only the bias of the labels" in note for note in result.notes)


class Threshold:
    """A model that thinks of hours."""

    def __init__(self, answer: Callable[[pl.DataFrame], Predictions]) -> None:
        self.answer = answer

    def predict(self, rows: pl.DataFrame) -> Predictions:
        assert "leeboard:label" not in rows.columns
        return self.answer(rows)


@pytest.mark.parametrize(
    "answer",
    [
        lambda rows: Predictions(labels=[str(int(h > 38)) for h in rows["hours"]]),
        lambda rows: Predictions(scores=(rows["hours"].to_numpy()[:, None] > 38) * 0.8),
    ],
)
def test_a_model_is_asked_for_rows_that_do_not_say_what_it_answers(answer):
    frame = people().drop("said")
    order = Order(settings=settings(prediction=None), model=Threshold(answer))
    analysis = MONITORS.get("bias").start(order)
    asked = analysis.conclude(fold(open_table(frame, analysis.reading(ReadOptions())), analysis))
    told = run(frame.with_columns((pl.col("hours") > 38).cast(pl.Int64).alias("said")))
    values = [
        {
            m.name: m.value
            for m in analysis_of(one).post_training_bias_metrics.facets["Sex"][0].metrics
            if m.name != "FT"
        }
        for one in (asked, told)
    ]
    assert values[0] == values[1]


def test_the_configuration_is_followed():
    text = {
        **CONFIG,
        "probability_threshold": 0.8,
        "excluded_columns": ["hours"],
        "joinsource_name_or_index": "id",
        "methods": {"post_training_bias": {"methods": ["DPPL", "DI"]}},
        "predictor": {"label_headers": ["no", "yes"]},
        "leeboard": {"bias": {"confidence": 0.9, "seed": 5}},
    }
    found = BiasSettings.of_config(read_analysis_config(json.dumps(text)))
    assert (found.probability_threshold, found.excluded, found.label_headers) == (
        0.8,
        ("hours", "id"),
        ("no", "yes"),
    )
    assert (found.pre_training, found.post_training) == ((), ("DPPL", "DI"))
    assert (found.confidence, found.seed, found.level) == (0.9, 5, 0.9)


def test_columns_by_position_have_the_names_of_their_headers():
    facet = [{"name_or_index": 0, "value_or_threshold": [0]}]
    given = {**CONFIG, "label": 1, "facet": facet, "group_variable": 2, "headers": ["Sex", "Target", "Age"]}
    found = BiasSettings.of_config(read_analysis_config(json.dumps(given)))
    assert (found.label_name, found.facets[0].column, found.group_variable) == ("Target", "Sex", "Age")


def test_what_cannot_be_is_refused_with_a_way_out():
    with pytest.raises(InputError, match="no facet; name a column"):
        BiasSettings.of_config(read_analysis_config('{"label": "y"}'))
    with pytest.raises(UnknownNameError, match="post-training bias measure named 'DPL'"):
        BiasSettings(post_training=("DPL",))
    with pytest.raises(InputError, match="confidence is 95"):
        BiasSettings(confidence=95)
    with pytest.raises(InputError, match="name a facet"):
        MONITORS.get("bias").start(Order(settings=BiasSettings()))


def test_traffic_is_read_as_the_caller_says_and_data_sets_by_the_settings():
    analysis = MONITORS.get("bias").start(Order(settings=settings()))
    traffic = ReadOptions(parts=Parts(prediction="0", sole_output_is_probability=True))
    assert analysis.reading(traffic) == traffic
    parts = analysis.reading(ReadOptions()).parts
    assert parts
    assert (parts.label, parts.prediction) == ("Target", "said")


def test_a_file_of_another_analysis_is_no_baseline():
    file = StoredFile(b'{"explanations": {"kernel_shap": {}}}', "a.json")
    with pytest.raises(InputError, match=r"a\.json: no measures of bias"):
        read_baseline({"analysis.json": file})
    with pytest.raises(InputError, match=r"no analysis\.json"):
        read_baseline({})


def test_a_written_baseline_is_as_good_as_the_one_in_memory():
    first = run(people())
    file = StoredFile(to_json(analysis_of(first)).encode(), "analysis.json")
    window = people(2, less=0.2)
    assert broken(run(window, read_baseline({"analysis.json": file}))) == broken(run(window, first.baseline))


def test_blocks_without_rows_are_no_failure():
    analysis = MONITORS.get("bias").start(Order(settings=settings()))
    state = analysis.of(Block(people().clear())) + analysis.zero()
    assert analysis.conclude(state).documents["analysis.json"].pre_training_bias_metrics is None
