"""What went wrong, what is right again, and what people did of late."""

from datetime import timedelta

from leeboard.dashboard.answers import Cell, Table, View
from leeboard.dashboard.pages import Page, Pages
from leeboard.dashboard.visit import Visit
from leeboard.service.monitor_types import TITLES
from leeboard.service.views.changes import MOST, Broken, Deed, Turn, changes_since
from leeboard.service.views.overview import watched
from leeboard.service.views.watched import lines_of, names_of

DAY = timedelta(days=1)
BROKEN = ("schedule", "endpoint", "state", "violations", "clean_at")


def changed(visit: Visit) -> View:
    """What went wrong, what is right again, and what people did, in the last day or week."""
    n_days = 7 if visit.asked("range") == "7d" else 1
    since = visit.now - n_days * DAY
    with visit.service.database.read() as connection:
        everything = watched(visit.service, connection, visit.now)
        found = changes_since(connection, lines_of(everything), since)
    context = {
        "turns": found.turns,
        "broken": found.broken,
        "deeds": found.deeds,
        "there": names_of(everything, found.named()),
        "range": "7d" if n_days > 1 else "24h",
        "since": since,
        "monitors": TITLES,
        "most": MOST,
    }
    tables = {
        "alerts": Table(("at", "schedule", "alert"), lambda: map(_turn, found.turns)),
        "broken": Table(BROKEN, lambda: map(_broken, found.broken)),
        "deeds": Table(("at", "what", "subject", "change", "by"), lambda: map(_deed, found.deeds)),
    }
    return View("overview_changes.html", "What changed", context, (("Overview", "/"),), tables)


def _turn(turn: Turn) -> tuple[Cell, ...]:
    return turn.at.isoformat(), turn.schedule, "in alert" if turn.is_in_alert else "ok"


def _broken(each: Broken) -> tuple[Cell, ...]:
    line = each.line
    return line.name, line.endpoint, line.last, line.n_violations, each.clean_at.isoformat()


def _deed(deed: Deed) -> tuple[Cell, ...]:
    return deed.at.isoformat(), deed.what, deed.subject, deed.words, deed.by


ENTRY = Pages("changes", (Page("GET", "/changes", changed),))
