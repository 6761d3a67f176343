"""Who may come in: tokens, and everybody's sessions."""

from leeboard.dashboard.answers import Answer, Redirect, Table, View
from leeboard.dashboard.pages import Page, Pages
from leeboard.dashboard.visit import Visit
from leeboard.formats.whole_number import whole_number
from leeboard.service.access import sessions, tokens
from leeboard.service.access.visitors import ROLES
from leeboard.service.refusals import InvalidRequestError, RefusalError


def list_tokens(visit: Visit) -> View:
    """All named tokens; what they are is known to those alone who have them."""
    return _page(visit)


def _page(visit: Visit, *, error: str = "", made: tuple[str, str] | None = None) -> View:
    with visit.service.database.read() as connection:
        found = tokens.all_of(connection)
    rows = [
        (t.name, t.role, t.created_at.isoformat(), t.expires_at.isoformat() if t.expires_at else None)
        for t in found
    ]
    context = {"tokens": found, "roles": ROLES, "error": error, "made": made}
    tables = {"tokens": Table(("name", "role", "created_at", "expires_at"), lambda: rows)}
    return View("access.html", "Access", context, tables=tables, status=400 if error else 200)


def add_token(visit: Visit) -> Answer:
    """The page that follows is the only place where the token stands."""
    days = visit.given("days")
    try:
        length = whole_number(days)
        if days and length is None:
            raise InvalidRequestError(f"days is {days[:20]!r}; expected a whole number, or nothing")
        name, role = visit.given("name"), visit.given("role")
        with visit.service.database.write() as connection:
            token, secret = tokens.add(connection, name, role, visit.now, days=length)
            visit.audit_in(connection, "add_token", token.name, role=token.role)
    except RefusalError as error:
        return _page(visit, error=error.message)
    return _page(visit, made=(token.name, secret))


def remove_token(visit: Visit) -> Redirect:
    """What was begun with it ends, too."""
    name = visit.given("name")
    with visit.service.database.write() as connection:
        tokens.remove(connection, name)
        visit.audit_in(connection, "remove_token", name)
    return Redirect("/access", f"The token {name} is gone, and its sessions have ended.")


def end_sessions(visit: Visit) -> Redirect:
    """Everybody has to log in again."""
    with visit.service.database.write() as connection:
        n = sessions.end_all(connection)
        visit.audit_in(connection, "end_sessions", "dashboard", n=n)
    return Redirect("/login")


ENTRY = Pages(
    "access",
    (
        Page("GET", "/access", list_tokens, "editor"),
        Page("POST", "/access/tokens", add_token, "editor"),
        Page("POST", "/access/tokens/remove", remove_token, "editor"),
        Page("POST", "/access/sessions/end", end_sessions, "editor"),
    ),
)
