"""What features add to the answers of a model: of each row, and over all rows."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal

import numpy as np

from leeboard.measures.attribution.coalitions import Floats

Aggregation = Literal["mean_abs", "median", "mean_sq"]
Method = Literal["kernel_shap", "trees", "linear"]

AGGREGATIONS: Mapping[str, Callable[[Floats], Floats]] = {
    "mean_abs": lambda local: np.abs(local).mean(axis=0),
    "median": lambda local: np.median(local, axis=0),
    "mean_sq": lambda local: np.square(local).mean(axis=0),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class ShapOptions:
    """How the model is asked.

    Attributes:
        n_samples: coalitions asked about each row; None: 2 M + 2048, less if `max_model_rows` says so.
        seed: of the sampling of coalitions.
        use_logit: explain log odds instead of probabilities.
        max_rows_per_call: most rows that the model is given at once.
        n_parallel_calls: calls at a time; no result depends on it.
        max_model_rows: what all calls together should hold, for a default `n_samples`; None: no bound.
        label_headers: names of labels, for models that answer with labels alone.
    """

    n_samples: int | None = None
    seed: int = 0
    use_logit: bool = False
    max_rows_per_call: int = 8_192
    n_parallel_calls: int = 4
    max_model_rows: int | None = 100_000_000
    label_headers: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Explanation:
    """Attributions of all rows; for each row and output they add up to prediction minus expected.

    Attributes:
        features: their names.
        local: shape (n_rows, n_features, n_outputs).
        expected: shape (n_outputs,); the mean answer to the background, on the explained scale.
        predictions: shape (n_rows, n_outputs), on the explained scale.
        method: how it was computed; all but kernel_shap are exact and ask the model nothing.
        n_calls, n_model_rows: what the model was asked.
        notes: what was done otherwise than asked, and why.
        units: of features that are text, the units of each row with their attributions.
    """

    features: tuple[str, ...]
    local: Floats
    expected: Floats
    predictions: Floats
    method: Method = "kernel_shap"
    n_calls: int = 0
    n_model_rows: int = 0
    notes: tuple[str, ...] = ()
    units: Mapping[str, Sequence["UnitValues"]] = field(default_factory=dict)

    @property
    def n_outputs(self) -> int:
        return len(self.expected)

    def overall(self, aggregation: Aggregation = "mean_abs") -> Floats:
        """One value a feature and output, shape (n_features, n_outputs); 0 without rows.

        Args:
            aggregation: mean of sizes, median, or mean of squares of the local values.
        """
        if not len(self.local):
            return np.zeros(self.local.shape[1:])
        return AGGREGATIONS[aggregation](self.local)


@dataclass(frozen=True, slots=True, eq=False)
class UnitValues:
    """The units of one text with what each adds, shape (n_units, n_outputs)."""

    units: tuple[str, ...]
    starts: tuple[int, ...]
    values: Floats
