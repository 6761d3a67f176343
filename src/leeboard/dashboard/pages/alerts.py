"""Alerts: what is in force, what was, and what became of one."""

from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection

from leeboard.alerts import SEVERITIES
from leeboard.dashboard.answers import Cell, Redirect, Table, View
from leeboard.dashboard.pages import Page, Pages
from leeboard.dashboard.visit import Visit
from leeboard.formats.whole_number import whole_number
from leeboard.service.alerting import incidents, reading, silences
from leeboard.service.alerting.incidents import Incident
from leeboard.service.arns import SCHEDULE, execution_arn
from leeboard.service.refusals import InvalidRequestError
from leeboard.service.resources import names_there
from leeboard.service.views.fleet import Line, line_named

FILTERS = ("severity", "schedule", "endpoint", "rule", "pipeline", "job")
RESOLVED = "resolved"
STATES = ("open", "acknowledged", RESOLVED)
PER_PAGE, MOST_EXPORTED = 50, 20_000
COLUMNS = (
    "alert", "severity", "state", "title", "rule", "schedule", "endpoint", "feature",
    "opened_at", "resolved_at", "text", "pipeline", "job",
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
        there = _schedules_there(connection, (*found, *page.incidents))
        silenced = _silenced(connection, (*found, *page.incidents), visit.now)
    context = {
        "counts": {severity: counts.get(severity, 0) for severity in reversed(SEVERITIES)},
        "in_force": found,
        "history": page.incidents,
        "there": there,
        "silenced": silenced,
        "before": page.before,
        "severities": SEVERITIES,
        "states": STATES,
        "is_any": any(given.values()) or state is not None,
        "subpage": "alerts",
    }
    tables = {"alerts": Table(COLUMNS, lambda: _rows(visit, given, state))}
    return View("alerts.html", "Alerts", context, tables=tables, fragment="results")


def _schedules_there(connection: Connection, found: Iterable[Incident]) -> set[str]:
    return names_there(connection, SCHEDULE, {one.schedule_name for one in found if one.schedule_name})


def _silenced(connection: Connection, found: Iterable[Incident], at: datetime) -> set[int]:
    """Those in force of which nobody is told, because of a silence."""
    quiet = silences.active(connection, at)
    return {one.id for one in found if one.resolved_at is None and silences.is_silenced(quiet, one.names)}


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
        one.pipeline, one.job,
    )  # fmt: skip


def one_alert(visit: Visit) -> View:
    """What was found, who was told, and what can be done about it."""
    with visit.service.database.read() as connection:
        incident = incidents.existing(connection, int(visit.names["number"]))
        told = reading.notices_of(connection, incident.id)
        line = _line(visit, connection, incident)
        silenced = _silenced(connection, [incident], visit.now)
    rows = [(n.created_at.isoformat(), n.sink, n.route, n.state, n.n_attempts, n.last_error) for n in told]
    columns = ("made_at", "sink", "route", "state", "attempts", "last_error")
    context = {
        "incident": incident, "notices": told, "line": line, "hours": HOURS, "subpage": "alerts",
        "execution_arn": _execution_arn(visit, incident), "is_silenced": bool(silenced),
    }  # fmt: skip
    tables = {"notices": Table(columns, lambda: rows)}
    return View("alert.html", incident.title, context, (("Alerts", "/alerts"),), tables)


def _line(visit: Visit, connection: Connection, incident: Incident) -> Line | None:
    """How the schedule stands now that it is about."""
    if not incident.schedule_name:
        return None
    grace_s = visit.service.settings.grace_s
    return line_named(connection, incident.schedule_name, now=visit.now, grace_s=grace_s)


def _execution_arn(visit: Visit, incident: Incident) -> str | None:
    """Of the pipeline's execution that it is about: by that it is asked for."""
    key = incident.document.get("pipeline_execution")
    return (
        execution_arn(visit.service.settings, incident.pipeline, key) if incident.pipeline and key else None
    )


def _about(incident: Incident) -> dict[str, str]:
    """What a silence matches that is made for it."""
    names = {name: incident.names[name] for name in ("rule", "schedule", "pipeline", "job")}
    return {name: value for name, value in names.items() if value is not None}


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
            _about(incident),
            starts_at=visit.now,
            ends_at=visit.now + timedelta(hours=int(hours)),
            who=visit.visitor.name,
            comment=visit.given("note"),
            now=visit.now,
        )
        visit.audit_in(connection, "silenced an alert", incident.title, alert=number, hours=int(hours))
    return Redirect(
        f"/alerts/{number}", f"Nobody is told of {incident.rule} for {incident.about} for {HOURS[hours]}."
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
