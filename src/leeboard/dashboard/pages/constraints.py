"""The constraints of a schedule: edited with a preview of what its last windows would have raised."""

import json
from collections.abc import Iterator
from typing import Any

from sqlalchemy import Connection

from leeboard.dashboard.answers import Answer, Cell, Redirect, Table, View
from leeboard.dashboard.pages import Page, Pages
from leeboard.dashboard.paging import Paging
from leeboard.dashboard.rendering import ROOT, url
from leeboard.dashboard.typed import as_lines, plain, values_of
from leeboard.dashboard.visit import Visit
from leeboard.errors import LeeboardError
from leeboard.formats.whole_number import whole_number
from leeboard.service.refusals import InvalidRequestError, RefusalError
from leeboard.service.setup import versions
from leeboard.service.setup.tunable import FILE, Row
from leeboard.service.views.constraints import WINDOWS, Preview, Tuned, preview, tuned

PER_PAGE = 100
LONGEST_EDITS = 6_000
"""Characters of edits in an address; longer ones are only in the page."""
MOST_EDITS_BYTES = 1 << 20
START = "v{}."
WORDS = {
    "baseline_drift_check": "drift",
    "categorical_values_check": "allowed values",
    "completeness_check": "completeness",
    "data_type_check": "type",
    "extra_column_check": "new column",
    "missing_column_check": "missing column",
    "non_negative_check": "below 0",
    "bias_drift_check": "more bias",
    "feature_attribution_drift_check": "attributions moved",
    "LessThanThreshold": "below its limit",
    "GreaterThanThreshold": "above its limit",
}
COLUMNS = ("subject", "check", "windows_before", "windows_after")
Edits = dict[str, dict[str, Any]]


def edit(visit: Visit) -> View:
    """The constraints as a form; edits of the address are in it."""
    told = tuned(visit.service, visit.names["name"], _read_edits(visit.asked("edits")))
    return _page(visit, told, wants=visit.asked("preview") == "1")


def _read_edits(text: str) -> Edits:
    """As an address or a form has them.

    Raises:
        InvalidRequestError: they are none.
    """
    if not text:
        return {}
    if len(text) > MOST_EDITS_BYTES:
        raise InvalidRequestError("these edits are too long")
    try:
        found = json.loads(text)
        if all(isinstance(values, dict) for values in found.values()):
            return dict(found)
    except (ValueError, AttributeError, RecursionError):
        pass
    raise InvalidRequestError("the edits of this address cannot be read: it was cut or changed")


def _page(
    visit: Visit,
    told: Tuned,
    *,
    wants: bool,
    errors: dict[str, str] | None = None,
    typed: dict[str, str] | None = None,
    failure: str = "",
    number: str = "",
) -> View:
    name, n_windows = told.schedule.name, _windows(visit)
    text = visit.asked("q") or visit.given("q")
    rows = [row for row in told.rows if text.lower() in row.subject.lower()]
    paging = Paging.asked(number or visit.asked("page"), len(rows), PER_PAGE)
    found: list[Preview] = []

    def made() -> Preview:
        if not found:
            found.append(preview(visit.service, told, n_windows))
        return found[0]

    dumped = json.dumps(told.edits, separators=(",", ":"))
    context = {
        "told": told,
        "name": name,
        "file_row": told.file_row,
        "rows": [
            (number, json.dumps(row.subject), row)
            for number, row in enumerate(rows[paging.offset : paging.last], 1)
        ],
        "as_lines": as_lines,
        "plain": plain,
        "paging": paging,
        "edits": dumped if told.edits else "",
        "n_edits": sum(map(len, told.edits.values())),
        "preview": made() if wants else None,
        "is_lazy": not wants and bool(told.edits) and len(dumped) <= LONGEST_EDITS,
        "windows": WINDOWS,
        "n_windows": n_windows,
        "errors": errors or {},
        "typed": typed or {},
        "failure": failure,
        "q": text,
        "words": WORDS,
        "versions": told.versions,
        "is_edited": lambda row, key: key in told.edits.get(row.subject, {}),
    }
    tables = {
        "preview": Table(COLUMNS, lambda: _changes(made())),
        "windows": Table(
            ("execution", "window_start_at", "violations_before", "violations_after"),
            lambda: _judged(made()),
        ),
        "constraints": Table(("subject", "setting", "value", "edited"), lambda: _settings(told)),
    }
    trail = (("Schedules", "/schedules"), (name, f"/schedules/{name}"))
    return View(
        "constraints.html", f"Constraints of {name}", context, trail, tables,
        status=400 if errors or failure else 200,
    )  # fmt: skip


def _windows(visit: Visit) -> int:
    asked = visit.given("windows") or visit.asked("windows")
    return int(asked) if asked in {str(n) for n in WINDOWS} else WINDOWS[1]


def _changes(found: Preview) -> Iterator[tuple[Cell, ...]]:
    for one in found.changes:
        yield one.subject, one.check, one.n_before, one.n_after


def _judged(found: Preview) -> Iterator[tuple[Cell, ...]]:
    for one, (before, after) in zip(found.windows, found.counts, strict=True):
        yield one.execution.id, one.execution.window_start_at.isoformat(), before, after


