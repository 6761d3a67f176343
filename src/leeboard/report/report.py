"""What one run has to tell, whatever monitors looked at the data."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

from leeboard.formats.part import Part
from leeboard.formats.violations import Violations
from leeboard.report.content import NONE_MALFORMED
from leeboard.tables import Tally


@dataclass(frozen=True, slots=True, kw_only=True)
class SectionContent:
    """What one monitor has to tell.

    Attributes:
        monitor: its name.
        documents: its result files by their names.
        baseline: the baseline that the data make, or that they were held against.
        violations: None if nothing was held against anything.
        details: what the monitor has beyond that for its section.
    """

    monitor: str
    documents: Mapping[str, Part]
    baseline: Any = None
    violations: Violations | None = None
    details: Any = None

    @property
    def is_check(self) -> bool:
        return self.violations is not None


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """Everything that one report tells.

    Attributes:
        kind: "baseline" for a report on the baseline itself, "check" for data held against it.
        sections: one a monitor.
        strict: the checks were made as AWS makes them, with its defects.
        baseline_name, current_name: the data sets, as the user called them.
        window: the interval that was read, in words; None for all of the data.
        log: lines of the run.
        notes: what was assumed or left out, and why.
    """

    title: str
    created_at: datetime
    kind: Literal["baseline", "check"]
    sections: tuple[SectionContent, ...]
    strict: bool = False
    baseline_name: str = ""
    current_name: str = ""
    window: str | None = None
    tally: Tally = NONE_MALFORMED
    elapsed_s: float | None = None
    log: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()

    @property
    def n_violations(self) -> int:
        return sum(len(one.violations.violations) for one in self.sections if one.violations)
