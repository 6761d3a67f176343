"""Who is told of alerts: sinks, routes to them, and the notices that went out."""

from typing import Any

from leeboard.alerts import KINDS, TEST
from leeboard.alerts.document import GROUPED
from leeboard.alerts.fields import offered
from leeboard.dashboard.answers import Answer, Redirect, Table, View
from leeboard.dashboard.matched import MATCHED, matchers
from leeboard.dashboard.pages import Page, Pages
from leeboard.dashboard.visit import Visit
from leeboard.formats.whole_number import whole_number
from leeboard.service.alerting import editing, reading, rulebook, testing
from leeboard.service.refusals import InvalidRequestError, RefusalError

TRAIL = (("Alerts", "/alerts"),)
PER_PAGE = 50


def list_routes(visit: Visit) -> View:
    """All routes and sinks, with how deliveries went."""
    return _page(visit)


def _page(visit: Visit, given: dict[str, str] | None = None, error: str = "") -> View:
    with visit.service.database.read() as connection:
        sinks, routes = rulebook.kept_sinks(connection), rulebook.kept_routes(connection)
        counts = reading.notice_counts(connection, [sink.name for sink in sinks])
    context = {
        "sinks": sinks, "routes": routes, "counts": counts, "kinds": [sink.name for sink in offered()],
        "on": [kind for kind in KINDS if kind != TEST], "grouped": GROUPED, "matched": MATCHED,
        "given": given or {}, "error": error, "subpage": "routes",
    }  # fmt: skip
    rows = [(each.name, each.document.get("kind"), each.origin) for each in sinks]
    tables = {"sinks": Table(("sink", "kind", "origin"), lambda: rows)}
    return View("alert_routes.html", "Who is told", context, TRAIL, tables, status=400 if error else 200)


def test_sink(visit: Visit) -> Redirect:
    """Send a test notice, and say what happened."""
    name = visit.given("name")
    error = testing.try_sink(visit.service, name, now=visit.now, who=visit.visitor.name)
    visit.audit("tested an alert sink", name, outcome="failed" if error else "ok")
    text = f"It did not arrive at {name}: {error}" if error else f"A test notice arrived at {name}."
    return Redirect("/alerts/routes", text, is_bad=bool(error))


def save_route(visit: Visit) -> Answer:
    """Keep a route."""
    given = visit.fields
    try:
        document = _route(visit, given)
        with visit.service.database.write() as connection:
            kept = editing.put_route(connection, document, now=visit.now)
            visit.audit_in(connection, "set an alert route", kept.name)
    except RefusalError as error:
        return _page(visit, given, error.message)
    return Redirect("/alerts/routes", f"The route {kept.name} is kept.")


def _route(visit: Visit, given: dict[str, str]) -> dict[str, Any]:
    sinks = list(visit.form.get("sinks", ()))
    route: dict[str, Any] = {"name": given.get("name"), "match": matchers(given), "sinks": sinks}
    for key in ("on", "group_by"):
        if key in visit.form:
            route[key] = list(visit.form[key])
    for key, unit_s in (("group_wait_s", 1), ("repeat_h", 3600)):
        if text := given.get(key):
            route["repeat_s" if key == "repeat_h" else key] = _seconds(key, text) * unit_s
    return route


def _seconds(key: str, text: str) -> float:
    try:
        return float(text)
    except ValueError:
        raise InvalidRequestError(f"{key} is {text[:40]!r}; expected a number") from None


def remove(visit: Visit) -> Redirect:
    """Remove a route or a sink."""
    kind, name = visit.given("kind"), visit.given("name")
    removers = {"route": editing.remove_route, "sink": editing.remove_sink}
    if kind not in removers:
        raise InvalidRequestError(f"kind is {kind[:20]!r}; it can be route or sink")
    with visit.service.database.write() as connection:
        removers[kind](connection, name)
        visit.audit_in(connection, f"removed an alert {kind}", name)
    return Redirect("/alerts/routes", f"The {kind} {name} is gone.")


def list_notices(visit: Visit) -> View:
    """What was told to whom, newest first."""
    sink, state = visit.asked("sink") or None, visit.asked("state") or None
    before = whole_number(visit.asked("before"))
    with visit.service.database.read() as connection:
        found = reading.recent_notices(connection, sink=sink, state=state, before=before, limit=PER_PAGE + 1)
    context = {
        "notices": found[:PER_PAGE], "before": found[PER_PAGE - 1].id if len(found) > PER_PAGE else None,
        "subpage": "notices",
    }  # fmt: skip
    columns = ("made_at", "sink", "route", "state", "attempts", "title", "last_error")
    rows = [
        (
            n.created_at.isoformat(), n.sink, n.route, n.state, n.n_attempts, n.document.get("title"),
            n.last_error,
        )
        for n in found[:PER_PAGE]
    ]  # fmt: skip
    return View("notices.html", "Notices", context, TRAIL, {"notices": Table(columns, lambda: rows)})


ENTRY = Pages(
    "alert routes",
    (
        Page("GET", "/alerts/routes", list_routes),
        Page("POST", "/alerts/sinks/test", test_sink, "editor"),
        Page("POST", "/alerts/routes/save", save_route, "editor"),
        Page("POST", "/alerts/routes/remove", remove, "editor"),
        Page("GET", "/alerts/notices", list_notices),
    ),
)
