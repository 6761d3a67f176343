"""What Clarify jobs are to do, from the configurations that AWS's clients and documentation have."""

import json
from pathlib import Path

import numpy as np
import polars as pl
import pytest

from leeboard.errors import FormatError, InputError, NotFoundError
from leeboard.formats.analysis_config import AnalysisConfig
from leeboard.jobs.clarify.configuration import monitors_of, read_config
from leeboard.jobs.clarify.job import plan_of_job
from leeboard.jobs.clarify.plan import plan_dataset
from leeboard.jobs.clarify.predictor import ModelSource, protocol_of
from leeboard.jobs.environment import JobEnvironment
from leeboard.jobs.models.callable import CallableModel
from leeboard.jobs.mounts import Mounts
from leeboard.tables.parts import LABEL, PREDICTION, PROBABILITY

N = 100
RANDOM = np.random.default_rng(7)
LABELS = (RANDOM.random(N) > 0.5).astype(int)
FEATURES = RANDOM.random((N, 5))
HEADERS = ["Label", "F1", "F2", "F3", "F4"]
BIAS = {
    "label_values_or_threshold": [1],
    "facet": [{"name_or_index": "F1", "value_or_threshold": [0.5]}],
    "group_variable": "F2",
}
PREDICTOR = {
    "model_name": "linear",
    "instance_type": "ml.c5.xlarge",
    "initial_instance_count": 1,
    "endpoint_name_prefix": "myprefix",
    "accept_type": "application/jsonlines",
    "label": "score",
}
SHAP = {"baseline": [[0.9, 0.4, 0.6, 0.006]], "num_samples": 2, "agg_method": "mean_sq", "seed": 123}
REPORT = {"name": "report", "title": "Analysis Report"}
PRE, POST = {"pre_training_bias": {"methods": "all"}}, {"post_training_bias": {"methods": "all"}}


def put(file: Path, columns, header: str = "") -> str:
    file.parent.mkdir(parents=True, exist_ok=True)
    np.savetxt(file, np.column_stack(columns), delimiter=",", fmt="%g", header=header, comments="")
    return str(file)


@pytest.fixture
def data(tmp_path: Path) -> str:
    return put(tmp_path / "train.csv", [LABELS, FEATURES[:, :4]])


def config(methods=None, /, **others) -> AnalysisConfig:
    usual = {"version": "1.0", "dataset_type": "text/csv", "headers": HEADERS, "label": "Label"}
    document = {**usual, "methods": {**(methods or {}), "report": REPORT}, **others}
    return read_config(json.dumps(document).encode(), "analysis_config.json")


class Model:
    """Keeps what it was asked."""

    def __init__(self, answer=lambda frame: [0.25, *[0.75] * (len(frame) - 1)]):
        self.seen = []
        self.answer = answer

    def __call__(self, frame):
        self.seen.append(frame)
        return self.answer(frame)


def planned(configuration, data, model=None):
    monitors = monitors_of(configuration, is_monitoring=False, analysis_type=None)
    source = ModelSource(model=CallableModel(model) if model else None)
    return plan_dataset(configuration, data, monitors=monitors, source=source)


def rows_of(plan) -> pl.DataFrame:
    table = plan.open(plan.read)
    return pl.concat(table.block(chunk).frame for chunk in table.chunks())


def test_pre_training_bias_asks_no_model(data):
    plan = planned(config(PRE, **BIAS), data)
    assert plan.monitors == ("bias",)
    assert plan.model is None
    assert rows_of(plan).columns == [LABEL, "F1", "F2", "F3", "F4"]
    assert plan.title == "Analysis Report"


def test_facets_may_lie_in_a_file_of_their_own(tmp_path):
    index = np.arange(N)
    main = put(tmp_path / "main.csv", [LABELS, FEATURES[:, :2], index])
    facets = put(tmp_path / "facet.csv", [index[::-1], FEATURES[::-1, 2:4]])
    sides = {"facet_dataset_uri": facets, "facet_headers": ["Index", "F1", "F2"]}
    headers = ["Label", "F3", "F4", "Index"]
    plan = planned(config(PRE, headers=headers, joinsource_name_or_index="Index", **sides, **BIAS), main)
    rows = rows_of(plan)
    assert rows.columns == [LABEL, "F3", "F4", "Index", "F1", "F2"]
    assert np.allclose(rows["F1"].cast(float), FEATURES[:, 2], atol=1e-5)


