"""What attributions are held against, and what a report shows of them."""

from collections.abc import Mapping
from dataclasses import dataclass

from leeboard.formats.analysis import AnalysisResult, KernelShap
from leeboard.measures.attribution.comparison import LabelComparison, compared
from leeboard.measures.attribution.explaining import Explained


def labels_in(analysis: AnalysisResult) -> Mapping[str, KernelShap]:
    """The attributions of each label."""
    return (analysis.explanations.kernel_shap if analysis.explanations else None) or {}


def numbers_of(shap: KernelShap) -> dict[str, float]:
    """The global attributions by feature; NaN and infinities are written as text."""
    return {name: float(value) for name, value in shap.global_shap_values.items()}


def compared_analyses(baseline: AnalysisResult, current: AnalysisResult) -> tuple[LabelComparison, ...]:
    """Each label of the baseline that is there now, against itself."""
    now = labels_in(current)
    return tuple(
        compared(label, numbers_of(known), numbers_of(now[label]))
        for label, known in labels_in(baseline).items()
        if label in now
    )


@dataclass(frozen=True, slots=True)
class AttributionBaseline:
    """What attributions are held against."""

    analysis: AnalysisResult


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class AttributionDetails:
    """What the report shows beyond the documents.

    Attributes:
        explained: rows, background, local values, curves.
        labels: names of the outputs.
        threshold: of NDCG, in [0, 1].
        max_relative_change: in [0, 1]; None if it is not looked at.
        n_rows: of the data, of which some were explained.
    """

    explained: Explained
    labels: tuple[str, ...]
    threshold: float
    max_relative_change: float | None
    n_rows: int
