"""Linear models, whose attributions are their terms."""

from dataclasses import dataclass, field

import numpy as np
import polars as pl

from leeboard.measures.attribution.additive.ensemble import Link, TreeEnsemble
from leeboard.measures.attribution.additive.numbers import columns_of
from leeboard.measures.attribution.coalitions import Floats
from leeboard.measures.attribution.explanation import Explanation
from leeboard.measures.model import Predictions


@dataclass(frozen=True, slots=True, eq=False)
class LinearModel:
    """`intercept + coefficients . x`, through a link.

    Attributes:
        coefficients: shape (n_outputs, n_features).
        intercept: shape (n_outputs,).
        answers_both: as in a tree ensemble.
    """

    coefficients: Floats
    intercept: Floats
    link: Link = "identity"
    features: tuple[str, ...] = field(default=())
    answers_both: bool = False

    @property
    def _rest(self) -> TreeEnsemble:
        """What is the same for every additive model."""
        n_features = self.coefficients.shape[1]
        return TreeEnsemble((), self.intercept, n_features, self.link, 1.0, self.features, self.answers_both)

    def predict(self, rows: pl.DataFrame) -> Predictions:
        columns = columns_of(rows, self.features, self.coefficients.shape[1])
        return Predictions(scores=self._rest.linked((self.coefficients @ columns).T + self.intercept))

    def explained(
        self, rows: pl.DataFrame, background: pl.DataFrame, *, use_logit: bool
    ) -> Explanation | None:
        """phi_j = b_j (x_j - E x_j) (Štrumbelj and Kononenko, 2014)."""
        scale = self._rest.scale(use_logit, background.height)
        if scale is None:
            return None
        n_features = self.coefficients.shape[1]
        ours, theirs = (columns_of(part, self.features, n_features) for part in (rows, background))
        middle = theirs.mean(axis=1)
        terms = scale * np.einsum("of,fn->nfo", self.coefficients, ours - middle[:, None])
        local = np.zeros((rows.height, rows.width, len(self.intercept)))
        local[:, self._rest.places(rows)] = terms
        expected = scale * (self.coefficients @ middle + self.intercept)
        return Explanation(
            features=tuple(rows.columns),
            local=local,
            expected=expected,
            predictions=expected + terms.sum(axis=1),
            method="linear",
        )
