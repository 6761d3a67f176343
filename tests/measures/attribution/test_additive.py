"""Models read from files answer as the libraries that wrote them."""

import json

import numpy as np
import polars as pl
import pytest

from leeboard.errors import FormatError, InputError
from leeboard.measures.attribution.additive.loading import read_model
from leeboard.measures.attribution.additive.scikit import of_estimator

pytestmark = pytest.mark.filterwarnings("ignore")
N = 400


@pytest.fixture(scope="module")
def rows():
    rng = np.random.default_rng(0)
    drawn = rng.normal(size=(N, 6))
    drawn[::7, 2] = np.nan
    drawn[::5, 3] = 0
    drawn[:, 4] = rng.integers(0, 40, N)
    return drawn


@pytest.fixture(scope="module")
def targets(rows):
    binary = (rows[:, 0] + rows[:, 1] * rows[:, 3] > 0).astype(int) ^ (rows[:, 4].astype(int) % 2)
    return {"binary": binary, "classes": binary + (rows[:, 5] > 0), "number": rows[:, 0] + rows[:, 4] / 9}


def frame(rows):
    return pl.DataFrame(rows, schema=[f"f{i}" for i in range(rows.shape[1])])


def scores(model, rows):
    return model.predict(frame(rows)).scores


@pytest.mark.parametrize("form", ["json", "ubj"])
@pytest.mark.parametrize(
    ("target", "options"),
    [
        ("binary", {"objective": "binary:logistic"}),
        ("classes", {"objective": "multi:softprob", "num_class": 3}),
        ("number", {"objective": "reg:squarederror"}),
        ("classes", {"objective": "count:poisson"}),
        ("binary", {"objective": "binary:logistic", "booster": "dart", "rate_drop": 0.3}),
        ("binary", {"objective": "binary:logistic", "booster": "gblinear"}),
    ],
)
def test_xgboost(rows, targets, target, options, form):
    xgboost = pytest.importorskip("xgboost")
    given = np.nan_to_num(rows) if options.get("booster") == "gblinear" else rows
    matrix = xgboost.DMatrix(given, targets[target])
    booster = xgboost.train({"max_depth": 4, "verbosity": 0, "nthread": 1, **options}, matrix, 15)
    found = scores(read_model(bytes(booster.save_raw(form))), given)
    assert np.allclose(found, booster.predict(matrix).reshape(N, -1), atol=1e-5)


def test_categories_of_xgboost(rows, targets):
    xgboost = pytest.importorskip("xgboost")
    kinds = ["q"] * 4 + ["c", "q"]
    matrix = xgboost.DMatrix(rows, targets["binary"], feature_types=kinds, enable_categorical=True)
    booster = xgboost.train(
        {"objective": "binary:logistic", "max_depth": 4, "verbosity": 0, "nthread": 1}, matrix, 15
    )
    found = scores(read_model(bytes(booster.save_raw("json"))), rows)
    assert np.allclose(found[:, 0], booster.predict(matrix), atol=1e-6)


@pytest.mark.parametrize(
    ("target", "options"),
    [
        ("binary", {"objective": "binary"}),
        ("binary", {"objective": "binary", "zero_as_missing": True}),
        ("binary", {"objective": "binary", "use_missing": False}),
        ("binary", {"objective": "binary", "boosting": "rf", "bagging_freq": 1, "bagging_fraction": 0.6}),
        ("classes", {"objective": "multiclass", "num_class": 3}),
        ("number", {"objective": "regression"}),
        ("classes", {"objective": "poisson"}),
    ],
)
def test_lightgbm(rows, targets, target, options):
    lightgbm = pytest.importorskip("lightgbm")
    data = lightgbm.Dataset(rows, targets[target], categorical_feature=[4])
    booster = lightgbm.train({"num_leaves": 15, "verbosity": -1, "num_threads": 1, **options}, data, 12)
    found = scores(read_model(booster.model_to_string().encode()), rows)
    assert np.allclose(found, booster.predict(rows).reshape(N, -1), atol=1e-12)


@pytest.mark.parametrize(
    ("target", "module", "name", "options"),
    [
        ("number", "ensemble", "RandomForestRegressor", {"n_estimators": 8}),
        ("classes", "ensemble", "RandomForestClassifier", {"n_estimators": 8}),
        ("binary", "ensemble", "ExtraTreesClassifier", {"n_estimators": 8}),
        ("binary", "ensemble", "GradientBoostingClassifier", {"n_estimators": 10}),
        ("classes", "ensemble", "GradientBoostingClassifier", {"n_estimators": 10}),
        ("number", "ensemble", "GradientBoostingRegressor", {"n_estimators": 10}),
        ("binary", "ensemble", "HistGradientBoostingClassifier", {"max_iter": 10}),
        ("classes", "ensemble", "HistGradientBoostingClassifier", {"max_iter": 10}),
        ("classes", "ensemble", "HistGradientBoostingRegressor", {"max_iter": 10, "loss": "poisson"}),
        ("number", "tree", "DecisionTreeRegressor", {}),
        ("number", "linear_model", "LinearRegression", {}),
        ("binary", "linear_model", "LogisticRegression", {}),
        ("classes", "linear_model", "LogisticRegression", {}),
    ],
)
def test_scikit_learn(rows, targets, target, module, name, options):
    library = pytest.importorskip(f"sklearn.{module}")
    given = np.nan_to_num(rows)
    fitted = getattr(library, name)(**options).fit(given, targets[target])
    answer = fitted.predict_proba if hasattr(fitted, "predict_proba") else fitted.predict
    assert np.allclose(scores(of_estimator(fitted), given), answer(given).reshape(N, -1))