def _settings(told: Tuned) -> Iterator[tuple[Cell, ...]]:
    for row in [*([told.file_row] if told.file_row else []), *told.rows]:
        for one in row.settings:
            value = ", ".join(map(str, one.value)) if isinstance(one.value, list) else one.value
            yield row.subject, one.key, value, one.key in told.edits.get(row.subject, {})


def change(visit: Visit) -> Answer:
    """Preview, suggest, page on, or save: whatever button was pressed, what was typed goes along."""
    name, given, action = visit.names["name"], visit.fields, visit.given("do") or "preview"
    kept = _read_edits(given.get("edits", ""))
    told = tuned(visit.service, name, kept)
    edits, errors = _typed(told, kept, _lines_kept(visit))
    if errors:
        return _page(visit, told, wants=False, errors=errors, typed=_lines_kept(visit))
    try:
        told = tuned(visit.service, name, edits)
        if action == "suggest":
            told = tuned(visit.service, name, _with_suggestions(visit, told))
        if action == "save":
            return _saved(visit, told)
    except (RefusalError, LeeboardError) as error:
        return _page(visit, told, wants=False, failure=str(error), typed=_lines_kept(visit))
    number = action.removeprefix("page:") if action.startswith("page:") else ""
    return _shown(visit, told, number)


def _lines_kept(visit: Visit) -> dict[str, str]:
    """Fields with the ends of their lines."""
    return {name: values[-1].strip(" \t\r\n") for name, values in visit.form.items() if name != "csrf"}


def _typed(told: Tuned, kept: Edits, given: dict[str, str]) -> tuple[Edits, dict[str, str]]:
    """The edits with what the form has; a row that it does not show stays as it was edited."""
    known: dict[str, Row] = {row.subject: row for row in told.rows}
    if told.file_row is not None:
        known[FILE] = told.file_row
    edits: Edits = {subject: dict(values) for subject, values in kept.items()}
    errors: dict[str, str] = {}
    for field, text in given.items():
        number = field.removeprefix("s")
        if not field.startswith("s") or not number.isdecimal():
            continue
        subject = _subject(text)
        if subject not in known:
            continue
        start = START.format(number)
        for key, value, fault in values_of(known[subject], given, start):
            if fault:
                errors[f"{start}{key}"] = fault
            else:
                edits.setdefault(subject, {})[key] = value
    return edits, errors


def _subject(text: str) -> str | None:
    """Names of features have any letters; in forms they stand as JSON in ASCII."""
    try:
        found = json.loads(text)
    except (ValueError, RecursionError):
        return None
    return found if isinstance(found, str) else None


def _with_suggestions(visit: Visit, told: Tuned) -> Edits:
    """Limits that would have left calm windows alone, where they are wider than those that hold."""
    found = preview(visit.service, told, _windows(visit))
    edits: Edits = {subject: dict(values) for subject, values in told.edits.items()}
    for subject, limit in found.suggested.items():
        edits.setdefault(subject, {})[told.tunable.limit] = limit
    return edits


def _shown(visit: Visit, told: Tuned, number: str) -> Answer:
    """By an address that holds the edits, where they fit into one."""
    edits = json.dumps(told.edits, separators=(",", ":")) if told.edits else ""
    if len(edits) > LONGEST_EDITS:
        return _page(visit, told, wants=True, number=number)
    path = url(
        f"/schedules/{told.schedule.name}/constraints", edits=edits, windows=_windows(visit),
        q=visit.given("q"), page=number, preview=None if edits or number else "1",
    )  # fmt: skip
    return Redirect(f"{path.removeprefix(ROOT)}#{'constraints' if number else 'preview'}")


def _saved(visit: Visit, told: Tuned) -> Redirect:
    def signed(connection: Connection, version: versions.Version) -> None:
        visit.audit_in(
            connection, "edited constraints", told.schedule.name, version=version.number,
            constraints=version.constraints, config=version.config, edits=_short(told.edits),
            note=version.note,
        )  # fmt: skip

    version = versions.save(
        visit.service, told.schedule.name, told.after, seen=visit.given("mark"),
        who=visit.visitor.name, note=visit.given("note"), now=visit.now, beside=signed,
    )  # fmt: skip
    return Redirect(
        f"/schedules/{told.schedule.name}/constraints",
        f"Version {version.number} of the constraints holds from the next run on.",
    )


def _short(edits: Edits) -> str:
    text = json.dumps(edits, ensure_ascii=False)
    return text if len(text) <= 1_000 else f"{text[:1_000]}..."


def back(visit: Visit) -> Redirect:
    """An earlier version holds again."""
    name, given = visit.names["name"], visit.given("number")
    number = whole_number(given)
    if number is None:
        raise InvalidRequestError(f"{given[:20]!r} is no number of a version")

    def signed(connection: Connection, version: versions.Version) -> None:
        action = "went back to earlier constraints"
        visit.audit_in(connection, action, name, version=number, as_version=version.number)

    versions.go_back(visit.service, name, number, who=visit.visitor.name, now=visit.now, beside=signed)
    return Redirect(f"/schedules/{name}/constraints", f"The constraints are those of version {number} again.")


ENTRY = Pages(
    "constraints",
    (
        Page("GET", "/schedules/{name}/constraints", edit),
        Page("POST", "/schedules/{name}/constraints", change, "editor"),
        Page("POST", "/schedules/{name}/constraints/back", back, "editor"),
    ),
)