def test_post_training_bias_asks_the_model_about_its_features_while_rows_are_read(data):
    model = Model()
    plan = planned(config(POST, **BIAS, predictor=PREDICTOR), data, model)
    rows = rows_of(plan)
    assert model.seen[-1].columns == ["F1", "F2", "F3", "F4"]
    assert rows[PROBABILITY].to_list() == [0.25, *[0.75] * (N - 1)]
    assert PREDICTION not in rows.columns


def test_columns_that_are_excluded_are_not_sent_to_the_model(tmp_path):
    data = put(tmp_path / "train.csv", [LABELS, FEATURES])
    bias = {name: value for name, value in BIAS.items() if name != "group_variable"}
    model = Model()
    headers = [*HEADERS, "F5"]
    for excluded in (["F2"], [2], ["2"]):
        methods = config(POST, headers=headers, excluded_columns=excluded, predictor=PREDICTOR, **bias)
        rows_of(planned(methods, data, model))
        assert model.seen[-1].columns == ["F1", "F3", "F4", "F5"]


def test_facets_in_a_folder_of_two_files_and_the_key_are_not_sent_to_the_model(tmp_path):
    index = np.arange(N)
    data = put(tmp_path / "six.csv", [LABELS, FEATURES[:, :2], FEATURES[:, :2], index])
    for part in (slice(0, 50), slice(50, 100)):
        put(tmp_path / "facets" / f"facet{part.start}.csv", [index[part], FEATURES[part, 2:4]])
    model = Model()
    plan = planned(
        config(
            POST,
            headers=["Label", "F3", "F4", "F5", "F6", "Index"],
            joinsource_name_or_index="Index",
            facet_dataset_uri=str(tmp_path / "facets"),
            facet_headers=["Index", "F1", "F2"],
            excluded_columns=["F4"],
            predictor=PREDICTOR,
            **BIAS,
        ),
        data,
        model,
    )
    rows = rows_of(plan)
    assert model.seen[-1].columns == ["F3", "F5", "F6"]
    assert rows.height == N
    assert {"F1", "F2", PROBABILITY} <= set(rows.columns)


@pytest.mark.parametrize("named", ["PredictedLabel", 0, None])
def test_predicted_labels_in_a_file_of_their_own_are_found_by_name_or_index(tmp_path, data, named):
    name = named if isinstance(named, str) else "predicted_label" if named is None else "PredictedLabel"
    side = put(tmp_path / "predicted.csv", [1 - LABELS], header=name)
    others = {} if named is None else {"predicted_label": named}
    sides = {"predicted_label_dataset_uri": side, "predicted_label_headers": [name]}
    plan = planned(config(POST, **sides, **others, **BIAS), data)
    assert plan.model is None
    assert rows_of(plan)[PREDICTION].to_list() == [str(1 - label) for label in LABELS]


def test_shap_has_its_background_and_the_features_of_the_model(data):
    plan = planned(config({"shap": SHAP}, predictor=PREDICTOR), data, Model())
    assert plan.monitors == ("attribution",)
    assert plan.features == ["F1", "F2", "F3", "F4"]
    assert plan.background.rows() == [(0.9, 0.4, 0.6, 0.006)]
    assert not plan.asks_predictions


def test_attributions_alone_see_the_features_alone(data):
    plan = planned(config({"shap": {}}, predictor=PREDICTOR, excluded_columns=["F2"]), data, Model())
    assert rows_of(plan).columns == [LABEL, "F1", "F3", "F4"]


