"""The feature attribution monitor from rows to files."""

import json

import numpy as np
import polars as pl
import pytest

from leeboard.errors import InputError, NoDataError
from leeboard.formats.analysis_config import AnalysisConfig
from leeboard.formats.reading import read_analysis, read_violations, to_json
from leeboard.measures.attribution.settings import (
    AttributionSettings,
    PdpSettings,
    TextSettings,
    background_uri,
)
from leeboard.measures.model import Predictions
from leeboard.monitors import Order, StoredFile
from leeboard.monitors.attribution import ENTRY
from leeboard.tables import Block
from leeboard.tables.options import ReadOptions

HEADERS = ("SAT", "GPA", "rank")


class Linear:
    """A model that answers with a weighted sum; counts the rows that it is asked about."""

    def __init__(self, *weights, n_outputs=1):
        self.weights, self.n_outputs, self.n_rows = np.array(weights), n_outputs, 0

    def predict(self, rows):
        self.n_rows += rows.height
        answer = rows.to_numpy().astype(float) @ self.weights
        return Predictions(scores=np.column_stack([answer * (i + 1) for i in range(self.n_outputs)]))


def table(n_rows=60, seed=0):
    """Columns of text with numbers from -1 to 1, so that an attribution is about half of its weight."""
    drawn = np.random.default_rng(seed).uniform(-1, 1, size=(n_rows, 3)).round(3)
    return pl.DataFrame(drawn, schema=list(HEADERS)).cast(pl.String)


