"""leeboard's own calls: signed JSON under /leeboard/, for what AWS's API has no operation for.

A module of this folder holds the calls on one thing.
"""

import asyncio
import logging
import re
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from urllib.parse import parse_qsl, unquote
from uuid import uuid4

import msgspec

from leeboard.api.auth import Head
from leeboard.api.replies import Reply
from leeboard.errors import InputError, LeeboardError
from leeboard.roster import Roster
from leeboard.service.refusals import InvalidRequestError, RefusalError
from leeboard.service.service import Service

_log = logging.getLogger(__name__)
MOST_DIGITS = 18
"""Of the number of a row."""


@dataclass(frozen=True, slots=True)
class Asked:
    """One call.

    Attributes:
        names: what stands for `{...}` in the path.
        query: of the URL; the last of repeated parameters.
        body: the JSON document; an empty object if there is none.
    """

    service: Service
    names: dict[str, str]
    query: dict[str, str]
    body: dict[str, Any]
    now: datetime


@dataclass(frozen=True, slots=True)
class Route:
    """A call: `POST /leeboard/schedules/{name}/run` and what answers it."""

    method: str
    path: str
    answer: Callable[[Asked], Any]
    pattern: re.Pattern[str] = field(init=False)

    def __post_init__(self) -> None:
        pattern = re.sub(r"\\{(\w+)\\}", r"(?P<\1>[^/]+)", re.escape(self.path))
        object.__setattr__(self, "pattern", re.compile(pattern))


@dataclass(frozen=True, slots=True)
class Calls:
    """The calls on one thing."""

    name: str
    routes: tuple[Route, ...]


CALLS = Roster("group of calls", __name__, Calls)


class OwnCalls:
    """Answers the calls of the roster."""

    def __init__(self, service: Service) -> None:
        self._service = service
        self._routes = [route for calls in CALLS for route in calls.routes]

    async def answer(self, head: Head, body: bytes, now: datetime) -> Reply:
        """The call's JSON, or a refusal that says what is wrong."""
        try:
            route, names = self._find(head)
            asked = Asked(self._service, names, _query(head.query), _document(body), now)
            loop = asyncio.get_running_loop()
            return Reply.json(await loop.run_in_executor(None, route.answer, asked))
        except RefusalError as refusal:
            return Reply.refusal(refusal)
        except LeeboardError as error:
            status = 400 if isinstance(error, InputError) else 500
            return Reply.refusal(RefusalError(str(error), status=status))
        except Exception:
            number = uuid4()
            _log.exception("call %s failed: %s %s", number, head.method, head.path)
            fault = RefusalError(f"internal error; the server's log has it under {number}", status=500)
            return Reply.refusal(fault)

    def _find(self, head: Head) -> tuple[Route, dict[str, str]]:
        for route in self._routes:
            match = route.pattern.fullmatch(head.path)
            if match and route.method == head.method:
                return route, {name: _text(unquote(value)) for name, value in match.groupdict().items()}
        known = ", ".join(f"{route.method} {route.path}" for route in self._routes)
        raise RefusalError(f"no call {head.method} {head.path}; known: {known}", status=404)


def _query(query: str) -> dict[str, str]:
    return {name: _text(value) for name, value in parse_qsl(query)}


def _text(given: str) -> str:
    """No database takes a NUL in a text, and no name has one."""
    return given.replace("\0", "\N{REPLACEMENT CHARACTER}")


def row_number(text: str) -> int | None:
    """The number of a row; None for what is none."""
    return int(text) if text.isascii() and text.isdecimal() and len(text) <= MOST_DIGITS else None


def _document(body: bytes) -> dict[str, Any]:
    try:
        return msgspec.json.decode(body, type=dict[str, Any]) if body else {}
    except msgspec.MsgspecError as error:
        raise InvalidRequestError(f"the body is no JSON object: {error}") from None
