"""New schedules from what is captured, with a dry run before they are saved; and when one runs, changed."""

import re
from datetime import datetime
from hashlib import sha256
from typing import Any

from leeboard.dashboard.answers import Answer, Redirect, View
from leeboard.dashboard.pages import Page, Pages
from leeboard.dashboard.rendering import url
from leeboard.dashboard.setup_form import (
    BASELINES,
    CONTENT_TYPES,
    EVERY,
    PROBLEMS,
    expression_of,
    wanted_of,
)
from leeboard.dashboard.typed import Typed
from leeboard.dashboard.visit import Visit
from leeboard.errors import LeeboardError
from leeboard.service import scheduling
from leeboard.service.monitor_types import DATA_QUALITY, MERGING, MONITOR_TYPES
from leeboard.service.refusals import RefusalError
from leeboard.service.schedules.windows import Window
from leeboard.service.setup import trials
from leeboard.service.setup.documents import FORMATS, offsets_of
from leeboard.service.setup.making import make
from leeboard.service.setup.timing import change_timing
from leeboard.service.setup.wanted import Wanted
from leeboard.service.views.beginning import Begin, begin
from leeboard.service.views.monitorable import possible
from leeboard.service.views.upcoming import Planned, planned
from leeboard.storage import join, write_bytes
from leeboard.storage.layout import HOUR

TRAIL = (("Schedules", "/schedules"),)
DEFAULTS = {"every": "1h", "hours": "6", "at": "06:00", "wait_h": "1", "datapoints": "1", "period": "1"}
STEPS = {
    trials.BASELINE: "makes the baseline",
    trials.MERGE: "joins requests and labels",
    trials.ANALYSIS: "analyses the window",
}


def new(visit: Visit) -> View:
    """First whose data, then the form."""
    endpoint, batch = visit.asked("endpoint"), visit.asked("batch").rstrip("/")
    if not endpoint and not batch:
        with visit.service.database.read() as connection:
            found = possible(connection)
        return View("create_source.html", "New schedule", {"found": found, "formats": FORMATS}, TRAIL)
    told = begin(visit.service, endpoint=endpoint, batch=batch)
    asked = {name: values[-1] for name, values in visit.query.items()}
    values = DEFAULTS | told.values | {"name": _name_for(endpoint or batch)} | asked
    monitors = tuple(visit.query.get("monitors", (DATA_QUALITY.aws,)))
    return _form(visit, told, values, monitors)


def _name_for(source: str) -> str:
    word = re.sub("[^a-zA-Z0-9]+", "-", source.rpartition("/")[2]).strip("-")[:30].strip("-")
    return f"{word}-hourly" if word else "hourly"


def _form(
    visit: Visit,
    told: Begin,
    values: dict[str, str],
    monitors: tuple[str, ...],
    *,
    errors: dict[str, str] | None = None,
    failure: str = "",
    tried: tuple[Any, ...] = (),
) -> View:
    context = {
        "told": told,
        "values": values,
        "picked": monitors,
        "monitors": MONITOR_TYPES,
        "errors": errors or {},
        "failure": failure,
        "tried": tried,
        "plan": _plan(visit, values, monitors),
        "every": EVERY,
        "problems": [(name, name) for name in PROBLEMS],
        "content_types": [(name, name) for name in CONTENT_TYPES],
        "formats": FORMATS,
        "baselines": BASELINES,
    }
    source = values.get("endpoint") or values.get("batch", "")
    return View(
        "create.html", f"New schedule for {source}", context,
        (*TRAIL, ("New schedule", "/schedules/new")), status=400 if errors or failure else 200,
    )  # fmt: skip


def _plan(visit: Visit, values: dict[str, str], monitors: tuple[str, ...]) -> list[tuple[str, Planned]]:
    """When it would run, for monitors with labels and without."""
    typed = Typed(values)
    expression, wait_h = expression_of(typed), typed.whole("wait_h", 1, 0, 720)
    if typed.errors:
        return [("", Planned(reason=next(iter(typed.errors.values()))))]
    kinds = {kind in MERGING for kind in monitors} or {False}
    return [
        ("with labels" if merges and len(kinds) > 1 else "without labels" if len(kinds) > 1 else "",
         _planned(visit, expression, wait_h if merges else 0))
        for merges in sorted(kinds)
    ]  # fmt: skip


