"""Baselines: what windows are compared with, where it came from, and who uses it."""

from collections.abc import Iterator

from leeboard.dashboard.answers import Cell, Table, View
from leeboard.dashboard.pages import Page, Pages
from leeboard.dashboard.paging import Paging
from leeboard.dashboard.visit import Visit
from leeboard.service.monitor_types import TITLES
from leeboard.service.views.baselines import Baseline, baselines

COLUMNS = ("monitor", "constraints", "statistics", "job", "status", "made_at", "data", "schedules")
MOST_USERS = 5


def list_baselines(visit: Visit) -> View:
    """All of them; those that a schedule uses first."""
    with visit.service.database.read() as connection:
        everything = baselines(connection)
    text, monitor = visit.asked("q").strip().lower(), visit.asked("monitor")
    rows = [one for one in everything if _is_wanted(one, text, monitor)]
    paging = Paging.asked(visit.asked("page"), len(rows))
    context = {
        "rows": rows[paging.offset : paging.last],
        "paging": paging,
        "n_all": len(everything),
        "monitors": TITLES,
        "most_users": MOST_USERS,
    }
    tables = {"baselines": Table(COLUMNS, lambda: _cells(rows))}
    return View("baselines.html", "Baselines", context, (("Schedules", "/schedules"),), tables, "results")


def _is_wanted(one: Baseline, text: str, monitor: str) -> bool:
    told = (one.constraints, one.job, *(name for name, _ in one.schedules))
    return (not monitor or one.monitoring_type == monitor) and (
        not text or any(text in each.lower() for each in told)
    )


def _cells(rows: list[Baseline]) -> Iterator[tuple[Cell, ...]]:
    for one in rows:
        yield (
            one.monitoring_type, one.constraints, one.statistics, one.job, one.status,
            one.made_at.isoformat() if one.made_at else None, ", ".join(one.data),
            ", ".join(name for name, _ in one.schedules),
        )  # fmt: skip


ENTRY = Pages("baselines", (Page("GET", "/baselines", list_baselines),))