def run(model, rows=None, baseline=None, *, strict=False, n_parts=3, log=None, **settings):
    given = {"background": [[0.0, 0.0, 0.0]]} | settings
    order = Order(
        settings=AttributionSettings(**given),
        baseline=baseline,
        is_strict=strict,
        model=model,
        log=log if log is not None else lambda line: None,
    )
    analysis = ENTRY.start(order)
    rows = table() if rows is None else rows
    state = analysis.zero()
    for part in range(n_parts):
        state = state + analysis.of(
            Block(rows[part * len(rows) // n_parts : (part + 1) * len(rows) // n_parts])
        )
    return analysis.conclude(state)


def stored(result):
    """The baseline as it is read back from its file."""
    return ENTRY.read_baseline(
        {"analysis.json": StoredFile(to_json(result.documents["analysis.json"]).encode(), "x")}
    )


@pytest.fixture
def baseline():
    return stored(run(Linear(0.70, 0.50, 0.05)))


def test_a_baseline_is_the_mean_size_of_the_local_values():
    result = run(Linear(0.70, 0.50, 0.05))
    (shap,) = result.documents["analysis.json"].explanations.kernel_shap.values()
    sizes = table().cast(pl.Float64).select(pl.all().abs().mean()).row(0)
    assert shap.global_shap_values == pytest.approx(
        {name: size * weight for name, size, weight in zip(HEADERS, sizes, (0.70, 0.50, 0.05), strict=True)}
    )
    assert shap.expected_value == pytest.approx(0.0)
    assert result.violations is None


def test_the_file_has_aws_s_layout():
    written = json.loads(to_json(run(Linear(1, 2, 3), strict=True).documents["analysis.json"]))
    assert set(written) == {"version", "explanations"}
    assert set(written["explanations"]["kernel_shap"]["label0"]) == {"global_shap_values", "expected_value"}


def test_other_ranks_are_a_violation_with_aws_s_text_and_a_hint(baseline):
    result = run(Linear(0.10, 0.20, 0.70), baseline=baseline)
    (violation,) = result.violations.violations
    assert (violation.label, violation.metric_name) == ("label0", "shap")
    assert violation.constraint_check_type == "feature_attribution_drift_check"
    assert violation.description.startswith("Feature attribution drift 0.6")
    assert violation.description.endswith(" exceeds threshold 0.9")
    assert "rank rose from rank 3 to 1; SAT fell from rank 1 to 3" in violation.hint
    assert read_violations(to_json(result.violations)) == result.violations


def test_the_golden_score(baseline):
    # equal rows in all columns, so that attributions are as the documented example's
    column = table()["SAT"]
    rows = pl.DataFrame({name: column for name in HEADERS})
    known = stored(run(Linear(0.70, 0.50, 0.05), rows))
    result = run(Linear(0.10, 0.20, 0.70), rows, known)
    score = float(result.violations.violations[0].description.split()[3])
    assert score == pytest.approx(0.6876, abs=5e-5)


def test_the_same_model_on_the_same_rows_is_clean(baseline):
    result = run(Linear(0.70, 0.50, 0.05), baseline=baseline)
    assert result.violations.violations == []
    assert result.writes_violations
    assert not run(Linear(0.70, 0.50, 0.05), baseline=baseline, strict=True).writes_violations


def test_the_threshold_can_be_set(baseline):
    assert run(Linear(0.10, 0.20, 0.70), baseline=baseline, threshold=0.5).violations.violations == []
    assert run(Linear(0.50, 0.60, 0.05), baseline=baseline, threshold=1.0).violations.violations


def test_a_change_of_shares_is_drift_only_if_asked_for(baseline):
    model = Linear(0.70, 0.02, 0.01)
    assert run(model, baseline=baseline).violations.violations == []
    (violation,) = run(model, baseline=baseline, max_relative_change=0.3).violations.violations
    assert violation.description.startswith("Relative change of attributions")
    assert run(model, baseline=baseline, max_relative_change=0.3, strict=True).violations.violations == []


def test_the_numbers_for_a_metric_store(baseline):
    metrics = run(Linear(0.70, 0.50, 0.05), baseline=baseline).metrics
    about = {metric.MetricName: {one.Name: one.Value for one in metric.Dimensions} for metric in metrics}
    method = {"Label": "label0", "ExplainabilityMethod": "KernelShap"}
    assert about["feature_SAT"] == method | {"ValueType": "GlobalShapValues"}
    assert about["ExpectedValue"] == method | {"ValueType": "ExpectedValue"}
    assert about["feature_attribution_ndcg"] == method
    strict = run(Linear(0.70, 0.50, 0.05), baseline=baseline, strict=True).metrics
    assert {metric.MetricName for metric in strict} == {
        "feature_SAT",
        "feature_GPA",
        "feature_rank",
        "ExpectedValue",
    }


def test_each_label_is_compared_by_its_name(baseline):
    names = ("no", "yes")
    known = stored(run(Linear(0.7, 0.5, 0.05, n_outputs=2), label_headers=names))
    result = run(Linear(0.1, 0.2, 0.7, n_outputs=2), baseline=known, label_headers=names)
    assert [one.label for one in result.violations.violations] == ["no", "yes"]
    lost = run(Linear(0.1, 0.2, 0.7), baseline=known)
    assert lost.violations.violations == []
    assert "label yes of the baseline was not compared" in " ".join(lost.notes)


def test_label_headers_of_another_number_are_told():
    result = run(Linear(1, 2, 3), label_headers=("a", "b"))
    assert list(result.documents["analysis.json"].explanations.kernel_shap) == ["label0"]
    assert "2 label_headers were given" in result.notes[0]


def test_a_baseline_of_zeros_never_drifts():
    known = stored(run(Linear(0.0, 0.0, 0.0)))
    assert run(Linear(1.0, 2.0, 3.0), baseline=known).violations.violations == []


def test_attributions_that_are_no_numbers_are_skipped_with_a_note(baseline):
    class Broken(Linear):
        def predict(self, rows):
            return Predictions(scores=np.full((rows.height, 1), np.nan))

    result = run(Broken(1, 1, 1), baseline=baseline)
    assert result.violations.violations == []
    assert "no finite numbers" in " ".join(result.notes)
    assert result.metrics == ()


def test_local_values_are_written_in_the_order_of_the_rows():
    result = run(Linear(1.0, 2.0, 3.0), saves_local_values=True)
    header, *lines = "".join(result.texts["explanations_shap/out.csv"]()).splitlines()
    assert header == "SAT_label0,GPA_label0,rank_label0"
    values = np.array([line.split(",") for line in lines], float)
    assert np.allclose(values, table().cast(pl.Float64).to_numpy() * [1.0, 2.0, 3.0])
    assert "explanations_shap/out.csv" not in run(Linear(1.0, 2.0, 3.0)).texts


def test_more_rows_than_the_bound_are_sampled_and_in_strict_mode_all_are_explained():
    model = Linear(1.0, 2.0, 3.0)
    result = run(model, max_rows=20)
    assert "20 of 60 rows were explained" in result.notes[0]
    assert model.n_rows == 21 + 20 * 6
    assert run(Linear(1.0, 2.0, 3.0), max_rows=20, strict=True).notes == ()


def test_the_same_seed_gives_the_same_numbers_however_the_data_are_cut():
    one, many = (run(Linear(1.0, 2.0, 3.0), table(500), max_rows=50, n_parts=n) for n in (1, 20))
    assert one.documents["analysis.json"] == many.documents["analysis.json"]


def test_a_background_of_clusters_is_written_and_used_again_for_the_window():
    first = run(Linear(1.0, 2.0, 3.0), background=None, n_clusters=2)
    written = first.texts["explanations_shap/baseline.csv"]
    assert len(written.splitlines()) == 2
    second = run(Linear(1.0, 2.0, 3.0), table(seed=5), stored(first), background=None)
    assert second.texts["explanations_shap/baseline.csv"] == written
    assert second.details.explained.background.dtypes == first.details.explained.background.dtypes
    assert "explanations_shap/baseline.csv" not in run(Linear(1.0, 2.0, 3.0)).texts


def test_other_settings_than_the_baseline_s_are_told(baseline):
    result = run(Linear(0.7, 0.5, 0.05), baseline=baseline, aggregation="mean_sq")
    assert "made with aggregation mean_abs, those of now with mean_sq" in result.notes[0]


def test_curves_are_part_of_the_file():
    result = run(Linear(1.0, 2.0, 3.0), pdp=PdpSettings(top_k=2, resolution=5))
    curves = result.documents["analysis.json"].explanations.pdp
    assert [curve.feature_name for curve in curves] == ["rank", "GPA"]
    answers = np.array(curves[0].model_predictions[0])
    assert np.diff(answers) == pytest.approx(3.0 * np.diff(curves[0].feature_values))
    assert read_analysis(to_json(result.documents["analysis.json"])).explanations.pdp == curves


def test_only_the_wanted_features_are_told():
    result = run(Linear(1.0, 2.0, 3.0), features_to_explain=("rank", 0), saves_local_values=True)
    (shap,) = result.documents["analysis.json"].explanations.kernel_shap.values()
    assert list(shap.global_shap_values) == ["SAT", "rank"]
    assert next(result.texts["explanations_shap/out.csv"]()).strip() == "SAT_label0,rank_label0"


def test_texts_are_told_by_their_units():
    class Mood:
        def predict(self, rows):
            return Predictions(scores=np.array([[float(text.count("good"))] for text in rows["review"]]))

    rows = pl.DataFrame({"review": ["a good book", "so so", "good good"]})
    result = run(Mood(), rows, background=[[""]], text=TextSettings(max_top_units=1), saves_local_values=True)
    written = json.loads(to_json(result.documents["analysis.json"]))["explanations"]["kernel_shap"]["label0"]
    assert written["global_shap_values"]["review"] == pytest.approx(1.0)
    assert written["leeboard"]["top_units"] == {"review": {"good": pytest.approx(1.0)}}
    first = json.loads(next(result.texts["explanations_shap/out.jsonl"]()))["explanations"][0]
    assert first["feature_name"] == "review"
    assert first["attributions"][1]["description"] == {"partial_text": "good", "start_idx": 2}


def test_columns_without_names_are_called_by_their_position():
    result = run(Linear(1.0, 2.0, 3.0), table().rename({"SAT": "_c0", "GPA": "_c1", "rank": "_c2"}))
    (shap,) = result.documents["analysis.json"].explanations.kernel_shap.values()
    assert list(shap.global_shap_values) == ["column_0", "column_1", "column_2"]


def test_the_log_tells_what_the_model_was_asked():
    lines: list[str] = []
    run(Linear(1.0, 2.0, 3.0), log=lines.append)
    assert lines == ["explaining 60 of 60 rows with 3 features", "asked the model about 417 rows in 2 calls"]


def test_a_model_is_needed_and_rows_are():
    with pytest.raises(InputError, match="need a model to ask"):
        run(None)
    with pytest.raises(NoDataError, match="no row"):
        run(Linear(1.0, 2.0, 3.0), table(0))


def test_a_baseline_without_attributions_is_refused():
    with pytest.raises(InputError, match=r"no analysis.json was given"):
        ENTRY.read_baseline({})
    with pytest.raises(InputError, match="no attributions in it"):
        ENTRY.read_baseline({"analysis.json": StoredFile(b'{"version": "1.0", "explanations": {}}', "x")})


def test_the_reading_asks_for_features_under_the_names_of_settings_or_baseline(baseline):
    def parts(known, **settings):
        return (
            ENTRY.start(Order(settings=AttributionSettings(**settings), baseline=known))
            .reading(ReadOptions())
            .parts
        )

    assert parts(None, headers=("a", "b"), label=3).features == ("a", "b")
    assert parts(None, headers=("a", "b"), label=3).label == "3"
    assert parts(baseline).features == list(HEADERS)
    assert parts(None).features is None


def test_a_configuration_is_understood():
    config = AnalysisConfig.model_validate(
        {
            "headers": ["a", "b"],
            "methods": {
                "shap": {
                    "baseline": [[1, 2]],
                    "num_samples": 5,
                    "agg_method": "median",
                    "use_logit": True,
                    "save_local_shap_values": True,
                    "seed": 123,
                    "text_config": {"granularity": "sentence", "language": "english"},
                },
                "pdp": {"features": ["a"], "grid_resolution": 20},
            },
            "predictor": {"label_headers": ["yes"]},
            "leeboard": {"attribution": {"threshold": 0.8, "max_rows": 7}},
        }
    )
    found = AttributionSettings.of_config(config, n_parallel_calls=2)
    assert found == AttributionSettings(
        headers=("a", "b"),
        label_headers=("yes",),
        background=[[1, 2]],
        n_samples=5,
        aggregation="median",
        use_logit=True,
        saves_local_values=True,
        seed=123,
        text=TextSettings(granularity="sentence"),
        pdp=PdpSettings(features=("a",), resolution=20),
        threshold=0.8,
        max_rows=7,
        n_parallel_calls=2,
    )


def test_a_background_in_a_file_must_be_read_by_the_caller():
    config = AnalysisConfig.model_validate({"methods": {"shap": {"baseline": "s3://bucket/baseline.csv"}}})
    assert background_uri(config) == "s3://bucket/baseline.csv"
    with pytest.raises(InputError, match=r"s3://bucket/baseline.csv, which was not read"):
        AttributionSettings.of_config(config)
    assert AttributionSettings.of_config(config, background=[[1]]).background == [[1]]


@pytest.mark.parametrize(
    "nonsense", [{"threshold": 1.5}, {"max_rows": 0}, {"n_samples": 0}, {"seed": -1}, {"aggregation": "sum"}]
)
def test_nonsense_is_refused(nonsense):
    with pytest.raises(InputError):
        AttributionSettings(**nonsense)


def test_names_of_categories_are_no_texts():
    class Mood:
        def predict(self, rows):
            assert set(rows["city"]) <= {"Rome", "Oslo"}
            return Predictions(scores=np.array([[float(len(text))] for text in rows["review"]]))

    rows = pl.DataFrame({"city": ["Rome", "Oslo", "Oslo"], "review": ["so so", "good", "a very good book"]})
    result = run(Mood(), rows, background=None, n_clusters=1, text=TextSettings())
    assert list(result.details.explained.explanation.units) == ["review"]
    assert result.details.explained.background.row(0) == ("Oslo", "")