def test_one_job_may_do_everything(data):
    plan = planned(config(PRE | POST | {"shap": SHAP}, **BIAS, predictor=PREDICTOR), data, Model())
    assert plan.monitors == ("bias", "attribution")
    assert plan.asks_predictions
    assert plan.columns("bias") is None
    assert plan.columns("attribution") == ("F1", "F2", "F3", "F4")


def test_positions_become_names(data):
    given = {
        "label": 0,
        "facet": {"name_or_index": 1, "value_or_threshold": [0.5]},
        "group_variable": "2",
        "label_values_or_threshold": [1],
    }
    plan = planned(config(PRE, **given), data)
    assert plan.config.label == "Label"
    assert plan.config.facets[0].name_or_index == "F1"
    assert plan.config.group_variable == "F2"


def test_columns_without_names_are_named_by_position(data):
    given = {"headers": None, "label": 0, "facet": [{"name_or_index": 1}], "predictor": PREDICTOR}
    plan = planned(config({"shap": SHAP}, **given), data, Model())
    assert plan.features == ["column_1", "column_2", "column_3", "column_4"]


def test_a_column_that_is_not_there_is_told_with_those_that_are(data):
    with pytest.raises(InputError, match="label is 'Lable', which is no column, did you mean 'Label'"):
        planned(config(PRE, **BIAS | {"label": "Lable"}), data)


@pytest.mark.parametrize(
    ("answer", "column"),
    [
        (lambda frame: frame["F1"], PROBABILITY),
        (lambda frame: (frame["F1"] > 0.5).cast(int), PREDICTION),
        (lambda frame: ["1"] * len(frame), PREDICTION),
        (lambda frame: np.column_stack([frame["F1"], 1 - frame["F1"]]), PREDICTION),
    ],
)
def test_numbers_with_fractions_are_scores_and_all_others_are_labels(data, answer, column):
    plan = planned(config(POST, **BIAS, predictor=PREDICTOR), data, Model(answer))
    assert {PREDICTION, PROBABILITY} & set(rows_of(plan).columns) == {column}


def test_answers_of_a_regressor_are_compared_with_its_labels(tmp_path):
    data = put(tmp_path / "train.csv", [FEATURES[:, 4], FEATURES[:, :4]])
    plan = planned(config(POST, **BIAS, predictor=PREDICTOR), data, Model(lambda frame: frame["F1"]))
    assert np.allclose(rows_of(plan)[PREDICTION], FEATURES[:, 0], atol=1e-5)


def json_lines(file: Path, is_lines: bool) -> str:
    rows = [{"x": [float(a), "u"], "y": int(y)} for a, y in zip(FEATURES[:, 0], LABELS, strict=True)]
    text = "\n".join(map(json.dumps, rows)) if is_lines else json.dumps({"rows": rows})
    file.write_text(text)
    return str(file)


@pytest.mark.parametrize(
    ("kind", "features", "label"),
    [("jsonlines", "x", "y"), ("json", "rows[*].x", "rows[*].y")],
)
def test_features_and_labels_are_found_in_json(tmp_path, kind, features, label):
    data = json_lines(tmp_path / "data", kind == "jsonlines")
    given = {"dataset_type": f"application/{kind}", "features": features, "label": label}
    model = Model()
    predictor = {"model_name": "m"}
    facet = {"facet": [{"name_or_index": "b", "value_or_threshold": ["u"]}]}
    plan = planned(
        config(POST, **given, headers=["a", "b", "Target"], predictor=predictor, **facet), data, model
    )
    rows = rows_of(plan)
    assert model.seen[-1].columns == ["a", "b"]
    assert rows[LABEL].to_list() == [str(label) for label in LABELS]
    assert rows["a"].to_list() == FEATURES[:, 0].tolist()
    assert protocol_of(plan.config.predictor, plan.config.dataset_type).content_type == f"application/{kind}"


def test_a_path_that_finds_nothing_is_told_with_its_line(tmp_path):
    data = json_lines(tmp_path / "data", True)
    given = {"dataset_type": "application/jsonlines", "features": "z", "label": "y"}
    with pytest.raises(FormatError, match="data, line 1: features 'z' finds nothing"):
        planned(config(PRE, **given), data)


