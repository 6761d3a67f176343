"""The form of a sink, whose fields are what its kind declares."""

from dataclasses import dataclass, field
from typing import Any

from leeboard.alerts import SINKS, Sink
from leeboard.alerts.fields import Asked, asked_of, offered, read_settings
from leeboard.alerts.naming import check_name
from leeboard.dashboard.answers import Answer, Redirect, View
from leeboard.dashboard.pages import Page, Pages
from leeboard.dashboard.visit import Visit
from leeboard.errors import InputError
from leeboard.service.alerting import editing, rulebook
from leeboard.service.alerting.rulebook import Kept
from leeboard.service.refusals import (
    InvalidRequestError,
    RefusalError,
    ResourceInUseError,
    ResourceNotFoundError,
)

TRAIL = (("Alerts", "/alerts"), ("Who is told", "/alerts/routes"))
START = "s_"
"""What names of fields begin with that are settings."""
ANEW = "the address is another one now: what was kept for the old one is not sent there, so type it anew"
UNSENT = "type it again: what is covered is not sent back to this page"


@dataclass(slots=True)
class Form:
    """One kind's form: what stands in it, and what is wrong with it."""

    kind: Sink
    kept: Kept | None = None
    name: str = ""
    given: dict[str, str] | None = None
    dropped: tuple[str, ...] = ()
    error: str = ""
    errors: dict[str, str] = field(default_factory=dict)

    @property
    def asked(self) -> tuple[Asked, ...]:
        return asked_of(self.kind)

    @property
    def before(self) -> dict[str, Any]:
        """The settings that it has, without secrets."""
        return dict(self.kept.document.get("settings", {})) if self.kept else {}

    def value(self, asked: Asked) -> str:
        """What stands in a field; what is covered never leaves the server."""
        if asked.shape == "covered":
            return ""
        return asked.text(self.before) if self.given is None else self.given.get(asked.name, "")


def edit_sink(visit: Visit) -> View:
    """The form of a sink that there is, or of a new one of some kind."""
    if name := visit.asked("name"):
        kept = _existing(visit, name)
        return _view(Form(_kind(kept.document.get("kind", "")), kept, kept.name))
    return _view(Form(_kind(visit.asked("kind") or offered()[0].name)))


def _kind(name: str) -> Sink:
    known = ", ".join(sink.name for sink in offered())
    if name not in SINKS:
        raise ResourceNotFoundError(f"there is no kind of sink {name[:80]!r}; known: {known}")
    if SINKS.get(name).is_file_only:
        raise InvalidRequestError(
            f"a sink of kind {name} runs a program: only the server's own alerts file may have one; "
            f"here: {known}"
        )
    return SINKS.get(name)


def _existing(visit: Visit, name: str) -> Kept:
    with visit.service.database.read() as connection:
        found = [each for each in rulebook.kept_sinks(connection) if each.name == name]
    if not found:
        raise ResourceNotFoundError(f"there is no sink {name[:80]!r}")
    if found[0].is_of_file:
        raise ResourceInUseError(f"{name!r} stands in the server's alerts file: change it there")
    return found[0]


def _view(form: Form) -> View:
    title = f"Sink {form.kept.name}" if form.kept else "New sink"
    context = {"form": form, "kinds": offered(), "start": START}
    return View("alert_sink.html", title, context, TRAIL, status=400 if form.error or form.errors else 200)


def save_sink(visit: Visit) -> Answer:
    """Keep a sink; what is wrong is said beside its field."""
    form = _sent(visit)
    settings, form.errors = read_settings(form.asked, form.given or {}, form.before, form.dropped)
    _check_name(form)
    if not form.errors:
        _keep(visit, form, settings)
    if form.error or form.errors:
        return _view(_uncovered(form))
    return Redirect("/alerts/routes", f"The sink {form.name} is kept. Test it before somebody relies on it.")


def _sent(visit: Visit) -> Form:
    kept = _existing(visit, visit.given("name")) if visit.given("is_new") == "no" else None
    kind = _kind(kept.document.get("kind", "") if kept else visit.given("kind"))
    given = {
        name.removeprefix(START): text.replace("\r", "")
        for name, text in visit.fields.items()
        if name.startswith(START)
    }
    return Form(kind, kept, visit.given("name"), given, visit.form.get("drop", ()))


def _check_name(form: Form) -> None:
    try:
        check_name("sink", form.name)
    except InputError as error:
        form.errors["name"] = str(error)


def _keep(visit: Visit, form: Form, settings: dict[str, Any]) -> None:
    document = {"name": form.name, "kind": form.kind.name, "settings": settings}
    try:
        with visit.service.database.write() as connection:
            editing.put_sink(connection, document, now=visit.now, is_new=form.kept is None)
            visit.audit_in(connection, "set an alert sink", form.name, kind=form.kind.name)
    except editing.UnknownSecretError as error:
        form.errors = dict.fromkeys(error.settings, ANEW)
    except ResourceInUseError as error:
        form.errors = {"name": error.message}
    except RefusalError as error:
        form.error = error.message


def _uncovered(form: Form) -> Form:
    """With a word beside each field that was filled and is empty now."""
    for each in form.asked:
        if each.shape == "covered" and (form.given or {}).get(each.name):
            form.errors[each.name] = ". ".join(filter(None, (form.errors.get(each.name), UNSENT)))
    return form


ENTRY = Pages(
    "alert sinks",
    (
        Page("GET", "/alerts/sinks/edit", edit_sink, "editor"),
        Page("POST", "/alerts/sinks/edit", save_sink, "editor"),
    ),
)
