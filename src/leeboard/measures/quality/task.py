"""What is asked of a model, and how its answers are to be understood."""

from dataclasses import dataclass

from leeboard.formats.model_quality import ProblemType

ABOVE, BELOW = "leeboard:above", "leeboard:below"
"""Predicted labels where only a score is known: above the threshold, or not."""
TRUE, FALSE = "1", "0"


@dataclass(frozen=True, slots=True, kw_only=True)
class QualityTask:
    """What is asked of a model.

    Attributes:
        problem_type: as AWS writes it.
        probability_threshold: a score strictly greater is the positive class.
        positive_label: of a binary problem whose labels are not 1 and 0.
        label_headers: the classes in the order of a list of scores; without them a class is its index.
    """

    problem_type: ProblemType
    probability_threshold: float = 0.5
    positive_label: str | None = None
    label_headers: tuple[str, ...] = ()

    @property
    def positive_key(self) -> str:
        """The positive class of a binary problem, as its labels are counted."""
        return TRUE if self.positive_label is None else binary_key(self.positive_label)


def binary_key(text: str) -> str:
    """A label of a binary problem: 1, 1.0 and true are the same, and so are 0, 0.0 and false.

    >>> [binary_key(text) for text in ("1.0", "True", "0", "false", "yes ", "2")]
    ['1', '1', '0', '0', 'yes', '2']
    """
    text = text.strip()
    if text.lower() in ("true", "false"):
        return TRUE if text.lower() == "true" else FALSE
    try:
        number = float(text)
    except ValueError:
        return text
    return {1.0: TRUE, 0.0: FALSE}.get(number, text)
