"""What a dashboard keeps of a run, made by real runs of the monitors."""

import json
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import numpy as np
import polars as pl
import pytest

from leeboard.formats.summary import MOST_VIOLATIONS, Summary, summary_json
from leeboard.jobs.asking import Question
from leeboard.jobs.models.callable import CallableModel
from leeboard.jobs.run import run
from leeboard.monitors import MONITORS
from leeboard.report import Report
from leeboard.report.summaries import SUMMARIES, summary_of

AT = datetime(2026, 3, 1, 9, tzinfo=UTC)
HOSTILE = "<script>alert(1)</script>\"'&\u202e\x1b[31m"
RNG = np.random.default_rng(5)
PEOPLE = pl.DataFrame(
    {
        "sex": ["f", "m"] * 200,
        "truth": [0, 1, 1, 0] * 100,
        "said": [0, 1, 1, 1] * 100,
        "score": RNG.random(400),
        "age": list(range(400)),
    }
)
Checked = Callable[..., Report]


def checked(was: pl.DataFrame, now: pl.DataFrame, monitor: str = "data-quality", **words: Any) -> Report:
    """The report on one frame held against a baseline of the other."""
    model = words.pop("model", None)
    made = run(Question(monitor=monitor, words=words, model=model).job(was), now=AT)
    words = {name: value for name, value in words.items() if name != "problem_type"}
    question = Question(monitor=monitor, words=words, model=model, baseline=made.baseline)
    return run(question.job(now), now=AT).report


@pytest.fixture(scope="module")
def columns() -> Summary:
    """A column that moved, one that did not, one that lost cells, a new one and one that is gone."""
    rng = np.random.default_rng(1)
    was = pl.DataFrame(
        {
            "moved": rng.normal(0, 1, 900),
            "kept": [1, 2, 3] * 300,
            "lost": ["a", "b", "c"] * 300,
            "gone": [1] * 900,
        }
    )
    now = pl.DataFrame(
        {
            "moved": rng.normal(4, 1, 900),
            "kept": [1, 2, 3] * 300,
            "lost": ["a", "b", None] * 300,
            HOSTILE: [1.5] * 900,
        }
    )
    return summary_of(checked(was, now), n_rows=900, job="job-1")


def row(summary: Summary, name: str) -> dict[str, Any]:
    place = summary.features.name.index(name)
    return {column: values[place] for column, values in summary.features.model_dump().items()}


def test_every_monitor_keeps_something() -> None:
    assert SUMMARIES.names() == MONITORS.names()


def test_a_feature_has_its_distance_also_where_nothing_broke(columns: Summary) -> None:
    kept, moved = row(columns, "kept"), row(columns, "moved")
    assert (kept["distance"], kept["is_drifted"], kept["n_violations"]) == (0.0, False, 0)
    assert kept["limit"] > 0
    assert kept["test"]
    assert kept["use"] == 0.0
    assert moved["distance"] > moved["limit"]
    assert (moved["is_drifted"], moved["n_violations"]) == (True, 1)


def test_a_feature_has_the_numbers_of_both_sides(columns: Summary) -> None:
    moved, lost = row(columns, "moved"), row(columns, "lost")
    assert abs(moved["mean"] - 4) < 0.2
    assert abs(moved["baseline_mean"]) < 0.2
    assert (lost["type"], lost["n_distinct"], lost["n_missing"]) == ("String", 2.0, 300)
    assert lost["completeness"] == pytest.approx(2 / 3, abs=1e-6)
    assert (lost["baseline_completeness"], lost["completeness_limit"]) == (1.0, 1.0)


def test_new_and_gone_features_are_told_apart(columns: Summary) -> None:
    assert columns.features.name == ["moved", "kept", "lost", HOSTILE, "gone"]
    assert columns.features.presence == ["", "", "", "new", "gone"]
    gone = row(columns, "gone")
    assert (gone["type"], gone["n_present"], gone["completeness"]) == ("Integral", None, None)


def test_the_most_effective_violation_stands_first(columns: Summary) -> None:
    effects = [one.effect or 0.0 for one in columns.violations]
    assert effects == sorted(effects, reverse=True)
    assert columns.violations[0].check == "missing_column_check"
    assert columns.n_violations == len(columns.violations) > 3


def test_a_violation_says_in_words_what_was_promised_and_seen(columns: Summary) -> None:
    lost = next(one for one in columns.violations if one.check == "completeness_check")
    assert (lost.monitor, lost.label, lost.columns) == ("data-quality", "completeness", ["lost"])
    assert (lost.promised, lost.seen) == ("all cells present", "66.7%")
    assert lost.hint == "300 of 900 cells are missing"
    assert lost.effect == pytest.approx(1 / 3, abs=1e-3)


def test_only_so_many_violations_are_kept_and_all_are_counted() -> None:
    names = [f"c{i}" for i in range(MOST_VIOLATIONS + 10)]
    was = pl.DataFrame({name: ["x"] * 50 for name in names})
    summary = summary_of(checked(was, pl.DataFrame({name: ["x"] * 25 + [None] * 25 for name in names})))
    assert len(summary.violations) == MOST_VIOLATIONS
    assert summary.n_violations == len(names)


