"""The list of schedules; one schedule with its executions, and what can be done with it."""

import json
from collections.abc import Callable, Iterator, Mapping
from datetime import timedelta
from typing import Any

from leeboard.dashboard.answers import Cell, Redirect, Table, View
from leeboard.dashboard.pages import Page, Pages
from leeboard.dashboard.paging import Paging
from leeboard.dashboard.rendering import url
from leeboard.dashboard.runs import strip
from leeboard.dashboard.visit import Visit
from leeboard.formats.whole_number import whole_number
from leeboard.service import scheduling
from leeboard.service.alerting.reading import in_force
from leeboard.service.alerts import set_alert
from leeboard.service.monitor_types import DATA_QUALITY, MONITOR_TYPES, TITLES, TYPES
from leeboard.service.refusals import InvalidRequestError
from leeboard.service.views.batch_data import batch_places, read_place
from leeboard.service.views.fleet import Line, lines
from leeboard.service.views.schedule import shown, timings_of
from leeboard.service.views.schedule_runs import FILTERS, count_executions, list_executions
from leeboard.service.views.states import WORST_FIRST, is_in
from leeboard.service.views.strips import Spans, strips

MORE = {
    each.aws: (each.page, f"{each.title} over time")
    for each in MONITOR_TYPES.values()
    if each is not DATA_QUALITY
}
"""Pages of what a monitor measures, by type: the end of their path, and their title."""
HOUR = timedelta(hours=1)
MOST_PERIOD = 100
"""Executions that an alert looks at, as AWS bounds them."""
N_INCIDENTS = 5
MOST_EXPORTED = 100_000
PORTION = 1000
SORTS: Mapping[str, Callable[[Line], Any]] = {
    "name": lambda line: line.name.lower(),
    "state": lambda line: line.rank,
    "endpoint": lambda line: (line.endpoint or "").lower(),
    "monitor": lambda line: TYPES.index(line.monitoring_type),
    "last": lambda line: line.last_end_at.timestamp() if line.last_end_at else 0.0,
    "next": lambda line: line.due_at.timestamp() if line.due_at else float("inf"),
    "violations": lambda line: line.n_violations or 0,
}


def list_schedules(visit: Visit) -> View:
    """All schedules, the worst first."""
    with visit.service.database.read() as connection:
        everything = lines(connection, now=visit.now, grace_s=visit.service.settings.grace_s)
        data = visit.asked("data")
        places = batch_places(connection) if data else {}
        rows = [line for line in everything if _is_wanted(visit, line) and places.get(line.id, "") == data]
        sort = visit.asked("sort")
        key = SORTS.get(sort.removeprefix("-"), lambda line: (line.rank, line.name.lower()))
        rows.sort(key=key, reverse=sort.startswith("-"))
        paging = Paging.asked(visit.asked("page"), len(rows))
        page = rows[paging.offset : paging.last]
        timings = timings_of(connection, page)
        spans = Spans.until(visit.now, HOUR, 24)
        drawn = strips(connection, "schedule_id", [line.id for line in page], spans)
    context = {
        "rows": [(line, strip(drawn[line.id], spans, "Runs of the last 24 hours")) for line in page],
        "timings": timings,
        "paging": paging,
        "n_all": len(everything),
        "states": [state for state in WORST_FIRST if state != "not monitored"],
        "monitors": TITLES,
        "is_any": any(visit.asked(name) for name in ("q", "state", "monitor", "endpoint", "alert", "data")),
        "sort": sort,
    }
    tables = {"schedules": Table(COLUMNS, lambda: map(_cells, rows))}
    return View("schedules.html", "Schedules", context, tables=tables, fragment="results")


def _is_wanted(visit: Visit, line: Line) -> bool:
    state, monitor, endpoint = visit.asked("state"), visit.asked("monitor"), visit.asked("endpoint")
    text = visit.asked("q").strip().lower()
    return (
        (not text or text in line.name.lower() or text in (line.endpoint or "").lower())
        and (not state or is_in(line.state, line.is_overdue, state))
        and (not monitor or line.monitoring_type == monitor)
        and (not endpoint or (line.endpoint or "").lower() == endpoint.lower())
        and (visit.asked("alert") != "1" or line.is_in_alert)
    )


COLUMNS = (
    "schedule", "state", "overdue", "last_state", "status", "monitor", "endpoint", "last_execution",
    "last_scheduled_at", "violations", "next_at", "alert", "datapoints_to_alert", "evaluation_period",
)  # fmt: skip


def _cells(line: Line) -> tuple[Cell, ...]:
    last = line.last_at.isoformat() if line.last_at else None
    due = line.due_at.isoformat() if line.due_at else None
    return (
        line.name, line.state, line.is_overdue, line.last, line.status, line.monitoring_type, line.endpoint,
        line.last_id, last, line.n_violations, due, line.alert, line.datapoints, line.period,
    )  # fmt: skip


