"""Models of LightGBM, from the text that `save_model` writes."""

from collections.abc import Iterator, Mapping

import numpy as np

from leeboard.errors import FormatError
from leeboard.measures.attribution.additive.ensemble import Link, TreeEnsemble
from leeboard.measures.attribution.additive.tree import LEAF, Ints, Tree
from leeboard.measures.attribution.coalitions import Floats

LINKS: Mapping[str, Link] = {
    "binary": "sigmoid",
    "cross_entropy": "sigmoid",
    "multiclass": "softmax",
    "multiclassova": "sigmoid",
    "poisson": "exp",
    "gamma": "exp",
    "tweedie": "exp",
    "regression": "identity",
    "regression_l1": "identity",
    "huber": "identity",
    "fair": "identity",
    "quantile": "identity",
    "mape": "identity",
    "lambdarank": "identity",
    "rank_xendcg": "identity",
}
CATEGORICAL, DEFAULT_LEFT = 1, 2

Fields = Mapping[str, str]


def read_lightgbm(data: bytes) -> TreeEnsemble:
    """The model in a file.

    Raises:
        FormatError: it is no such file, or has parts that leeboard cannot evaluate.
    """
    try:
        blocks = list(_blocks(data.decode()))
        return _model(blocks[0], blocks[1:])
    except (KeyError, IndexError, ValueError) as error:
        raise FormatError(f"not a model of LightGBM as its save_model writes it: {error!r}") from error


def _blocks(text: str) -> Iterator[Fields]:
    """The head, then each tree."""
    body = text.split("\nend of trees", 1)[0]
    for block in body.split("\nTree="):
        lines = (line.partition("=") for line in block.splitlines())
        yield {key: value for key, _, value in lines}


def _model(head: Fields, blocks: list[Fields]) -> TreeEnsemble:
    objective, *options = head.get("objective", "regression").split()
    if objective not in LINKS or "sqrt" in options:
        raise FormatError(
            f"leeboard does not know what LightGBM's objective {head['objective']!r} makes of its trees"
        )
    slope = next((float(option[8:]) for option in options if option.startswith("sigmoid:")), 1.0)
    n_outputs, names = int(head["num_tree_per_iteration"]), tuple(head["feature_names"].split())
    share = n_outputs / len(blocks) if "average_output" in head else 1.0
    trees = tuple(_tree(block, number % n_outputs, share) for number, block in enumerate(blocks))
    return TreeEnsemble(trees, np.zeros(n_outputs), len(names), LINKS[objective], slope, names)


def _tree(block: Fields, output: int, share: float) -> Tree:
    if block.get("is_linear", "0") != "0":
        raise FormatError("leeboard does not read LightGBM's trees with linear models in their leaves")
    leaves = share * _floats(block["leaf_value"])
    n_inner = len(leaves) - 1
    decisions = _ints(block.get("decision_type", ""))
    nothing = np.zeros(len(leaves))
    return Tree(
        feature=np.concatenate([_ints(block.get("split_feature", "")), np.full(len(leaves), LEAF)]),
        threshold=np.concatenate([_floats(block.get("threshold", "")), nothing]),
        left=np.concatenate([_children(block.get("left_child", ""), n_inner), nothing.astype(np.int64)]),
        right=np.concatenate([_children(block.get("right_child", ""), n_inner), nothing.astype(np.int64)]),
        missing_goes_left=np.concatenate([decisions & DEFAULT_LEFT, nothing]).astype(bool),
        value=np.concatenate([np.zeros(n_inner), leaves])[:, None],
        outputs=np.array([output]),
        missing=decisions >> 2 & 3,
        categories=_categories(block, decisions),
    )


def _children(text: str, n_inner: int) -> Ints:
    """A leaf is written as -1 minus its number, and comes after the inner nodes."""
    children = _ints(text)
    return np.where(children < 0, n_inner - 1 - children, children)


def _categories(block: Fields, decisions: Ints) -> dict[int, frozenset[int]]:
    """The threshold of such a node is the number of a bit set."""
    asks = np.flatnonzero(decisions & CATEGORICAL)
    if not len(asks):
        return {}
    bounds, words = _ints(block["cat_boundaries"]), _ints(block["cat_threshold"])
    sets = _floats(block["threshold"])[asks].astype(int)
    return {
        int(node): frozenset(
            32 * place + bit
            for place, word in enumerate(words[bounds[number] : bounds[number + 1]])
            for bit in range(32)
            if int(word) >> bit & 1
        )
        for node, number in zip(asks, sets, strict=True)
    }


def _ints(text: str) -> Ints:
    return np.array(text.split(), dtype=np.int64)


def _floats(text: str) -> Floats:
    return np.array(text.split(), dtype=np.float64)
