"""scikit-learn computes the same measures."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

metrics = pytest.importorskip("sklearn.metrics")
pytestmark = [
    pytest.mark.filterwarnings("ignore::sklearn.exceptions.UndefinedMetricWarning"),
    pytest.mark.filterwarnings("ignore:A single label was found"),
]

SCORES = st.sampled_from([0.0, 0.1, 0.25, 0.5, 0.75, 0.9, 1.0]) | st.floats(0, 1)
CLASSES = st.sampled_from(["a", "b", "c", "d"])
NUMBERS = st.floats(-1e3, 1e3)


@settings(max_examples=30, deadline=None)
@given(rows=st.lists(st.tuples(st.integers(0, 1), SCORES), min_size=1, max_size=60), step=st.integers(1, 60))
def test_a_binary_problem(measure, values, rows, step):
    label, score = [row[0] for row in rows], [row[1] for row in rows]
    found = values(measure("BinaryClassification", step=step, label=label, probability=score))
    predicted = [int(each > 0.5) for each in score]
    for name, beta in (("f0_5", 0.5), ("f1", 1.0), ("f2", 2.0)):
        assert found[name] == pytest.approx(metrics.fbeta_score(label, predicted, beta=beta, zero_division=0))
    assert found["recall"] == pytest.approx(metrics.recall_score(label, predicted, zero_division=0))
    assert found["precision"] == pytest.approx(metrics.precision_score(label, predicted, zero_division=0))
    assert found["accuracy"] == pytest.approx(metrics.accuracy_score(label, predicted))
    if len(set(label)) == 2:
        assert found["auc"] == pytest.approx(metrics.roc_auc_score(label, score))


@settings(max_examples=30, deadline=None)
@given(rows=st.lists(st.tuples(st.integers(0, 1), SCORES), min_size=1, max_size=60))
def test_the_curves(measure, rows):
    label, score = [row[0] for row in rows], [row[1] for row in rows]
    if len(set(label)) < 2:
        return
    found = measure("BinaryClassification", label=label, probability=score).metrics
    false, true, _ = metrics.roc_curve(label, score, drop_intermediate=False)
    curve = found.receiver_operating_characteristic_curve
    assert curve.false_positive_rates[:-1] == pytest.approx(false.tolist())
    assert curve.true_positive_rates[:-1] == pytest.approx(true.tolist())
    precision, recall, _ = metrics.precision_recall_curve(label, score)
    assert found.precision_recall_curve.precisions[1:] == pytest.approx(precision[-2::-1].tolist())
    assert found.precision_recall_curve.recalls[1:] == pytest.approx(recall[-2::-1].tolist())


@settings(max_examples=30, deadline=None)
@given(rows=st.lists(st.tuples(CLASSES, CLASSES), min_size=1, max_size=60), step=st.integers(1, 60))
def test_many_classes(measure, values, rows, step):
    label, predicted = [row[0] for row in rows], [row[1] for row in rows]
    statistics = measure("MulticlassClassification", step=step, label=label, prediction=predicted)
    found = values(statistics)
    weighted = {"average": "weighted", "zero_division": 0}
    assert found["accuracy"] == pytest.approx(metrics.accuracy_score(label, predicted))
    assert found["weighted_recall"] == pytest.approx(metrics.recall_score(label, predicted, **weighted))
    assert found["weighted_precision"] == pytest.approx(metrics.precision_score(label, predicted, **weighted))
    for name, beta in (("f0_5", 0.5), ("f1", 1.0), ("f2", 2.0)):
        expected = metrics.fbeta_score(label, predicted, beta=beta, **weighted)
        assert found[f"weighted_{name}"] == pytest.approx(expected)
    labels = sorted({*label, *predicted})
    table = metrics.confusion_matrix(label, predicted, labels=labels).tolist()
    assert [list(row.values()) for row in statistics.metrics.confusion_matrix.values()] == table


@settings(max_examples=30, deadline=None)
@given(rows=st.lists(st.tuples(NUMBERS, NUMBERS), min_size=2, max_size=60), step=st.integers(1, 60))
def test_a_regression(measure, values, rows, step):
    truth, predicted = [row[0] for row in rows], [row[1] for row in rows]
    found = values(measure("Regression", step=step, label=truth, prediction=predicted))
    assert found["mae"] == pytest.approx(metrics.mean_absolute_error(truth, predicted))
    assert found["mse"] == pytest.approx(metrics.mean_squared_error(truth, predicted))
    assert found["rmse"] == pytest.approx(metrics.root_mean_squared_error(truth, predicted))
    if np.ptp(truth) > 1e-6:
        assert found["r2"] == pytest.approx(metrics.r2_score(truth, predicted), rel=1e-6)
