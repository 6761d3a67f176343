"""Models of XGBoost, from the JSON or UBJSON that `save_model` writes."""

import json
from collections.abc import Callable, Mapping
from typing import Any

import numpy as np

from leeboard.errors import FormatError
from leeboard.measures.attribution.additive.ensemble import Link, TreeEnsemble
from leeboard.measures.attribution.additive.linear import LinearModel
from leeboard.measures.attribution.additive.tree import LEAF, Tree
from leeboard.measures.attribution.additive.ubjson import read_ubjson
from leeboard.measures.attribution.coalitions import Floats

IDENTITY: Callable[[Floats], Floats] = np.asarray

LINKS: Mapping[str, Link] = {
    "binary:logistic": "sigmoid",
    "reg:logistic": "sigmoid",
    "multi:softprob": "softmax",
    "multi:softmax": "softmax",
    "count:poisson": "exp",
    "reg:gamma": "exp",
    "reg:tweedie": "exp",
    "survival:cox": "exp",
    "survival:aft": "exp",
    "binary:logitraw": "identity",
    "reg:squarederror": "identity",
    "reg:linear": "identity",
    "reg:squaredlogerror": "identity",
    "reg:pseudohubererror": "identity",
    "reg:absoluteerror": "identity",
    "reg:quantileerror": "identity",
    "rank:pairwise": "identity",
    "rank:ndcg": "identity",
    "rank:map": "identity",
}


def read_xgboost(data: bytes) -> TreeEnsemble | LinearModel:
    """The model in a file of either form.

    Raises:
        FormatError: it is no such file, or has parts that leeboard cannot evaluate.
    """
    document = _document(data)
    try:
        return _model(document["learner"])
    except (KeyError, TypeError, IndexError, ValueError) as error:
        raise FormatError(f"not a model of XGBoost as its save_model writes it: {error!r}") from error


def _document(data: bytes) -> Any:
    if data[:2] in (b"{L", b"{i", b"{U", b"{I", b"{l"):  # a length where JSON has a quote or a blank
        return read_ubjson(data)
    try:
        return json.loads(data)
    except ValueError as error:
        raise FormatError(f"not a model of XGBoost as its save_model writes it: {error}") from error


def _model(learner: Mapping[str, Any]) -> TreeEnsemble | LinearModel:
    parameters, booster = learner["learner_model_param"], learner["gradient_booster"]
    objective = learner["objective"]["name"]
    if objective not in LINKS:
        raise FormatError(f"leeboard does not know what XGBoost's objective {objective!r} makes of its trees")
    n_outputs = max(1, int(parameters["num_class"]), int(parameters.get("num_target", 1)))
    base = _base(parameters["base_score"], objective, n_outputs)
    n_features, names = int(parameters["num_feature"]), tuple(learner.get("feature_names") or ())
    if booster["name"] == "gblinear":
        weights = np.array(booster["model"]["weights"], float).reshape(n_features + 1, n_outputs)
        return LinearModel(weights[:-1].T, weights[-1] + base, LINKS[objective], names)
    inner = booster["gbtree"]["model"] if "gbtree" in booster else booster["model"]
    drops = booster.get("weight_drop", [1.0] * len(inner["trees"]))
    trees = tuple(
        _tree(tree, int(output), float(drop))
        for tree, output, drop in zip(inner["trees"], inner["tree_info"], drops, strict=True)
    )
    return TreeEnsemble(trees, base, n_features, LINKS[objective], features=names)


def _base(text: str, objective: str, n_outputs: int) -> Floats:
    """The margin that all rows begin with; the file has it on the scale of the answers."""
    scores = np.array([float(part) for part in str(text).strip("[]").split(",")])
    if objective in ("binary:logistic", "reg:logistic", "binary:logitraw"):
        scores = np.log(scores) - np.log1p(-scores)
    elif LINKS[objective] == "exp":
        scores = np.log(scores)
    return np.broadcast_to(scores, n_outputs).copy()


def _tree(tree: Mapping[str, Any], output: int, weight: float) -> Tree:
    if int(tree["tree_param"].get("size_leaf_vector", 1)) > 1:
        raise FormatError("leeboard does not read XGBoost's trees with several values in a leaf")
    left = np.array(tree["left_children"], np.int64)
    conditions = np.array(tree["split_conditions"], float)
    return Tree(
        feature=np.where(left == -1, LEAF, np.array(tree["split_indices"], np.int64)),
        threshold=conditions,
        left=left,
        right=np.array(tree["right_children"], np.int64),
        missing_goes_left=np.array(tree["default_left"]).astype(bool),
        value=weight * conditions[:, None],
        outputs=np.array([output]),
        includes_equal=False,
        in_single_precision=True,
        categories=_categories(tree),
        listed_go_left=False,
    )


def _categories(tree: Mapping[str, Any]) -> dict[int, frozenset[int]]:
    listed = [int(code) for code in tree.get("categories", [])]
    places = zip(
        tree.get("categories_nodes", []),
        tree.get("categories_segments", []),
        tree.get("categories_sizes", []),
        strict=True,
    )
    return {int(node): frozenset(listed[int(start) : int(start) + int(n)]) for node, start, n in places}
