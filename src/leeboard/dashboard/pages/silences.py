"""Silences: times in which nobody is told of what matches."""

from datetime import UTC, datetime, timedelta

from leeboard.dashboard.answers import Answer, Redirect, Table, View
from leeboard.dashboard.matched import MATCHED, matchers
from leeboard.dashboard.pages import Page, Pages
from leeboard.dashboard.typed import read_time
from leeboard.dashboard.visit import Visit
from leeboard.service.alerting import silences
from leeboard.service.refusals import InvalidRequestError, RefusalError

TRAIL = (("Alerts", "/alerts"),)
A_DAY = timedelta(days=1)
LAST = datetime.max.replace(tzinfo=UTC) - A_DAY


def list_silences(visit: Visit) -> View:
    """Those that are not over, and the last ones that are."""
    return _page(visit, {})


def _page(visit: Visit, given: dict[str, str], error: str = "") -> View:
    with visit.service.database.read() as connection:
        found = silences.list_silences(connection, visit.now, with_over=True)
    rows = [
        (s.id, s.match.told(), s.comment, s.starts_at.isoformat(), s.ends_at.isoformat(), s.created_by)
        for s in found
    ]
    columns = ("silence", "about", "comment", "from", "until", "by")
    context = {
        "silences": found, "matched": MATCHED, "given": given, "error": error, "subpage": "silences",
        "default_until": visit.now + A_DAY,
    }  # fmt: skip
    status = 400 if error else 200
    tables = {"silences": Table(columns, lambda: rows)}
    return View("silences.html", "Silences", context, TRAIL, tables, status=status)


def add(visit: Visit) -> Answer:
    """From now, or a time, until a time."""
    given = visit.fields
    match = matchers(given)
    try:
        starts_at = _time(given.get("from", ""), "from") or visit.now
        ends_at = _time(given.get("until", ""), "until") or _later(starts_at)
        if not match:
            raise InvalidRequestError("say what to be quiet about; * in a field is everything")
        with visit.service.database.write() as connection:
            made = silences.silence(
                connection, match, starts_at=starts_at, ends_at=ends_at, who=visit.visitor.name,
                comment=given.get("comment", ""), now=visit.now,
            )  # fmt: skip
            about = made.match.told()
            visit.audit_in(connection, "made a silence", about, silence=made.id, until=ends_at.isoformat())
    except RefusalError as error:
        return _page(visit, given, error.message)
    until = f"{ends_at:%Y-%m-%d %H:%M} UTC"
    return Redirect("/alerts/silences", f"Nobody is told of {about} until {until}.")


def _later(at: datetime) -> datetime:
    return at if at > LAST else at + A_DAY  # what begins in the year 9999 is refused anyway


def _time(text: str, name: str) -> datetime | None:
    try:
        return read_time(text) if text else None
    except ValueError as error:
        raise InvalidRequestError(f"{name} is {text[:40]!r}; {error}") from None


def end(visit: Visit) -> Redirect:
    """It is over now."""
    number = int(visit.names["number"])
    with visit.service.database.write() as connection:
        over = silences.end_silence(connection, number, now=visit.now)
        visit.audit_in(connection, "ended a silence", over.match.told(), silence=number)
    return Redirect("/alerts/silences", f"What happens with {over.match.told()} is told again.")


ENTRY = Pages(
    "silences",
    (
        Page("GET", "/alerts/silences", list_silences),
        Page("POST", "/alerts/silences", add, "editor"),
        Page("POST", "/alerts/silences/{number:row}/end", end, "editor"),
    ),
)
