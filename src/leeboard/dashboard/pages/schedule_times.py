"""When a schedule runs, and which window each of its runs reads: shown, and changed."""

from typing import Any

from sqlalchemy import Connection

from leeboard.dashboard.answers import Answer, Redirect, View
from leeboard.dashboard.pages import Page, Pages
from leeboard.dashboard.planned_times import DEFAULTS, plan_with_offsets
from leeboard.dashboard.setup_form import EVERY, expression_of
from leeboard.dashboard.typed import Typed
from leeboard.dashboard.visit import Visit
from leeboard.errors import LeeboardError
from leeboard.service import scheduling
from leeboard.service.refusals import RefusalError
from leeboard.service.setup.timing import change_timing

TRAIL = (("Schedules", "/schedules"),)


def edit(visit: Visit) -> View:
    """When an existing schedule runs, and which window each run reads."""
    with visit.service.database.read() as connection:
        schedule = scheduling.existing(connection, visit.names["name"])
        monitor = scheduling.monitor_of(connection, schedule)
    config = schedule.document["MonitoringScheduleConfig"].get("ScheduleConfig", {})
    source = monitor.source if monitor else {}
    values = {
        "every": "cron",
        "cron": config.get("ScheduleExpression", ""),
        "start": source.get("StartTimeOffset", ""),
        "end": source.get("EndTimeOffset", ""),
    }
    return _form(visit, values | {name: given[-1] for name, given in visit.query.items()})


def _form(
    visit: Visit, values: dict[str, str], *, errors: dict[str, str] | None = None, failure: str = ""
) -> View:
    name = visit.names["name"]
    context = {
        "name": name, "values": DEFAULTS | values, "every": EVERY, "errors": errors or {},
        "failure": failure, "plan": plan_with_offsets(visit, DEFAULTS | values),
    }  # fmt: skip
    return View(
        "create_edit.html", f"When {name} runs", context, (*TRAIL, (name, f"/schedules/{name}")),
        status=400 if errors or failure else 200,
    )  # fmt: skip


def when(visit: Visit) -> View:
    """The same part of the form of an existing schedule."""
    values = DEFAULTS | {name: given[-1] for name, given in visit.query.items()}
    plan = plan_with_offsets(visit, values)
    return View("create_when.html", "When it runs", {"plan": plan}, TRAIL, fragment="plan")


def save(visit: Visit) -> Answer:
    """Change when it runs; the API would see an update."""
    values, typed = visit.fields, Typed(visit.fields)
    if visit.given("do") == "look":
        return _form(visit, values)
    expression = expression_of(typed)
    if typed.errors:
        return _form(visit, values, errors=typed.errors)
    name = visit.names["name"]
    start, end = values.get("start", ""), values.get("end", "")

    def signed(connection: Connection, changed: dict[str, Any]) -> None:
        visit.audit_in(connection, "changed when a schedule runs", name, **changed)

    try:
        changed = change_timing(
            visit.service, name, expression, start=start, end=end, now=visit.now, beside=signed
        )
    except (RefusalError, LeeboardError) as error:
        return _form(visit, values, failure=str(error))
    return Redirect(
        f"/schedules/{name}", "It runs by its new times from now on." if changed else "Nothing was changed."
    )


ENTRY = Pages(
    "times of schedules",
    (
        Page("GET", "/schedules/{name}/edit", edit, "editor"),
        Page("GET", "/schedules/{name}/edit/when", when, "editor"),
        Page("POST", "/schedules/{name}/edit", save, "editor"),
    ),
)
