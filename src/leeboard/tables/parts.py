"""The parts of records about a model: its label, its answer, its features."""

from collections.abc import Sequence
from dataclasses import dataclass

LABEL = "leeboard:label"
PREDICTION = "leeboard:prediction"
PROBABILITY = "leeboard:probability"


@dataclass(frozen=True, slots=True, kw_only=True)
class Parts:
    """Which parts of a record are wanted and where they are; a block then has them as columns.

    A locator is the name or zero-based index of a column in a data set; in traffic it is the index of a cell
    of CSV, or a JMESPath relative to one record (or to the whole payload, giving a value per record).

    Attributes:
        label: in a data set, or in a JSON ground truth, whose only value it is if not given.
        prediction, probability: in a data set, or in the output of a capture record.
        features: names of the features by position; None for those that the data have.
        reads_features: whether features are wanted at all.
        sole_output_is_probability: without locators, an output of one number per record is a score.
    """

    label: str | None = None
    prediction: str | None = None
    probability: str | None = None
    features: Sequence[str] | None = None
    reads_features: bool = True
    sole_output_is_probability: bool = False
