"""What Clarify finds out about a model, `analysis.json`: bias per group, attributions per feature.

The file is both a result and the constraints that later data are held against.
"""

from collections.abc import Iterator
from math import isinf
from typing import Any

from pydantic import ConfigDict, Field

from leeboard.formats.part import Part, Share
from leeboard.formats.writing import Bare

INFINITE = "The value is infinite: something was divided by zero"
"""Stands in the place of an infinity, which JSON has no word for."""


class BiasExtension(Part):
    """What leeboard says of one measure beyond AWS's file.

    Attributes:
        value: the value that JSON has no word for, as the text `Infinity` or `-Infinity`.
        low, high: ends of the bootstrap confidence interval; they may be such a text as well.
        confidence: level of the interval.
    """

    value: float | None = None
    low: float | None = None
    high: float | None = None
    confidence: Share | None = None


class BiasMetric(Part):
    """One measure of bias about one group; without a value it says why."""

    name: str
    description: str = ""
    value: float | None = None
    error: str | None = None
    leeboard: BiasExtension | None = None

    @classmethod
    def of(
        cls,
        name: str,
        description: str,
        value: float | None,
        *,
        error: str | None = None,
        extension: BiasExtension | None = None,
        is_strict: bool = False,
    ) -> "BiasMetric":
        """A measure as it may be written: an infinity stays one in strict mode, as AWS's files have it."""
        told: dict[str, Any] = {"name": name, "description": description, "value": value}
        if value is not None and isinf(value) and not is_strict:
            extension = (extension or BiasExtension()).model_copy(update={"value": value})
            told |= {"value": None, "error": INFINITE}
        elif error is not None:
            told["error"] = error
        return cls(**told) if extension is None else cls(**told, leeboard=extension)

    @property
    def number(self) -> float | None:
        """The value, infinities included; None if it could not be computed."""
        if self.value is None and self.leeboard is not None:
            return self.leeboard.value
        return self.value

    def members(self) -> Iterator[tuple[str, Any]]:
        """A value that is null is written; an infinity has no quotes, as AWS has it."""
        found = dict(super().members())
        if "value" not in self.model_fields_set:
            return iter(found.items())
        value = None if self.value is None else Bare(self.value)
        head = {key: found.pop(key) for key in ("name", "description") if key in found}
        return iter((head | {"value": value} | {k: v for k, v in found.items() if k != "value"}).items())


class GroupCounts(Part):
    """The rows behind the measures about one group: of it, and of all others.

    Attributes:
        n_rows, n_observed_positive, n_predicted_positive, n_true_positive: of the group.
        n_other_rows and so on: of all other rows.
    """

    n_rows: int = 0
    n_observed_positive: int | None = None
    n_predicted_positive: int | None = None
    n_true_positive: int | None = None
    n_other_rows: int = 0
    n_other_observed_positive: int | None = None
    n_other_predicted_positive: int | None = None
    n_other_true_positive: int | None = None


class FacetMetrics(Part):
    """The measures about one group of one facet, sorted by their names."""

    model_config = ConfigDict(coerce_numbers_to_str=True)

    value_or_threshold: str
    metrics: list[BiasMetric] = Field(default_factory=list)
    leeboard: GroupCounts | None = None

    @property
    def by_name(self) -> dict[str, BiasMetric]:
        """The measures by their short names."""
        return {metric.name: metric for metric in self.metrics}


class BiasMetrics(Part):
    """All groups of one stage: before or after the model had its say."""

    model_config = ConfigDict(coerce_numbers_to_str=True)

    label: str = ""
    facets: dict[str, list[FacetMetrics]] = Field(default_factory=dict)
    label_value_or_threshold: str = ""


class KernelShap(Part):
    """What the features add to one output of a model, over all rows that were explained.

    Attributes:
        global_shap_values: by feature.
        expected_value: output of the model on the background.
    """

    global_shap_values: dict[str, Any] = Field(default_factory=dict)
    expected_value: float | list[float] | None = None


class PartialDependence(Part):
    """How the output of a model depends on one feature, the others being as they are."""

    feature_name: str
    data_type: str | None = None
    feature_values: list[Any] | None = None
    model_predictions: Any = None
    data_distribution: list[float] | None = None


class Explanations(Part):
    """Why a model answers as it does, by method; attributions by the label that they are about."""

    kernel_shap: dict[str, KernelShap] | None = None
    pdp: list[PartialDependence] | None = None


class AnalysisResult(Part):
    """The whole file; every part may be missing."""

    version: int | float | str = "1.0"
    pre_training_bias_metrics: BiasMetrics | None = None
    post_training_bias_metrics: BiasMetrics | None = None
    explanations: Explanations | None = None
