"""New schedules from what is captured, with a dry run before they are saved."""

import re
from datetime import datetime
from typing import Any

from sqlalchemy import Connection

from leeboard.dashboard.answers import Answer, Redirect, View
from leeboard.dashboard.pages import Page, Pages
from leeboard.dashboard.planned_times import DEFAULTS, plan_of
from leeboard.dashboard.rendering import url
from leeboard.dashboard.setup_form import (
    BASELINES,
    CONTENT_TYPES,
    EVERY,
    LABELS,
    PROBLEMS,
    wanted_of,
)
from leeboard.dashboard.typed import Typed
from leeboard.dashboard.uploading import with_upload
from leeboard.dashboard.visit import Visit
from leeboard.errors import LeeboardError
from leeboard.service.monitor_types import DATA_QUALITY, MERGING, MONITOR_TYPES
from leeboard.service.refusals import RefusalError
from leeboard.service.schedules.windows import Window
from leeboard.service.setup import trials
from leeboard.service.setup.documents import FORMATS
from leeboard.service.setup.making import Made, make
from leeboard.service.setup.wanted import Wanted
from leeboard.service.views.beginning import Begin, begin
from leeboard.service.views.monitorable import possible
from leeboard.storage.layout import HOUR

TRAIL = (("Schedules", "/schedules"),)


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
        "labels": LABELS,
        "failure": failure,
        "tried": tried,
        "plan": plan_of(visit, values, monitors),
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


def when(visit: Visit) -> View:
    """The part of the form that says when it will run, in words."""
    values = DEFAULTS | {name: given[-1] for name, given in visit.query.items()}
    plan = plan_of(visit, values, tuple(visit.query.get("monitors", ())))
    return View("create_when.html", "When it runs", {"plan": plan}, TRAIL, fragment="plan")


def save(visit: Visit) -> Answer:
    """Try it, show the form again, or make it; what was typed stays."""
    values, monitors = visit.fields, visit.form.get("monitors", ())
    told = begin(visit.service, endpoint=values.get("endpoint", ""), batch=values.get("batch", ""))
    action, typed = visit.given("do") or "look", Typed(values)
    values = with_upload(visit, values, typed)
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


def _tried(visit: Visit, wanted: Wanted) -> tuple[Any, ...]:
    """Dry runs, on the last window or on the latest hour that has data."""
    start = None
    if visit.given("do") == "try-latest":
        told = begin(visit.service, endpoint=wanted.source.endpoint, batch=wanted.source.batch).seen
        start = told.hours[0][0] if told.hours else None
    return tuple(_begun(visit, wanted, kind, _hour(wanted, kind, start)) for kind in wanted.monitors)


def _begun(visit: Visit, wanted: Wanted, kind: str, window: Window | None) -> trials.Begun:
    def signed(connection: Connection, key: str) -> None:
        visit.audit_in(connection, "tried a schedule", wanted.name_of(kind), monitor=kind, dry_run=key)

    return trials.begin(visit.service, wanted, kind, visit.now, window=window, beside=signed)


def _hour(wanted: Wanted, kind: str, start: datetime | None) -> Window | None:
    """The hour that begins then; for monitors with labels, an earlier one, whose labels have come."""
    if start is None:
        return None
    start -= HOUR * (wanted.answers.wait_h if kind in MERGING else 0)
    return Window(start, start + HOUR, (start,))


def _made(visit: Visit, wanted: Wanted) -> Redirect:
    def signed(connection: Connection, made: Made) -> None:
        for name, kind in zip(made.schedules, wanted.monitors, strict=True):
            visit.audit_in(
                connection, "made a schedule", name, monitor=kind,
                source=wanted.source.endpoint or wanted.source.batch,
                expression=wanted.expression, baselining_jobs=list(made.jobs),
            )  # fmt: skip

    made = make(visit.service, wanted, visit.now, beside=signed)
    many = f"{len(made.schedules)} schedules are" if len(made.schedules) > 1 else "The schedule is"
    waits = "; the first run waits for its baseline" if made.jobs else ""
    if len(made.schedules) == 1:
        return Redirect(f"/schedules/{made.schedules[0]}", f"{many} made{waits}.")
    path = url("/schedules", q=wanted.name).removeprefix("/dashboard")
    return Redirect(path, f"{many} made{waits}: {', '.join(made.schedules)}.")


ENTRY = Pages(
    "create",
    (
        Page("GET", "/schedules/new", new, "editor"),
        Page("POST", "/schedules/new", save, "editor"),
        Page("GET", "/schedules/new/when", when, "editor"),
    ),
)
