"""Alerts: what is in force, what was, and what became of one."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

from leeboard.alerts import SEVERITIES
from leeboard.dashboard.answers import Cell, Redirect, Table, View
from leeboard.dashboard.pages import Page, Pages
from leeboard.dashboard.visit import Visit
from leeboard.formats.whole_number import whole_number
from leeboard.service.alerting import incidents, reading, silences
from leeboard.service.alerting.incidents import Incident
from leeboard.service.arns import SCHEDULE
from leeboard.service.refusals import InvalidRequestError
from leeboard.service.resources import names_there

FILTERS = ("severity", "schedule", "endpoint", "rule")
RESOLVED = "resolved"
STATES = ("open", "acknowledged", RESOLVED)
PER_PAGE, MOST_EXPORTED = 50, 20_000
COLUMNS = (
    "alert", "severity", "state", "title", "rule", "schedule", "endpoint", "feature",
    "opened_at", "resolved_at", "text",
)  # fmt: skip
HOURS = {"1": "1 hour", "4": "4 hours", "24": "1 day", "168": "1 week"}
"""For how long an alert can be silenced by its own page."""


def list_alerts(visit: Visit) -> View:
    """What is in force, and below it what was."""
    given: Any = {name: visit.asked(name) or None for name in FILTERS}
    state = visit.asked("state") if visit.asked("state") in STATES else None
    with visit.service.database.read() as connection:
        counts = reading.counts_in_force(connection)
        found = reading.in_force(connection, **given)
        page = reading.history(
            connection, **given, state=state or RESOLVED, before=_before(visit), limit=PER_PAGE
        )
        there = names_there(connection, SCHEDULE, {one.schedule_name for one in (*found, *page.incidents)})
    context = {
        "counts": {severity: counts.get(severity, 0) for severity in reversed(SEVERITIES)},
        "in_force": found,
        "history": page.incidents,
        "there": there,
        "before": page.before,
        "severities": SEVERITIES,
        "states": STATES,
        "is_any": any(given.values()) or state is not None,
        "subpage": "alerts",
    }
    tables = {"alerts": Table(COLUMNS, lambda: _rows(visit, given, state))}
    return View("alerts.html", "Alerts", context, tables=tables, fragment="results")


def _before(visit: Visit) -> int | None:
    return whole_number(visit.asked("before"))


def _rows(visit: Visit, given: Any, state: str | None) -> Iterator[tuple[Cell, ...]]:
    before: int | None = None
    for _ in range(0, MOST_EXPORTED, reading.MOST):
        with visit.service.database.read() as connection:
            page = reading.history(connection, **given, state=state, before=before, limit=reading.MOST)
        yield from map(_cells, page.incidents)
        before = page.before
        if before is None:
            return


def _cells(one: Incident) -> tuple[Cell, ...]:
    resolved = one.resolved_at.isoformat() if one.resolved_at else None
    return (
        one.id, one.severity, one.state, one.title, one.rule, one.schedule_name, one.endpoint,
        one.document.get("feature"), one.opened_at.isoformat(), resolved, one.document.get("text"),
    )  # fmt: skip


def one_alert(visit: Visit) -> View:
    """What was found, who was told, and what can be done about it."""
    with visit.service.database.read() as connection:
        incident = incidents.existing(connection, int(visit.names["number"]))
        told = reading.notices_of(connection, incident.id)
        there = names_there(connection, SCHEDULE, [incident.schedule_name])
    rows = [(n.created_at.isoformat(), n.sink, n.route, n.state, n.n_attempts, n.last_error) for n in told]
    columns = ("made_at", "sink", "route", "state", "attempts", "last_error")
    context = {"incident": incident, "notices": told, "there": there, "hours": HOURS, "subpage": "alerts"}
    tables = {"notices": Table(columns, lambda: rows)}
    return View("alert.html", incident.title, context, (("Alerts", "/alerts"),), tables)


def acknowledge(visit: Visit) -> Redirect:
    """Somebody looks after it."""
    number = int(visit.names["number"])
    with visit.service.database.write() as connection:
        incident = incidents.acknowledge(
            connection, number, who=visit.visitor.name, note=visit.given("note"), now=visit.now
        )
        visit.audit_in(connection, "acknowledged an alert", incident.title, alert=number)
    return Redirect(f"/alerts/{number}", "You look after it: nobody is told of it again while it lasts.")


def silence(visit: Visit) -> Redirect:
    """Be quiet for a while about this rule and schedule."""
    number, hours = int(visit.names["number"]), visit.given("hours")
    if hours not in HOURS:
        raise InvalidRequestError(f"hours is {hours[:20]!r}; it can be {', '.join(HOURS)}")
    with visit.service.database.write() as connection:
        incident = incidents.existing(connection, number)
        silences.silence(
            connection,
            {"rule": incident.rule, "schedule": incident.schedule_name},
            starts_at=visit.now,
            ends_at=visit.now + timedelta(hours=int(hours)),
            who=visit.visitor.name,
            comment=visit.given("note"),
            now=visit.now,
        )
        visit.audit_in(connection, "silenced an alert", incident.title, alert=number, hours=int(hours))
    return Redirect(
        f"/alerts/{number}", f"Nobody is told of {incident.rule} for this schedule for {HOURS[hours]}."
    )


ENTRY = Pages(
    "alerts",
    (
        Page("GET", "/alerts", list_alerts),
        Page("GET", "/alerts/{number:row}", one_alert),
        Page("POST", "/alerts/{number:row}/acknowledge", acknowledge, "editor"),
        Page("POST", "/alerts/{number:row}/silence", silence, "editor"),
    ),
    tab=("Alerts", "/alerts"),
    order=40,
)
