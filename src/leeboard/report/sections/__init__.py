"""What a report shows of one monitor, one monitor a module."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from markupsafe import Markup

from leeboard.report.report import Report, SectionContent
from leeboard.roster import Roster


@dataclass(frozen=True, slots=True)
class Section:
    """How the findings of one monitor are shown.

    Args:
        name: the monitor's.
        html: its part of a page; `templates/sections/NAME.css` is its style, if there is one.
        terminal: the same in short, as renderables of rich.
        page: (report, content) -> a whole page, where the monitor has one of its own.
        notebook: the same for a notebook's cell.
    """

    name: str
    html: Callable[[SectionContent], Markup]
    terminal: Callable[[SectionContent], Sequence[Any]]
    page: Callable[[Report, SectionContent], str] | None = None
    notebook: Callable[[Report, SectionContent], str] | None = None


SECTIONS = Roster("report section", __name__, Section)
