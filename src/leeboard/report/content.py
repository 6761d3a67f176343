"""What a report is made of."""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from leeboard.compare import Comparison
from leeboard.formats.constraints import Constraints
from leeboard.formats.statistics import Statistics
from leeboard.tables import Tally

NONE_MALFORMED = Tally.zero()


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportContent:
    """Everything that one report tells.

    Attributes:
        kind: "baseline" for a report on the baseline itself, "check" for data held against it.
        strict: the checks were made as AWS makes them, with its defects.
        baseline_name, current_name: the data sets, as the user called them.
        window: the interval that was read, in words; None for all of the data.
        statistics: of the data in question.
        baseline: statistics of the baseline; None if there are none, or if this is the baseline.
        comparison: None if nothing was compared.
        n_records: records that were read, where they are not rows; None if they are.
        log: lines of the run.
    """

    title: str
    created_at: datetime
    kind: Literal["baseline", "check"]
    statistics: Statistics
    strict: bool = False
    baseline_name: str = ""
    current_name: str = ""
    window: str | None = None
    baseline: Statistics | None = None
    constraints: Constraints | None = None
    comparison: Comparison | None = None
    tally: Tally = NONE_MALFORMED
    n_records: int | None = None
    elapsed_s: float | None = None
    log: tuple[str, ...] = ()
