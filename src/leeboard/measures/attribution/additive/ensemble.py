"""A sum of trees as a model, with its exact attributions."""

from dataclasses import dataclass, field
from typing import Literal

import numpy as np
import polars as pl

from leeboard.measures.attribution.additive.levels import Levels, add_all
from leeboard.measures.attribution.additive.numbers import columns_of
from leeboard.measures.attribution.additive.shapley import add_shapley_values
from leeboard.measures.attribution.additive.tree import Tree
from leeboard.measures.attribution.coalitions import Floats
from leeboard.measures.attribution.explanation import Explanation
from leeboard.measures.model import Predictions

Link = Literal["identity", "sigmoid", "softmax", "exp"]

ROWS_AT_ONCE = 1 << 14


@dataclass(frozen=True, slots=True, eq=False)
class TreeEnsemble:
    """Trees whose values add up to a margin.

    Attributes:
        base: what is added to the sum, one an output.
        link: from the margin to what the model answers.
        slope: of the sigmoid.
        features: names, if the model knows them.
        answers_both: a sigmoid gives the probabilities of both classes, not just of the second.
    """

    trees: tuple[Tree, ...]
    base: Floats
    n_features: int
    link: Link = "identity"
    slope: float = 1.0
    features: tuple[str, ...] = field(default=())
    answers_both: bool = False
    _levels: tuple[Levels | None, ...] = field(init=False, repr=False)

    def __post_init__(self) -> None:
        if any((tree.feature >= self.n_features).any() for tree in self.trees):
            raise ValueError("a tree asks for a feature that the model does not have")
        object.__setattr__(self, "_levels", tuple(map(Levels.of, self.trees)))

    def margins(self, columns: Floats) -> Floats:
        """The sums, shape (n_rows, n_outputs)."""
        total = np.repeat(self.base[:, None], columns.shape[1], axis=1)
        add_all(self.trees, self._levels, total, columns)
        return total.T

    def predict(self, rows: pl.DataFrame) -> Predictions:
        margins = self.margins(columns_of(rows, self.features, self.n_features))
        return Predictions(scores=self.linked(margins))

    def linked(self, margins: Floats) -> Floats:
        """What the model answers for these margins."""
        if self.link == "sigmoid":
            positive = 1 / (1 + np.exp(-np.clip(self.slope * margins, -700, 700)))
            return np.column_stack([1 - positive, positive]) if self.answers_both else positive
        if self.link == "softmax":
            powers = np.exp(margins - margins.max(axis=1, keepdims=True))
            return np.asarray(powers / powers.sum(axis=1, keepdims=True))
        return np.exp(np.minimum(margins, 700)) if self.link == "exp" else margins

    def scale(self, use_logit: bool, n_background: int) -> float | None:
        """What a margin times is what Kernel SHAP would explain; None if that is no sum of the parts.

        Kernel SHAP takes log odds of means, so that of several background rows they do not add up.
        """
        if self.link == "identity" and not use_logit:
            return 1.0
        if self.link == "sigmoid" and use_logit and not self.answers_both and n_background == 1:
            return self.slope
        return None

    def explained(
        self, rows: pl.DataFrame, background: pl.DataFrame, *, use_logit: bool
    ) -> Explanation | None:
        """Interventional Shapley values of the margin."""
        scale = self.scale(use_logit, background.height)
        if scale is None:
            return None
        ours, theirs = (columns_of(part, self.features, self.n_features) for part in (rows, background))
        local = np.zeros((rows.height, rows.width, len(self.base)))
        places = self.places(rows)
        for start in range(0, rows.height, ROWS_AT_ONCE):
            some = ours[:, start : start + ROWS_AT_ONCE]
            total = np.zeros((self.n_features, len(self.base), some.shape[1]))
            for tree in self.trees:
                add_shapley_values(tree, some, theirs, total)
            local[start : start + ROWS_AT_ONCE, places] = scale * total.transpose(2, 0, 1)
        return Explanation(
            features=tuple(rows.columns),
            local=local,
            expected=scale * self.margins(theirs).mean(axis=0),
            predictions=scale * self.margins(ours),
            method="trees",
        )

    def places(self, rows: pl.DataFrame) -> list[int]:
        """Where the model's features stand among the columns of the data."""
        if self.features and set(self.features) <= set(rows.columns):
            return [rows.columns.index(name) for name in self.features]
        return list(range(self.n_features))
