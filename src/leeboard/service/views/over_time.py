"""A schedule over its last windows, one of which is looked at: what pages of all monitors begin with."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import Connection

from leeboard.formats.summary import Summary
from leeboard.formats.whole_number import whole_number
from leeboard.service import scheduling
from leeboard.service.executions import Execution, find_execution
from leeboard.service.refusals import InvalidRequestError, ResourceNotFoundError
from leeboard.service.resources import Resource
from leeboard.service.service import Service
from leeboard.service.summaries import History, history
from leeboard.service.views.windows import summary_of_execution

FEWEST, USUAL, MOST = 24, 168, 720
RANGES = (FEWEST, USUAL, MOST)
"""How many windows a page shows."""


@dataclass(frozen=True, slots=True)
class OverTime:
    """Windows of a schedule, oldest first, and the one that is looked at.

    Attributes:
        window: the one that was asked for, else the last one with numbers; None if there is none.
    """

    schedule: Resource
    history: History
    window: Execution | None
    summary: Summary | None

    @property
    def at(self) -> int | None:
        """Where the window stands in the history; None if it is older."""
        found = (i for i, one in enumerate(self.history.windows) if self.window and one.id == self.window.id)
        return next(found, None)

    @property
    def choices(self) -> list[Execution]:
        """Windows with numbers, newest first."""
        pairs = zip(self.history.windows, self.history.has_summary, strict=True)
        return [one for one, has_summary in pairs if has_summary][::-1]


def over_time(
    service: Service,
    name: str,
    window: str,
    *,
    monitoring_type: str,
    limit: int = USUAL,
    columns: Sequence[str] = (),
) -> OverTime:
    """The last windows of a schedule.

    Args:
        window: id of an execution, as a query has it; "" for the last one.
        columns: those of features that are wanted over time.

    Raises:
        ResourceNotFoundError: there is no such schedule, or it has no such window.
        InvalidRequestError: it is of another monitoring type.
    """
    with service.database.read() as connection:
        schedule = scheduling.existing(connection, name)
        if schedule.monitoring_type != monitoring_type:
            raise InvalidRequestError(
                f"the schedule {schedule.name} is of type {schedule.monitoring_type}, and this page shows "
                f"{monitoring_type}"
            )
        told = history(connection, [schedule.id], limit=limit, columns=columns)
        chosen = window_of(connection, schedule, window) if window else _last(told)
    summary = summary_of_execution(service, chosen) if chosen else None
    return OverTime(schedule, told, chosen, summary)


def window_of(connection: Connection, schedule: Resource, number: str) -> Execution:
    """One execution of a schedule by its id.

    Raises:
        ResourceNotFoundError: it has no such execution.
    """
    found = find_execution(connection, whole_number(number))
    if found is None or found.schedule_id != schedule.id:
        raise ResourceNotFoundError(f"The schedule {schedule.name} has no execution {number[:40]}.")
    return found


def asked_range(text: str) -> int:
    """The number of windows that a query asks for; the usual one if it is none of the choices."""
    return int(text) if text in map(str, RANGES) else USUAL


def _last(told: History) -> Execution | None:
    """The newest with numbers; without any, the newest that ended."""
    pairs = zip(reversed(told.windows), reversed(told.has_summary), strict=True)
    return next((one for one, has in pairs if has), told.windows[-1] if told.windows else None)