def one_schedule(visit: Visit) -> View:
    """What a schedule does, how it went, and what can be done with it."""
    service, state = visit.service, visit.asked("state")
    with service.database.read() as connection:
        found = shown(service, connection, visit.names["name"], visit.now)
        paging = Paging.asked(visit.asked("page"), count_executions(connection, found.line.id, state))
        rows = list_executions(connection, found.line.id, state, offset=paging.offset)
        spans = Spans.until(visit.now, HOUR, 48)
        drawn = strips(connection, "schedule_id", [found.line.id], spans)[found.line.id]
        incidents = in_force(connection, schedule=found.line.name, limit=N_INCIDENTS)
    line = found.line
    context = {
        "found": found,
        "line": line,
        "monitor": TITLES[line.monitoring_type],
        "more": MORE.get(line.monitoring_type),
        "place": read_place(found.monitor) if found.monitor else "",
        "incidents": incidents,
        "rows": rows,
        "paging": paging,
        "states": list(FILTERS),
        "state": state,
        "strip": strip(drawn, spans, "Runs of the last 48 hours", is_tall=True),
        "definition": json.dumps(found.definition, indent=2, ensure_ascii=False),
        "most_period": MOST_PERIOD,
    }
    tables = {"executions": Table(EXECUTIONS, lambda: _executions(visit, line.id, state))}
    above = (line.endpoint, f"/endpoints/{line.endpoint}") if line.endpoint else ("Schedules", "/schedules")
    return View("schedule.html", line.name, context, (("Overview", "/"), above), tables, fragment="results")


EXECUTIONS = (
    "execution", "scheduled_at", "cause", "window_start_at", "window_end_at", "state", "violations", "reason",
    "started_at", "ended_at",
)  # fmt: skip


def _executions(visit: Visit, schedule_id: int, state: str) -> Iterator[tuple[Cell, ...]]:
    for offset in range(0, MOST_EXPORTED, PORTION):
        with visit.service.database.read() as connection:
            rows = list_executions(connection, schedule_id, state, offset=offset, limit=PORTION)
        for row in rows:
            one = row.execution
            times = [at.isoformat() if at else None for at in (one.started_at, one.ended_at)]
            yield (
                one.id, one.scheduled_at.isoformat(), one.cause, one.window_start_at.isoformat(),
                one.window_end_at.isoformat(), row.state, one.n_violations, one.failure_reason, *times,
            )  # fmt: skip
        if len(rows) < PORTION:
            return


def start(visit: Visit) -> Redirect:
    """Enable a schedule."""
    name = visit.names["name"]
    with visit.changing() as connection:
        scheduling.start_in(connection, visit.service, name, visit.now)
        visit.audit_in(connection, "enabled a schedule", name)
    return _back(name, "The schedule is enabled.")


def stop(visit: Visit) -> Redirect:
    """Disable a schedule."""
    name = visit.names["name"]
    with visit.changing() as connection:
        scheduling.stop_in(connection, name, visit.now)
        visit.audit_in(connection, "disabled a schedule", name)
    return _back(name, "The schedule is disabled; what runs goes on to its end.")


def delete(visit: Visit) -> Redirect:
    """Remove a schedule."""
    name = visit.names["name"]
    with visit.changing() as connection:
        scheduling.delete_in(connection, name, visit.now)
        visit.audit_in(connection, "deleted a schedule", name)
    return Redirect("/schedules", f"The schedule {name} is deleted.")


def run(visit: Visit) -> Redirect:
    """Run a schedule now."""
    name = visit.names["name"]
    with visit.changing() as connection:
        execution = scheduling.fire_in(connection, visit.service, name, visit.now)
        visit.audit_in(connection, "ran a schedule by hand", name, execution=execution.id)
    return Redirect(f"/executions/{execution.id}", "It was started by hand, for the window that ends next.")


def alert(visit: Visit) -> Redirect:
    """Change when the alert of a schedule is in force."""
    name, datapoints, period = visit.names["name"], _whole(visit, "datapoints"), _whole(visit, "period")
    with visit.changing() as connection:
        schedule = scheduling.existing(connection, name)
        set_alert(connection, schedule, datapoints=datapoints, period=period, now=visit.now)
        visit.audit_in(connection, "set an alert", name, datapoints=datapoints, period=period)
    return _back(name, f"It alerts when {datapoints} of the last {period} runs are bad.")


def _whole(visit: Visit, name: str) -> int:
    text = visit.given(name)
    number = whole_number(text, least=1, most=MOST_PERIOD)
    if number is None:
        raise InvalidRequestError(f"{name} is {text[:20]!r}; expected a whole number from 1 to {MOST_PERIOD}")
    return number


def _back(name: str, notice: str) -> Redirect:
    return Redirect(url(f"/schedules/{name}").removeprefix("/dashboard"), notice)


def _post(verb: str, answer: Callable[[Visit], Redirect]) -> Page:
    return Page("POST", f"/schedules/{{name}}/{verb}", answer, role="editor")


ENTRY = Pages(
    "schedules",
    (
        Page("GET", "/schedules", list_schedules),
        Page("GET", "/schedules/{name}", one_schedule),
        _post("start", start),
        _post("stop", stop),
        _post("delete", delete),
        _post("run", run),
        _post("alert", alert),
    ),
    tab=("Schedules", "/schedules"),
    order=20,
)
