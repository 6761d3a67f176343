"""Rules of alerts: listed, made, changed, removed."""

from typing import Any, get_args

import msgspec

from leeboard.alerts import SEVERITIES
from leeboard.alerts.rules import Rule, When
from leeboard.dashboard.answers import Answer, Redirect, Table, View
from leeboard.dashboard.matched import OF_RULES, matchers
from leeboard.dashboard.pages import Page, Pages
from leeboard.dashboard.visit import Visit
from leeboard.service.alerting import editing, rulebook
from leeboard.service.alerting.rulebook import Kept
from leeboard.service.refusals import RefusalError, ResourceNotFoundError

WHEN = dict(
    zip(
        get_args(When),
        (
            "a window has more violations than this",
            "the drift distance of a feature is above this",
            "a run failed",
            "a run found no data",
            "a run is overdue",
            "an execution of a pipeline failed",
            "an execution of a pipeline is overdue",
            "a job outside of schedules and pipelines failed",
            "a job outside of schedules and pipelines is overdue",
        ),
        strict=True,
    )
)
NUMBERS = {"windows": int, "of": int, "above": float, "after_s": float}
RUNS = ("violations", "distance", "failed", "no-data", "pipeline-failed")
LATE = ("overdue", "pipeline-overdue", "job-overdue")
FITS = {"above": RUNS[:2], "per": RUNS[:2], "windows": RUNS, "of": RUNS, "after_s": LATE}
"""Fields that say something of some rules only; the form hides them from others, which do not get them."""
TRAIL = (("Alerts", "/alerts"),)


def list_rules(visit: Visit) -> View:
    """All rules, in words."""
    with visit.service.database.read() as connection:
        kept = rulebook.kept_rules(connection)
    rules = [(each, told_of(msgspec.convert(each.document, Rule))) for each in kept]
    rows = [(each.name, each.origin, text, each.document.get("severity")) for each, text in rules]
    tables = {"rules": Table(("rule", "origin", "in words", "severity"), lambda: rows)}
    return View("alert_rules.html", "Alert rules", {"rules": rules, "subpage": "rules"}, TRAIL, tables)


def told_of(rule: Rule) -> str:
    """A rule as a sentence."""
    many = _many(rule, "window", "a window")
    above, late = f"{rule.above or 0:g}", f"{rule.after_s / 60:g} minutes"
    said = {
        "violations": f"{many} with more than {above} violations",
        "distance": f"{many} with a distance above {above}",
        "failed": f"{many} whose run failed",
        "no-data": f"{many} without data",
        "overdue": f"a run that is {late} late",
        "pipeline-failed": f"{_many(rule, 'execution', 'an execution')} of a pipeline that failed",
        "pipeline-overdue": f"an execution of a pipeline that has not ended after {late}",
        "job-failed": "a job that failed",
        "job-overdue": f"a job that has not ended after {late}",
    }[rule.when]
    each = ", each feature by itself" if rule.per == "feature" else ""
    return f"{said}{each}, for {rule.match.told()}"


def _many(rule: Rule, noun: str, one: str) -> str:
    """How many of the last ones have to be bad."""
    if rule.windows < rule.n_last:
        return f"{rule.windows} of the last {rule.n_last} {noun}s"
    return one if rule.windows == 1 else f"{rule.windows} {noun}s one after another"


def edit_rule(visit: Visit) -> View:
    """The form of a rule, empty for a new one; filled from the URL where a page asks for one."""
    name = visit.asked("name")
    if not name:
        given = {
            key: visit.asked(key) for key in ("when", "above", "severity", *OF_RULES) if visit.asked(key)
        }
        return _form(given, "New rule")
    return _form(_flat(_existing(visit, name)), f"Rule {name}", is_new=False)


def _existing(visit: Visit, name: str) -> Kept:
    with visit.service.database.read() as connection:
        found = [each for each in rulebook.kept_rules(connection) if each.name == name]
    if not found:
        raise ResourceNotFoundError(f"there is no rule {name[:80]!r}")
    return found[0]


def _flat(kept: Kept) -> dict[str, str]:
    document = {**kept.document, **kept.document.get("match", {})}
    return {key: _text(value) for key, value in document.items() if key != "match" and value is not None}


def _text(value: Any) -> str:
    return ", ".join(map(str, value)) if isinstance(value, list) else str(value)


def _form(given: dict[str, str], title: str, *, is_new: bool = True, error: str = "") -> View:
    context = {
        "given": given, "when": WHEN, "severities": SEVERITIES, "matched": OF_RULES, "error": error,
        "fits": {key: f"when {' '.join(of)}" for key, of in FITS.items()}, "is_new": is_new,
        "subpage": "rules",
    }  # fmt: skip
    trail = (*TRAIL, ("Rules", "/alerts/rules"))
    return View("alert_rule.html", title, context, trail, status=400 if error else 200)


def save_rule(visit: Visit) -> Answer:
    """Keep it; what is wrong is said beside the form."""
    given = visit.fields
    is_new = given.get("is_new") != "no"
    try:
        document = _document(given)
        with visit.service.database.write() as connection:
            kept = editing.put_rule(connection, document, now=visit.now, is_new=is_new)
            visit.audit_in(connection, "set an alert rule", kept.name)
    except (RefusalError, ValueError) as error:
        title = "New rule" if is_new else f"Rule {given.get('name', '')}"
        return _form(given, title, is_new=is_new, error=str(error))
    visit.service.bell.ring()
    return Redirect("/alerts/rules", f"The rule {kept.name} is in force from the next window on.")


def _document(sent: dict[str, str]) -> dict[str, Any]:
    when = sent.get("when", "")
    given = {key: text for key, text in sent.items() if when in FITS.get(key, (when,))}
    document: dict[str, Any] = {
        key: given[key] for key in ("name", "when", "severity", "per", "description") if given.get(key)
    }
    for key, kind in NUMBERS.items():
        if given.get(key):
            document[key] = _number(key, given[key], kind)
    return document | {"match": matchers(given, OF_RULES)}


def _number(key: str, text: str, kind: type[int] | type[float]) -> int | float:
    try:
        return kind(text)
    except ValueError:
        raise ValueError(f"{key.replace('_', ' ')} is {text[:40]!r}; expected a number") from None


def remove_rule(visit: Visit) -> Redirect:
    """What it found is over."""
    name = visit.given("name")
    with visit.service.database.write() as connection:
        editing.remove_rule(connection, name, now=visit.now)
        visit.audit_in(connection, "removed an alert rule", name)
    visit.service.bell.ring()
    return Redirect("/alerts/rules", f"The rule {name} is gone, and what it found is over.")


ENTRY = Pages(
    "alert rules",
    (
        Page("GET", "/alerts/rules", list_rules),
        Page("GET", "/alerts/rules/edit", edit_rule, "editor"),
        Page("POST", "/alerts/rules/edit", save_rule, "editor"),
        Page("POST", "/alerts/rules/remove", remove_rule, "editor"),
    ),
)
