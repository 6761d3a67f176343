"""The audit log: who changed what, and when."""

from datetime import UTC, datetime

from leeboard.dashboard.answers import Table, View
from leeboard.dashboard.pages import Page, Pages
from leeboard.dashboard.visit import Visit
from leeboard.formats.whole_number import whole_number
from leeboard.service.access import audit
from leeboard.state.columns import EPOCH, MICROSECOND

PER_PAGE = 100


def changes(visit: Visit) -> View:
    """The youngest first; filters and the place are in the URL."""
    wanted = audit.Asked(
        subject=visit.asked("subject") or None,
        visitor=visit.asked("visitor") or None,
        action=visit.asked("action") or None,
        since=_day(visit.asked("since")),
    )
    with visit.service.database.read() as connection:
        lines = audit.read(connection, wanted, before=_place(visit.asked("before")), limit=PER_PAGE + 1)
    more = lines[PER_PAGE - 1] if len(lines) > PER_PAGE else None
    context = {"lines": lines[:PER_PAGE], "before": _written(more) if more else None}
    tables = {"changes": Table(audit.COLUMNS, lambda: audit.rows(visit.service.database, wanted))}
    return View("audit.html", "Audit log", context, tables=tables, fragment="results")


def _day(text: str) -> datetime | None:
    try:
        return datetime.strptime(text, "%Y-%m-%d").replace(tzinfo=UTC)
    except ValueError:
        return None


def _written(line: audit.Line) -> str:
    return f"{(line.at - EPOCH) // MICROSECOND}.{line.id}"


def _place(text: str) -> tuple[datetime, int] | None:
    at, number = map(whole_number, text.partition(".")[::2])
    if at is None or number is None:
        return None
    try:
        return EPOCH + at * MICROSECOND, number
    except OverflowError:
        return None


ENTRY = Pages("audit", (Page("GET", "/audit", changes),), tab=("Audit log", "/audit"), order=90)
