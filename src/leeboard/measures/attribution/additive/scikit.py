"""Estimators of scikit-learn that are in memory already; no pickle is ever loaded."""

from collections.abc import Sequence
from typing import Any

import numpy as np

from leeboard.measures.attribution.additive.ensemble import Link, TreeEnsemble
from leeboard.measures.attribution.additive.linear import LinearModel
from leeboard.measures.attribution.additive.tree import LEAF, Tree


def of_estimator(estimator: Any) -> TreeEnsemble | LinearModel | None:
    """The same model in leeboard's form; None for a kind that it does not know.

    Known are linear and logistic regressions, trees, random forests, extra trees, and gradient boosting
    with and without histograms.
    """
    names = tuple(str(name) for name in getattr(estimator, "feature_names_in_", ()))
    if hasattr(estimator, "coef_") and hasattr(estimator, "intercept_"):
        return _linear(estimator, names)
    if hasattr(estimator, "_predictors") and hasattr(estimator, "_baseline_prediction"):
        return _histograms(estimator, names)
    if hasattr(estimator, "tree_"):
        return _forest([estimator], estimator, names)
    members = getattr(estimator, "estimators_", None)
    if members is None or not all(
        hasattr(member, "tree_") for member in np.ravel(np.asarray(members, object))
    ):
        return None
    if isinstance(members, np.ndarray):
        return _boosted(estimator, names)
    return _forest(members, estimator, names) if hasattr(estimator, "estimator") else None


def _linear(estimator: Any, names: tuple[str, ...]) -> LinearModel | None:
    coefficients = np.atleast_2d(np.asarray(estimator.coef_, float))
    intercept = np.broadcast_to(np.asarray(estimator.intercept_, float), len(coefficients)).copy()
    if not hasattr(estimator, "classes_"):
        return LinearModel(coefficients, intercept, features=names)
    if type(estimator).__name__ not in ("LogisticRegression", "LogisticRegressionCV"):
        return None
    is_binary = len(coefficients) == 1
    link: Link = "sigmoid" if is_binary else "softmax"
    return LinearModel(coefficients, intercept, link, names, answers_both=is_binary)


def _forest(members: Sequence[Any], estimator: Any, names: tuple[str, ...]) -> TreeEnsemble | None:
    """The mean of the trees: of their values, or of the shares of the classes in their leaves."""
    if getattr(estimator, "n_outputs_", 1) != 1:
        return None
    n_values = members[0].tree_.value.shape[2]
    outputs = np.arange(n_values)
    trees = []
    for member in members:
        values = member.tree_.value[:, 0, :]
        if hasattr(estimator, "classes_"):
            values = values / values.sum(axis=1, keepdims=True)
        trees.append(_tree(member.tree_, values / len(members), outputs))
    return TreeEnsemble(tuple(trees), np.zeros(n_values), estimator.n_features_in_, features=names)


def _boosted(estimator: Any, names: tuple[str, ...]) -> TreeEnsemble | None:
    """A sum over the stages, each with one tree an output."""
    if estimator.init is not None:
        return None  # another model, or zero, of which nothing is known here
    members = estimator.estimators_
    outputs = [np.array([output]) for output in range(members.shape[1])]
    trees = tuple(
        _tree(member.tree_, estimator.learning_rate * member.tree_.value[:, 0, :], output)
        for stage in members
        for member, output in zip(stage, outputs, strict=True)
    )
    base = estimator._raw_predict_init(np.zeros((1, estimator.n_features_in_)))[0]
    is_classifier, is_binary = hasattr(estimator, "classes_"), members.shape[1] == 1
    if is_classifier and estimator.loss != "log_loss":
        return None
    link: Link = ("sigmoid" if is_binary else "softmax") if is_classifier else "identity"
    return TreeEnsemble(
        trees,
        np.asarray(base, float),
        estimator.n_features_in_,
        link,
        1.0,
        names,
        is_classifier and is_binary,
    )


def _tree(tree: Any, values: Any, outputs: Any) -> Tree:
    left = np.asarray(tree.children_left, np.int64)
    goes_left = getattr(tree, "missing_go_to_left", np.zeros(len(left)))
    return Tree(
        feature=np.where(left == -1, LEAF, np.asarray(tree.feature, np.int64)),
        threshold=np.asarray(tree.threshold, float),
        left=left,
        right=np.asarray(tree.children_right, np.int64),
        missing_goes_left=np.asarray(goes_left).astype(bool),
        value=np.asarray(values, float),
        outputs=outputs,
        rounds_numbers=True,
    )


def _histograms(estimator: Any, names: tuple[str, ...]) -> TreeEnsemble | None:
    if getattr(estimator, "is_categorical_", None) is not None:
        return None
    trees = []
    for stage in estimator._predictors:
        for output, predictor in enumerate(stage):
            nodes = predictor.nodes
            is_leaf = nodes["is_leaf"].astype(bool)
            trees.append(
                Tree(
                    feature=np.where(is_leaf, LEAF, nodes["feature_idx"].astype(np.int64)),
                    threshold=nodes["num_threshold"].astype(float),
                    left=nodes["left"].astype(np.int64),
                    right=nodes["right"].astype(np.int64),
                    missing_goes_left=nodes["missing_go_to_left"].astype(bool),
                    value=nodes["value"].astype(float)[:, None],
                    outputs=np.array([output]),
                )
            )
    base = np.ravel(np.asarray(estimator._baseline_prediction, float))
    is_classifier, is_binary = hasattr(estimator, "classes_"), len(base) == 1
    link: Link = ("sigmoid" if is_binary else "softmax") if is_classifier else "identity"
    if not is_classifier and estimator.loss in ("poisson", "gamma"):
        link = "exp"
    return TreeEnsemble(
        tuple(trees), base, estimator.n_features_in_, link, 1.0, names, is_classifier and is_binary
    )
