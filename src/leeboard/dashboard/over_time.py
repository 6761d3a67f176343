"""What the pages of features, model quality, bias and attribution over time have in common."""

from collections.abc import Callable, Mapping
from typing import Any, Protocol

from leeboard.dashboard.answers import Table, View
from leeboard.dashboard.rendering import here
from leeboard.dashboard.visit import Visit
from leeboard.dashboard.windows import window_name
from leeboard.service.executions import Execution
from leeboard.service.views.over_time import RANGES, OverTime


class Told(Protocol):
    """What a view says of one schedule."""

    @property
    def over(self) -> OverTime: ...


def to_window(visit: Visit) -> Callable[[Execution], str]:
    """Leads to the same page for another window."""
    return lambda window: here(visit, window=str(window.id))


def over_time_view(
    template: str, title: str, told: Told, *, limit: int, tables: Mapping[str, Table], **context: Any
) -> View:
    """The page of a schedule over its last windows.

    Args:
        limit: how many of them.
    """
    name = told.over.schedule.name
    trail = (("Schedules", "/schedules"), (name, f"/schedules/{name}"))
    known = {"told": told, "over": told.over, "ranges": RANGES, "limit": limit, "window_name": window_name}
    return View(template, title, known | context, trail, tables=tables, has_charts=True)
