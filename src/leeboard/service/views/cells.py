"""One cell of a table of monitors: the worst state of some schedules, and how many are in it."""

from collections.abc import Sequence
from dataclasses import dataclass

from leeboard.service.monitor_types import TYPES
from leeboard.service.views.fleet import Line
from leeboard.service.views.states import State


@dataclass(frozen=True, slots=True)
class Cell:
    """The schedules of one monitor: the worst state, and how many are in it.

    Attributes:
        schedule, n_violations: of the worst one.
        n_overdue: whatever their state.
        was: how the last run ended of one that is stopped or overdue.
    """

    state: State
    n: int = 0
    n_worst: int = 0
    schedule: str | None = None
    n_violations: int | None = None
    is_running: bool = False
    n_in_alert: int = 0
    n_overdue: int = 0
    was: State | None = None

    @property
    def is_overdue(self) -> bool:
        return self.n_overdue > 0


def cells_of(of: Sequence[Line]) -> dict[str, Cell]:
    """One for each of the four types; those without a schedule are not monitored."""
    return {kind: _cell([line for line in of if line.monitoring_type == kind]) for kind in TYPES}


def _cell(of: Sequence[Line]) -> Cell:
    if not of:
        return Cell("not monitored")
    first = min(of, key=lambda line: (line.rank, -(line.n_violations or 0)))
    return Cell(
        first.state,
        len(of),
        sum(line.state == first.state for line in of),
        first.name,
        first.n_violations,
        any(line.is_running for line in of),
        sum(line.is_in_alert for line in of),
        sum(line.is_overdue for line in of),
        first.was,
    )