def _planned(visit: Visit, expression: str, wait_h: int) -> Planned:
    try:
        told = offsets_of(expression, wait_h, visit.now) if wait_h else {}
    except RefusalError as error:
        return Planned(reason=error.message)
    return planned(
        expression, visit.now, start=told.get("StartTimeOffset"), end=told.get("EndTimeOffset"),
        is_strict=visit.service.settings.is_strict,
    )  # fmt: skip


def when(visit: Visit) -> View:
    """The part of the form that says when it will run, in words."""
    values = DEFAULTS | {name: given[-1] for name, given in visit.query.items()}
    plan = _plan(visit, values, tuple(visit.query.get("monitors", ())))
    return View("create_when.html", "When it runs", {"plan": plan}, TRAIL, fragment="plan")


def save(visit: Visit) -> Answer:
    """Try it, show the form again, or make it; what was typed stays."""
    values, monitors = visit.fields, visit.form.get("monitors", ())
    told = begin(visit.service, endpoint=values.get("endpoint", ""), batch=values.get("batch", ""))
    action, typed = visit.given("do") or "look", Typed(values)
    values = _with_upload(visit, values, typed)
    typed.given = values
    if action == "look":
        return _form(visit, told, values, monitors, errors=typed.errors)
    wanted = wanted_of(typed, monitors)
    if typed.errors:
        return _form(visit, told, values, monitors, errors=typed.errors)
    try:
        if action.startswith("try"):
            tried = _tried(visit, wanted)
            return _form(visit, told, values, monitors, tried=tried)
        return _made(visit, wanted)
    except (RefusalError, LeeboardError) as error:
        return _form(visit, told, values, monitors, failure=str(error))


def _with_upload(visit: Visit, values: dict[str, str], typed: Typed) -> dict[str, str]:
    """A file that was sent is put into the store at once, so that it is not lost with the page."""
    sent = visit.files.get("data_file")
    if sent is None or not sent.content or values.get("baseline") != "data":
        return values
    output = typed.uri("output", what="the place of the reports")
    if typed.errors:
        return values
    name = re.sub(r"[^A-Za-z0-9._-]+", "-", sent.name.replace("\\", "/").rpartition("/")[2])[-60:].lstrip(".")
    uri = join(output, "uploads", sha256(sent.content).hexdigest()[:16], name or "data.csv")
    try:
        write_bytes(uri, sent.content)
    except LeeboardError as error:
        typed.errors["output"] = str(error)
        return values
    visit.audit("uploaded a data set", uri, n_bytes=len(sent.content))
    return values | {"data": uri}


def _tried(visit: Visit, wanted: Wanted) -> tuple[Any, ...]:
    """Dry runs, on the last window or on the latest hour that has data."""
    start = None
    if visit.given("do") == "try-latest":
        told = begin(visit.service, endpoint=wanted.source.endpoint, batch=wanted.source.batch).seen
        start = told.hours[0][0] if told.hours else None
    begun = tuple(
        trials.begin(visit.service, wanted, kind, visit.now, window=_hour(wanted, kind, start))
        for kind in wanted.monitors
    )
    keys = [one.key for one in begun]
    visit.audit("tried a schedule", wanted.name, monitors=list(wanted.monitors), dry_runs=keys)
    return begun


def _hour(wanted: Wanted, kind: str, start: datetime | None) -> Window | None:
    """The hour that begins then; for monitors with labels, an earlier one, whose labels have come."""
    if start is None:
        return None
    start -= HOUR * (wanted.answers.wait_h if kind in MERGING else 0)
    return Window(start, start + HOUR, (start,))


