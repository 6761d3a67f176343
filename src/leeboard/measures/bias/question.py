"""What is asked about bias: which groups, which outcome, and how closely."""

from collections.abc import Sequence
from dataclasses import dataclass, field

Value = int | float | str


@dataclass(frozen=True, slots=True)
class Watched:
    """A column that is watched, and the values of it that matter.

    Attributes:
        column: its name, or its position from 0 among the columns that are no parts of a record.
        values: none for all of them; one number may be a threshold, which the data decide.
    """

    column: str | int
    values: tuple[Value, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class FlipOptions:
    """How the flip test looks at rows.

    Attributes:
        max_rows: all rows up to this many, beyond it a sample of so many; 0 leaves the test out.
        exclude: columns that are no features; the parts of a record and the facet itself never are.
        needs_numbers: a feature of text is an error, as with AWS; else it is left out.
    """

    max_rows: int = 10_000
    exclude: Sequence[str | int] = ()
    needs_numbers: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """Everything that decides how rows are counted.

    Attributes:
        facets: the columns whose values make groups.
        positive: values of the label that are the good outcome, or one threshold.
        label_name: of the label, for texts; its cells are in a column of its own.
        group_variable: the column within whose values shares are compared.
        probability_threshold: a greater score is a positive prediction.
        label_headers: the class of each score where there are several.
        seed: of all that is drawn.
    """

    facets: tuple[Watched, ...]
    positive: tuple[Value, ...] = ()
    label_name: str = "label"
    group_variable: str | int | None = None
    probability_threshold: float = 0.5
    label_headers: tuple[Value, ...] = ()
    flip: FlipOptions = field(default_factory=FlipOptions)
    seed: int = 7_070