@pytest.mark.parametrize(
    ("others", "told"),
    [
        ({"methods": {}}, "names no method that leeboard computes"),
        ({"methods": POST, **BIAS}, "needs a model's answers: name it as model_name"),
        ({"methods": POST, **BIAS, "predictor": PREDICTOR}, "'linear', and models have names only where"),
        (
            {"methods": {"shap": {"baseline": [[1, 2]]}}, "predictor": PREDICTOR},
            "has 2 cells.*4 features: F1, F2",
        ),
    ],
)
def test_what_cannot_be_done_is_told(data, others, told):
    model = Model() if "shap" in others["methods"] else None
    with pytest.raises(InputError, match=told):
        planned(config(**others), data, model)


def test_images_and_time_series_are_refused():
    with pytest.raises(InputError, match="does not analyse images"):
        config(PRE, dataset_type="application/x-image")


@pytest.mark.parametrize(
    ("rows", "told"),
    [
        ({"i": [0, 0], "F9": [1, 2]}, "more than one row with i '0'"),
        ({"i": [7000], "F9": [1]}, "no row of the data set has its i"),
        ({"j": [0, 1], "F9": [1, 2]}, "has 2 rows and the data set has 100: name a column"),
        ({"i": [0], "F1": [1]}, "both have a column F1"),
    ],
)
def test_side_files_that_do_not_fit_are_told(tmp_path, rows, told):
    main = put(tmp_path / "main.csv", [LABELS, FEATURES[:, 0], np.arange(N)])
    side = tmp_path / "side.csv"
    pl.DataFrame(rows).write_csv(side)
    facet = {"facet": [{"name_or_index": list(rows)[1]}], "facet_dataset_uri": str(side)}
    headers = {"headers": ["Label", "F1", "i"], "facet_headers": list(rows), "joinsource_name_or_index": "i"}
    with pytest.raises(InputError, match=told):
        planned(config(PRE, **facet, **headers), main)


# jobs ----------------------------------------------------------------------------------------------------

CONFIG, DATA = "/opt/ml/processing/input/config", "/opt/ml/processing/input/data"


def job(tmp_path, document, variables=None, mounts=None, name="analysis_config.json") -> JobEnvironment:
    folder = tmp_path / "root" / CONFIG.lstrip("/")
    folder.mkdir(parents=True, exist_ok=True)
    (folder / name).write_text(json.dumps(document))
    return JobEnvironment(variables or {}, str(tmp_path / "root"), None if mounts is None else Mounts(mounts))


def document_of(methods, **others):
    return json.loads(
        json.dumps(dict(config(methods, **others).members()), default=lambda part: dict(part.members()))
    )


def test_a_job_without_variables_reads_its_inputs(tmp_path, data):
    environment = job(tmp_path, document_of(PRE, **BIAS), mounts={DATA: str(Path(data).parent / "train.csv")})
    plan = plan_of_job(environment, ModelSource())
    assert plan.monitors == ("bias",)
    assert rows_of(plan).height == N


def test_the_data_set_of_the_configuration_wins_over_the_input(tmp_path, data):
    other = put(tmp_path / "root/opt/ml/processing/input/other/o.csv", [LABELS[:7], FEATURES[:7, :4]])
    document = document_of(PRE, **BIAS, dataset_uri="/opt/ml/processing/input/other/o.csv")
    assert other.endswith("o.csv")
    assert rows_of(plan_of_job(job(tmp_path, document), ModelSource())).height == 7


def test_a_job_of_a_server_reads_nothing_else_on_its_disk(tmp_path, data):
    for given in ({"dataset_uri": data}, {"facet_dataset_uri": f"file://{data}"}):
        environment = job(tmp_path, document_of(PRE, **BIAS, **given), mounts={DATA: data})
        with pytest.raises(InputError, match="is not below /opt/ml/"):
            plan_of_job(environment, ModelSource())