def test_a_kind_of_estimator_that_is_not_known_gives_none(rows, targets):
    neighbors = pytest.importorskip("sklearn.neighbors")
    given = np.nan_to_num(rows)
    assert of_estimator(neighbors.KNeighborsClassifier().fit(given, targets["binary"])) is None


def test_columns_are_taken_by_the_model_s_names_where_the_data_have_them(rows, targets):
    xgboost = pytest.importorskip("xgboost")
    names = [f"f{i}" for i in range(6)]
    booster = xgboost.train(
        {"verbosity": 0, "nthread": 1}, xgboost.DMatrix(rows, targets["number"], feature_names=names), 5
    )
    model = read_model(bytes(booster.save_raw("json")))
    turned = frame(rows).select(reversed(names))
    assert np.array_equal(model.predict(turned).scores, scores(model, rows))
    local = model.explained(turned, turned[:5], use_logit=False).local
    assert np.array_equal(
        local[:, ::-1], model.explained(frame(rows), frame(rows)[:5], use_logit=False).local
    )


def test_probabilities_are_no_sum_but_log_odds_against_one_row_are(rows, targets):
    xgboost = pytest.importorskip("xgboost")
    matrix = xgboost.DMatrix(rows, targets["binary"])
    booster = xgboost.train({"objective": "binary:logistic", "verbosity": 0, "nthread": 1}, matrix, 5)
    model = read_model(bytes(booster.save_raw("json")))
    assert model.explained(frame(rows), frame(rows[:1]), use_logit=False) is None
    found = model.explained(frame(rows), frame(rows[:1]), use_logit=True)
    margins = booster.predict(matrix, output_margin=True)
    assert np.allclose(found.predictions[:, 0], margins, atol=1e-5)
    assert np.allclose(found.local.sum(axis=1) + found.expected, found.predictions)


def test_text_in_a_column_is_no_number(rows, targets):
    xgboost = pytest.importorskip("xgboost")
    booster = xgboost.train({"verbosity": 0, "nthread": 1}, xgboost.DMatrix(rows, targets["number"]), 2)
    model = read_model(bytes(booster.save_raw("json")))
    with pytest.raises(InputError, match="column 'f1' has 'red'"):
        model.predict(frame(rows).with_columns(f1=pl.lit("red")))


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"\x80\x04\x95rest", "pickle"),
        (b"{}", "not a model of XGBoost"),
        (b'{"learner": 5}', "not a model of XGBoost"),
        (b"{L\x00\x00", "no whole UBJSON"),
        (b"tree\nversion=v4\n", "not a model of LightGBM"),
        (b"", "this is neither"),
    ],
)
def test_other_files_are_refused(content, message):
    with pytest.raises(FormatError, match=message):
        read_model(content, "model.bin")


def test_a_cut_file_is_refused_wherever_it_is_cut(rows, targets):
    xgboost = pytest.importorskip("xgboost")
    booster = xgboost.train({"verbosity": 0, "nthread": 1}, xgboost.DMatrix(rows, targets["number"]), 1)
    whole = bytes(booster.save_raw("ubj"))
    for size in range(3, len(whole), 97):
        with pytest.raises(FormatError):
            read_model(whole[:size])


@pytest.mark.parametrize(
    ("part", "value", "message"),
    [
        ("left_children", [0, -1, -1], "a child that is not there"),
        ("left_children", [7, -1, -1], "a child that is not there"),
        ("left_children", [1, 2, -1], "its own descendant"),
        ("split_indices", [9, 0, 0], "a feature that the model does not have"),
    ],
)
def test_a_tree_without_end_or_from_elsewhere_is_refused(part, value, message):
    tree = {
        "left_children": [1, -1, -1],
        "right_children": [2, -1, -1] if value != [1, 2, -1] else [2, 1, -1],
        "split_conditions": [0.5, 1.0, 2.0],
        "split_indices": [0, 0, 0],
        "default_left": [0, 0, 0],
        "tree_param": {},
    }
    document = {
        "learner": {
            "learner_model_param": {"base_score": "0.5", "num_class": "0", "num_feature": "1"},
            "objective": {"name": "reg:squarederror"},
            "gradient_booster": {
                "name": "gbtree",
                "model": {"trees": [tree | {part: value}], "tree_info": [0]},
            },
        }
    }
    with pytest.raises(FormatError, match=message):
        read_model(json.dumps(document).encode())