def test_malformed_records_are_told_with_place_and_text(tmp_path: Any) -> None:
    data = tmp_path / "data.jsonl"
    data.write_text('{"a": 1}\n{"a": \n{"a": 2}\n')
    made = run(Question(monitor="data-quality").job(pl.DataFrame({"a": [1, 2]})), now=AT)
    summary = summary_of(
        run(Question(monitor="data-quality", baseline=made.baseline).job(str(data)), now=AT).report
    )
    assert summary.n_malformed == 1
    assert summary.malformed[0].place == f"{data}, line 2"
    assert summary.malformed[0].text == '{"a": '


@pytest.fixture(scope="module")
def quality() -> Summary:
    words = {"label": "truth", "prediction": "said", "probability": "score"}
    worse = PEOPLE.with_columns(said=1 - pl.col("said"))
    return summary_of(checked(PEOPLE, worse, "model-quality", problem_type="BinaryClassification", **words))


def test_each_measure_stands_beside_baseline_and_limit(quality: Summary) -> None:
    accuracy = next(one for one in quality.measures if one.name == "accuracy")
    assert (accuracy.value, accuracy.baseline, accuracy.limit) == (0.25, 0.75, 0.75)
    assert (accuracy.operator, accuracy.is_broken) == ("LessThanThreshold", True)
    assert accuracy.low is not None
    assert accuracy.low < 0.25
    assert not [one for one in quality.measures if "constant" in one.name]


def test_the_matrix_and_the_curves_are_kept_in_short(quality: Summary) -> None:
    picture = quality.quality
    assert picture is not None
    assert picture.roc is not None
    assert (picture.labels, sum(map(sum, picture.matrix))) == (["0", "1"], 400)
    assert len(picture.roc[0]) == len(picture.roc[1]) <= 60
    assert (picture.roc[0][0], picture.roc[0][-1]) == (0.0, 1.0)


def test_a_broken_limit_says_how_far_beyond_it_is(quality: Summary) -> None:
    accuracy = next(one for one in quality.violations if one.subject == "accuracy")
    assert (accuracy.promised, accuracy.seen) == ("at least 0.75", "0.25")
    assert accuracy.effect == pytest.approx(0.6667, abs=1e-3)


def test_a_regression_without_a_finite_measure_is_still_json() -> None:
    frame = pl.DataFrame({"truth": [1.0] * 300, "said": [1.0] * 299 + [2.0]})
    words = {"label": "truth", "prediction": "said", "problem_type": "Regression"}
    summary = summary_of(checked(frame, frame, "model-quality", **words))
    assert next(one for one in summary.measures if one.name == "r2").value is None
    json.loads(summary_json(summary), parse_constant=pytest.fail)
    assert summary.quality is not None
    assert sum(summary.quality.error_counts) == 300


@pytest.fixture(scope="module")
def bias() -> Summary:
    words = {"label": "truth", "prediction": "said", "label_values": [1], "facets": {"sex": ["f"]}}
    worse = PEOPLE.with_columns(said=pl.when(pl.col("sex") == "f").then(0).otherwise(1))
    return summary_of(checked(PEOPLE, worse, "bias", **words))


def test_each_measure_of_a_group_has_its_interval_and_the_baselines(bias: Summary) -> None:
    one = next(one for one in bias.bias if one.metric == "DPPL")
    assert (one.facet, one.group, one.stage, one.is_broken) == ("sex", "f", "Post-Training", True)
    assert one.low is not None
    assert one.high is not None
    assert one.value is not None
    assert one.low <= one.value <= one.high
    assert one.baseline is not None
    assert one.baseline_low is not None
    assert (one.n_rows, one.n_other_rows) == (200, 200)
    assert bias.n_rows == 400


def test_a_worse_measure_says_how_much_worse(bias: Summary) -> None:
    seen = next(one for one in bias.violations if one.label == "DPPL")
    assert seen.subject == "DPPL of sex f"
    assert (seen.promised, seen.seen) == ("no farther from no bias than 0.5", "1")
    assert seen.effect == 0.5


def test_attributions_have_ranks_on_both_sides() -> None:
    names = ["a", "b", "c"]
    rng = np.random.default_rng(3)
    frame = pl.DataFrame({name: rng.normal(size=60) for name in names})

    def model(weights: list[float]) -> CallableModel:
        return CallableModel(lambda rows: rows.to_numpy() @ np.array(weights))

    made = run(Question(monitor="attribution", model=model([5, 1, 0.1])).job(frame), now=AT)
    question = Question(monitor="attribution", model=model([0.1, 1, 5]), baseline=made.baseline)
    summary = summary_of(run(question.job(frame), now=AT).report)
    by_name = {one.feature: one for one in summary.attributions}
    assert (by_name["a"].rank, by_name["a"].baseline_rank) == (3, 1)
    (score,) = summary.scores
    assert score.ndcg is not None
    assert score.limit is not None
    assert score.ndcg < score.limit
    assert score.is_broken
    assert summary.violations[0].promised == "NDCG at least 0.9"


def test_a_baseline_has_a_summary_without_violations() -> None:
    made = run(Question(monitor="data-quality").job(pl.DataFrame({"a": [1, 2, 3]})), now=AT)
    summary = summary_of(made.report)
    assert (summary.n_violations, summary.features.name) == (0, ["a"])
