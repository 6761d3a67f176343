"""Who may come in: named tokens, login links, sessions, and the log of what was changed."""

from datetime import datetime
from typing import Any

from leeboard.api.own import Asked, Calls, Route
from leeboard.errors import InputError
from leeboard.formats.whole_number import whole_number
from leeboard.jobs.options import read_time
from leeboard.service.access import audit, links, sessions, tokens
from leeboard.service.access.tokens import Token
from leeboard.service.refusals import InvalidRequestError
from leeboard.state.columns import EPOCH, MICROSECOND

PAGE, LARGEST_PAGE = 100, 1000


def list_tokens(asked: Asked) -> Any:
    """By name, without their secrets, which nobody knows."""
    with asked.service.database.read() as connection:
        return {"tokens": [_told(token, asked.now) for token in tokens.all_of(connection)]}


def add_token(asked: Asked) -> Any:
    """Make a token; this answer is the only place where its secret stands."""
    name, role, days = (asked.body.get(key) for key in ("name", "role", "days"))
    if not (isinstance(name, str) and isinstance(role, str) and _is_whole(days)):
        raise InvalidRequestError(
            'give "name" and "role" as texts, and "days" as a whole number or not at all'
        )
    with asked.service.database.write() as connection:
        token, secret = tokens.add(connection, name, role, asked.now, days=days)
    return _told(token, asked.now) | {"token": secret}


def remove_token(asked: Asked) -> Any:
    """Take a token away, and end what was begun with it."""
    with asked.service.database.write() as connection:
        tokens.remove(connection, asked.names["name"])
    return {}


def make_link(asked: Asked) -> Any:
    """The path of a page that logs in once, within a minute, as who asks here."""
    if asked.caller.origin is None:
        raise InvalidRequestError("this request is not signed, so that nobody could be logged in by the link")
    with asked.service.database.write() as connection:
        code = links.make(connection, asked.caller.origin, asked.now)
    return {"path": f"{links.PATH}?code={code}", "expires_at": asked.now + links.GOOD_FOR}


def end_sessions(asked: Asked) -> Any:
    """Log everybody out of the dashboard."""
    with asked.service.database.write() as connection:
        return {"ended": sessions.end_all(connection)}


def list_changes(asked: Asked) -> Any:
    """Lines of the audit log, youngest first; `next` is the `before` of the next page."""
    size = whole_number(asked.query.get("limit", str(PAGE)), least=1, most=LARGEST_PAGE)
    if size is None:
        raise InvalidRequestError(f"limit is {asked.query['limit'][:32]!r}; expected 1 to {LARGEST_PAGE}")
    filters = {name: asked.query.get(name) for name in ("subject", "visitor", "action")}
    wanted = audit.Asked(**filters, since=_time(asked, "since"), until=_time(asked, "until"))
    with asked.service.database.read() as connection:
        lines = audit.read(connection, wanted, before=_place(asked.query.get("before")), limit=size)
    more = len(lines) == size
    return {"lines": [_line(line) for line in lines], "next": _written(lines[-1]) if more else None}


def _told(token: Token, now: datetime) -> dict[str, Any]:
    return {
        "name": token.name,
        "role": token.role,
        "created_at": token.created_at,
        "expires_at": token.expires_at,
        "used_at": token.used_at,
        "is_over": token.expires_at is not None and now >= token.expires_at,
    }


def _line(line: audit.Line) -> dict[str, Any]:
    return {name: getattr(line, name) for name in audit.COLUMNS}


def _is_whole(days: Any) -> bool:
    return days is None or (isinstance(days, int) and not isinstance(days, bool))


def _time(asked: Asked, name: str) -> datetime | None:
    given = asked.query.get(name)
    try:
        return read_time(given, name) if given else None
    except OverflowError:
        raise InvalidRequestError(f"{name} is {given}; expected a time of the years 1 to 9999") from None
    except InputError as error:
        raise InvalidRequestError(str(error)) from None


def _written(line: audit.Line) -> str:
    return f"{(line.at - EPOCH) // MICROSECOND}-{line.id}"


def _place(text: str | None) -> audit.Place | None:
    if text is None:
        return None
    at, number = (whole_number(part) for part in text.partition("-")[::2])
    if at is None or number is None:
        raise InvalidRequestError("before is not what this list gave out as next")
    try:
        return EPOCH + at * MICROSECOND, number
    except OverflowError:
        raise InvalidRequestError("before is not what this list gave out as next") from None


ENTRY = Calls(
    "access",
    (
        Route("GET", "/leeboard/access/tokens", list_tokens),
        Route("POST", "/leeboard/access/tokens", add_token),
        Route("DELETE", "/leeboard/access/tokens/{name}", remove_token),
        Route("POST", "/leeboard/access/links", make_link, is_change=False),
        Route("DELETE", "/leeboard/access/sessions", end_sessions),
        Route("GET", "/leeboard/audit", list_changes),
    ),
)