def _made(visit: Visit, wanted: Wanted) -> Redirect:
    made = make(visit.service, wanted, visit.now)
    for name, kind in zip(made.schedules, wanted.monitors, strict=True):
        visit.audit(
            "made a schedule", name, monitor=kind, source=wanted.source.endpoint or wanted.source.batch,
            expression=wanted.expression, baselining_jobs=list(made.jobs),
        )  # fmt: skip
    many = f"{len(made.schedules)} schedules are" if len(made.schedules) > 1 else "The schedule is"
    waits = "; the first run waits for its baseline" if made.jobs else ""
    if len(made.schedules) == 1:
        return Redirect(f"/schedules/{made.schedules[0]}", f"{many} made{waits}.")
    path = url("/schedules", q=wanted.name).removeprefix("/dashboard")
    return Redirect(path, f"{many} made{waits}: {', '.join(made.schedules)}.")


def trial(visit: Visit) -> View:
    """How a dry run stands, and what it found."""
    found = trials.stands(visit.service, visit.names["key"])
    context = {"trial": found, "monitors": MONITOR_TYPES, "steps": STEPS}
    title = f"Dry run of {found.name}"
    return View("create_trial.html", title, context, (*TRAIL, ("New schedule", "/schedules/new")),
                fragment="trial")  # fmt: skip


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
    return _edit_form(visit, values | {name: given[-1] for name, given in visit.query.items()})


def _edit_form(
    visit: Visit, values: dict[str, str], *, errors: dict[str, str] | None = None, failure: str = ""
) -> View:
    name = visit.names["name"]
    context = {
        "name": name, "values": DEFAULTS | values, "every": EVERY, "errors": errors or {},
        "failure": failure, "plan": [("", _plan_of_edit(visit, DEFAULTS | values))],
    }  # fmt: skip
    return View(
        "create_edit.html", f"When {name} runs", context, (*TRAIL, (name, f"/schedules/{name}")),
        status=400 if errors or failure else 200,
    )  # fmt: skip


def _plan_of_edit(visit: Visit, values: dict[str, str]) -> Planned:
    typed = Typed(values)
    expression = expression_of(typed)
    if typed.errors:
        return Planned(reason=next(iter(typed.errors.values())))
    return planned(
        expression, visit.now, start=values.get("start") or None, end=values.get("end") or None,
        is_strict=visit.service.settings.is_strict,
    )  # fmt: skip


def edit_when(visit: Visit) -> View:
    """The same part of the form of an existing schedule."""
    values = DEFAULTS | {name: given[-1] for name, given in visit.query.items()}
    plan = [("", _plan_of_edit(visit, values))]
    return View("create_when.html", "When it runs", {"plan": plan}, TRAIL, fragment="plan")


def save_edit(visit: Visit) -> Answer:
    """Change when it runs; the API would see an update."""
    values, typed = visit.fields, Typed(visit.fields)
    if visit.given("do") == "look":
        return _edit_form(visit, values)
    expression = expression_of(typed)
    if typed.errors:
        return _edit_form(visit, values, errors=typed.errors)
    name = visit.names["name"]
    start, end = values.get("start", ""), values.get("end", "")
    try:
        changed = change_timing(visit.service, name, expression, start=start, end=end, now=visit.now)
    except (RefusalError, LeeboardError) as error:
        return _edit_form(visit, values, failure=str(error))
    visit.audit("changed when a schedule runs", name, **changed)
    return Redirect(
        f"/schedules/{name}", "It runs by its new times from now on." if changed else "Nothing was changed."
    )


ENTRY = Pages(
    "create",
    (
        Page("GET", "/schedules/new", new, "editor"),
        Page("POST", "/schedules/new", save, "editor"),
        Page("GET", "/schedules/new/when", when, "editor"),
        Page("GET", "/schedules/dry-runs/{key}", trial),
        Page("GET", "/schedules/{name}/edit", edit, "editor"),
        Page("GET", "/schedules/{name}/edit/when", edit_when, "editor"),
        Page("POST", "/schedules/{name}/edit", save_edit, "editor"),
    ),
)
