"""The measures by their short names: 8 about the data, 13 about the answers of a model."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from math import inf, log

from leeboard.measures.bias import formulas as f
from leeboard.measures.bias.contingency import Contingency
from leeboard.measures.bias.table import Floats


class Stage(StrEnum):
    """When bias is looked for, as the metric store names it."""

    PRE_TRAINING = "Pre-training"
    POST_TRAINING = "Post-Training"


class Needs(StrEnum):
    """What a measure cannot do without."""

    LABEL = "label"
    LABEL_CLASSES = "classes of the label"
    PREDICTION = "prediction"
    BOTH = "label and prediction"
    LABEL_AND_GROUP = "label and group variable"
    PREDICTION_AND_GROUP = "prediction and group variable"
    NEIGHBOURS = "prediction and numeric features"


@dataclass(frozen=True, slots=True)
class Measure:
    """One measure.

    Attributes:
        name: as files have it.
        title: in words.
        formula: None for the flip test, which looks at rows.
        neutral: its value where there is no bias.
    """

    name: str
    title: str
    stage: Stage
    needs: Needs
    formula: Callable[[Contingency], Floats] | None
    neutral: float = 0.0

    @property
    def description(self) -> str:
        """As AWS's files have it."""
        return f"{self.title} ({self.name})"

    def distance(self, value: float) -> float:
        """How far from no bias, at least 0; for a ratio, how often it must be halved or doubled, in e's."""
        if self.neutral == 0.0:
            return abs(value)
        return abs(log(value)) if 0 < value < inf else inf


_PRE = [
    Measure("CI", "Class Imbalance", Stage.PRE_TRAINING, Needs.LABEL, f.class_imbalance),
    Measure(
        "DPL",
        "Difference in Positive Proportions in Labels",
        Stage.PRE_TRAINING,
        Needs.LABEL,
        f.label_proportions,
    ),
    Measure("KL", "Kullback-Leibler Divergence", Stage.PRE_TRAINING, Needs.LABEL_CLASSES, f.kullback_leibler),
    Measure("JS", "Jensen-Shannon Divergence", Stage.PRE_TRAINING, Needs.LABEL_CLASSES, f.jensen_shannon),
    Measure("LP", "L-p Norm", Stage.PRE_TRAINING, Needs.LABEL_CLASSES, f.lp_norm),
    Measure("TVD", "Total Variation Distance", Stage.PRE_TRAINING, Needs.LABEL_CLASSES, f.total_variation),
    Measure(
        "KS", "Kolmogorov-Smirnov Distance", Stage.PRE_TRAINING, Needs.LABEL_CLASSES, f.kolmogorov_smirnov
    ),
    Measure(
        "CDDL",
        "Conditional Demographic Disparity in Labels",
        Stage.PRE_TRAINING,
        Needs.LABEL_AND_GROUP,
        f.conditional_disparity_of_labels,
    ),
]


def _post(
    name: str, title: str, needs: Needs, formula: Callable[[Contingency], Floats] | None, neutral: float = 0.0
) -> Measure:
    return Measure(name, title, Stage.POST_TRAINING, needs, formula, neutral)


_POST = [
    _post(
        "DPPL",
        "Difference in Positive Proportions in Predicted Labels",
        Needs.PREDICTION,
        f.prediction_proportions,
    ),
    _post("DI", "Disparate Impact", Needs.PREDICTION, f.disparate_impact, 1.0),
    _post("DCA", "Difference in Conditional Acceptance", Needs.BOTH, f.conditional_acceptance),
    _post("DCR", "Difference in Conditional Rejection", Needs.BOTH, f.conditional_rejection),
    _post("RD", "Recall Difference", Needs.BOTH, f.recall_difference),
    _post("DAR", "Difference in Acceptance Rates", Needs.BOTH, f.acceptance_rates),
    _post("DRR", "Difference in Rejection Rates", Needs.BOTH, f.rejection_rates),
    _post("AD", "Accuracy Difference", Needs.BOTH, f.accuracy_difference),
    _post(
        "CDDPL",
        "Conditional Demographic Disparity in Predicted Labels",
        Needs.PREDICTION_AND_GROUP,
        f.conditional_disparity_of_predictions,
    ),
    _post("TE", "Treatment Equality", Needs.BOTH, f.treatment_equality),
    _post("FT", "Flip Test", Needs.NEIGHBOURS, None),
    _post("GE", "Generalized Entropy", Needs.BOTH, f.generalized_entropy),
    _post("SD", "Specificity Difference", Needs.BOTH, f.specificity_difference),
]

MEASURES: Mapping[str, Measure] = {m.name: m for m in sorted([*_PRE, *_POST], key=lambda m: m.name)}


def measures_of(stage: Stage) -> list[Measure]:
    """Sorted by their short names, as files have them."""
    return [measure for measure in MEASURES.values() if measure.stage == stage]