def test_a_configuration_of_another_name_is_found_if_it_is_alone(tmp_path):
    environment = job(tmp_path, document_of(PRE, **BIAS), name="mine.json")
    put(tmp_path / "root" / DATA.lstrip("/") / "a.csv", [LABELS, FEATURES[:, :4]])
    assert plan_of_job(environment, ModelSource()).monitors == ("bias",)


def test_a_missing_configuration_is_told_with_where_it_should_be(tmp_path):
    with pytest.raises(NotFoundError, match="no analysis configuration at /opt/ml/processing/input/config"):
        plan_of_job(JobEnvironment({}, str(tmp_path)), ModelSource())


SCHEDULED = {
    "dataset_source": "/opt/ml/processing/input/endpoint",
    "dataset_format": '{"sagemakerCaptureJson": {"captureIndexNames": ["endpointInput", "endpointOutput"]}}',
    "start_time": "2022-04-18T00:00:00Z",
    "end_time": "2022-04-18T01:00:00Z",
}


def monitored(tmp_path, document, **variables):
    (tmp_path / "root/opt/ml/processing/input/endpoint").mkdir(parents=True, exist_ok=True)
    source = ModelSource(by_name="http://127.0.0.1:9/word")
    return plan_of_job(job(tmp_path, document, SCHEDULED | variables), source)


def test_a_schedule_of_model_bias_runs_all_measures_on_traffic(tmp_path):
    document = {"headers": HEADERS, "label": "Label", **BIAS}
    variables = {"inference_attribute": "0", "probability_threshold_attribute": "0.8"}
    plan = monitored(tmp_path, document, **variables)
    assert plan.monitors == ("bias",)
    assert plan.config.methods.pre_training_bias.methods == "all"
    assert plan.config.methods.post_training_bias.methods == "all"
    assert plan.config.probability_threshold == 0.8
    assert plan.read.parts.prediction == "0"
    assert plan.read.parts.features == ["F1", "F2", "F3", "F4"]
    assert plan.read.window is not None
    assert plan.model is None


def test_a_schedule_of_explainability_asks_the_model_by_its_name(tmp_path):
    predictor = {"model_name": "linear", "instance_type": "ml.c5.xlarge", "initial_instance_count": 1}
    shap = {"baseline": [[1, 2, 3]], "num_samples": 5, "agg_method": "mean_abs"}
    document = {"headers": HEADERS[1:], "methods": {"shap": shap, "report": REPORT}, "predictor": predictor}
    plan = monitored(tmp_path, document, exclude_features_attribute="F2")
    assert plan.monitors == ("attribution",)
    assert plan.features == ["F1", "F3", "F4"]
    assert plan.background.columns == plan.features


def test_the_analysis_type_decides_where_the_configuration_says_both(tmp_path):
    document = {
        "headers": HEADERS,
        "label": "Label",
        "methods": {"shap": SHAP},
        "predictor": PREDICTOR,
        **BIAS,
    }
    document["headers"] = HEADERS[1:]
    explained = monitored(tmp_path, document, analysis_type="MODEL_EXPLAINABILITY")
    assert explained.monitors == ("attribution",)
    assert monitored(tmp_path, document, analysis_type="MODEL_BIAS").monitors == ("bias",)


def test_features_of_traffic_that_are_excluded_are_left_out_by_position(tmp_path):
    document = {"headers": HEADERS[1:], "methods": {"shap": {}}, "predictor": PREDICTOR}
    for excluded in ("F2,F4", "1,3", '["F4", "F2"]'):
        plan = monitored(tmp_path, document, exclude_features_attribute=excluded)
        assert plan.read.exclude == ("1", "3")
        assert list(plan.read.parts.features) == plan.features == ["F1", "F3"]
        assert plan.config.headers == plan.features


def test_a_frame_in_memory_is_a_data_set_too():
    frame = pl.DataFrame({"Label": LABELS, "F1": FEATURES[:, 0], "F2": FEATURES[:, 1]})
    plan = planned(config(POST, headers=None, **BIAS, predictor=PREDICTOR), frame, Model())
    assert rows_of(plan).columns == [LABEL, "F1", "F2", PROBABILITY]
