"""The same numbers as the shap package gives, where it computes the same thing."""

import numpy as np
import polars as pl
import pytest

from leeboard.measures.attribution.additive.loading import read_model
from leeboard.measures.attribution.additive.scikit import of_estimator
from leeboard.measures.attribution.kernel import explain

pytestmark = pytest.mark.filterwarnings("ignore")
with pytest.MonkeyPatch.context():
    import warnings

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        shap = pytest.importorskip("shap")
        xgboost = pytest.importorskip("xgboost")
        ensemble = pytest.importorskip("sklearn.ensemble")
        linear_model = pytest.importorskip("sklearn.linear_model")


@pytest.fixture(scope="module")
def data():
    rng = np.random.default_rng(0)
    rows = rng.normal(size=(300, 6))
    rows[::7, 2] = np.nan
    target = np.nan_to_num(rows[:, 0] + rows[:, 1] * rows[:, 3] + rows[:, 2])
    return rows, target


def frame(rows):
    return pl.DataFrame(rows, schema=[f"f{i}" for i in range(rows.shape[1])])


def test_kernel_explainer_with_all_coalitions(wavy_model, numbers):
    rows, background = numbers(10, 6), numbers(4, 6, seed=1)
    explainer = shap.KernelExplainer(
        lambda matrix: wavy_model._of_rows(pl.DataFrame(matrix)), background.to_numpy()
    )
    wanted = explainer.shap_values(rows.to_numpy(), silent=True, nsamples=62)
    assert np.allclose(explain(wavy_model, rows, background).local[:, :, 0], wanted)


def test_kernel_explainer_on_log_odds(model_of, numbers):
    rows, background = numbers(6, 4), numbers(5, 4, seed=1)

    def answer(matrix):
        return 1 / (1 + np.exp(-matrix[:, 0] * matrix[:, 1] - matrix[:, 2]))

    from leeboard.measures.attribution.explanation import ShapOptions

    wanted = shap.KernelExplainer(answer, background.to_numpy(), link="logit").shap_values(
        rows.to_numpy(), silent=True
    )
    found = explain(model_of(answer), rows, background, ShapOptions(use_logit=True))
    assert np.allclose(found.local[:, :, 0], wanted)


def test_tree_explainer_on_a_boosted_model(data):
    rows, target = data
    booster = xgboost.train({"max_depth": 5, "verbosity": 0, "nthread": 1}, xgboost.DMatrix(rows, target), 30)
    model = read_model(bytes(booster.save_raw("json")))
    found = model.explained(frame(rows), frame(rows[:40]), use_logit=False)
    explainer = shap.TreeExplainer(booster, rows[:40], feature_perturbation="interventional")
    wanted = explainer.shap_values(rows, check_additivity=False)
    assert np.allclose(found.local[:, :, 0], wanted, atol=1e-5)
    assert np.allclose(found.local.sum(axis=1) + found.expected, found.predictions)


def test_tree_explainer_on_deep_trees_of_several_classes(data):
    rows, target = np.nan_to_num(data[0]), data[1]
    forest = ensemble.RandomForestClassifier(8, random_state=0).fit(rows, np.digitize(target, [-1, 1]))
    found = of_estimator(forest).explained(frame(rows), frame(rows[:30]), use_logit=False)
    explainer = shap.TreeExplainer(forest, rows[:30], feature_perturbation="interventional")
    assert np.allclose(found.local, explainer.shap_values(rows, check_additivity=False), atol=1e-6)


def test_linear_explainer(data):
    rows, target = np.nan_to_num(data[0]), data[1]
    fitted = linear_model.Ridge().fit(rows, target)
    found = of_estimator(fitted).explained(frame(rows), frame(rows[:50]), use_logit=False)
    masker = shap.maskers.Independent(rows[:50], max_samples=50)
    assert np.allclose(found.local[:, :, 0], shap.LinearExplainer(fitted, masker).shap_values(rows))


def test_kernel_shap_agrees_with_the_exact_way(data):
    rows, target = np.nan_to_num(data[0]), data[1]
    booster = xgboost.train({"max_depth": 4, "verbosity": 0, "nthread": 1}, xgboost.DMatrix(rows, target), 10)
    model = read_model(bytes(booster.save_raw("ubj")))
    exact = model.explained(frame(rows[:20]), frame(rows[50:60]), use_logit=False)
    assert np.allclose(explain(model, frame(rows[:20]), frame(rows[50:60])).local, exact.local)
