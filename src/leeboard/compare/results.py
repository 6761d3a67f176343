"""What comes out of comparing current data with a baseline."""

from dataclasses import dataclass, field
from typing import Literal

Decision = Literal["evidence", "threshold"]


@dataclass(frozen=True, slots=True)
class Finding:
    """A broken promise.

    Attributes:
        feature_name: the column, or several joined by a comma and a blank.
        check: name of the check.
        description: as the violations file words it.
        observed, expected: the numbers in the description, shares as 0 to 1; None if it has none.
        hint: what to look at, in plain words; may be empty.
    """

    feature_name: str
    check: str
    description: str
    observed: float | None
    expected: float | None
    hint: str = ""


@dataclass(frozen=True, slots=True)
class DriftScore:
    """How far one column has moved, and what follows.

    Attributes:
        distance: what is compared with `threshold`; at least 0. For a test whose number is a
            p-value, that.
        threshold: the effect floor, or AWS's threshold.
        p_value: of this column alone; None where a threshold decides.
        adjusted_p: the same over all columns of the window.
        note: what keeps the score from saying much; may be empty.
    """

    feature_name: str
    test: str
    distance: float
    threshold: float
    p_value: float | None
    adjusted_p: float | None
    drifted: bool
    decision: Decision
    note: str = ""


@dataclass(frozen=True, slots=True)
class Comparison:
    """Everything that was found, every drift score, and what could not be looked at."""

    findings: list[Finding] = field(default_factory=list)
    drift: list[DriftScore] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
