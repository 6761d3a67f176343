"""Search over everything that has a name."""

from collections.abc import Iterator

from leeboard.dashboard.answers import Answer, Cell, Redirect, Table, View
from leeboard.dashboard.pages import Page, Pages
from leeboard.dashboard.visit import Visit
from leeboard.service.views.search import MOST, Found
from leeboard.service.views.search import search as look_for


def search(visit: Visit) -> Answer:
    """What fits; `#17` leads to the execution of that number at once."""
    text = visit.asked("q").strip()
    with visit.service.database.read() as connection:
        found = look_for(visit.service, connection, text, visit.now)
    if text.startswith("#") and found.execution is not None:
        return Redirect(f"/executions/{found.execution.id}")
    title = f"Search: {text[:60]}" if text else "Search"
    tables = {"found": Table(("kind", "name", "of"), lambda: _rows(found))}
    return View("search.html", title, {"found": found, "text": text, "most": MOST}, tables=tables)


def _rows(found: Found) -> Iterator[tuple[Cell, ...]]:
    yield from (("endpoint", name, None) for name in found.endpoints)
    yield from (("schedule", line.name, line.endpoint) for line in found.schedules)
    yield from (("model", name, None) for name in found.models)
    yield from (("feature", each.name, each.schedule) for each in found.features)
    if found.execution is not None:
        yield "execution", str(found.execution.id), found.execution.schedule_name


ENTRY = Pages("search", (Page("GET", "/search", search),))
