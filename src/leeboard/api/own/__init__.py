"""leeboard's own calls: signed JSON under /leeboard/, for what AWS's API has no operation for.

A module of this folder holds the calls on one thing.
"""

import asyncio
import logging
import re
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any
from urllib.parse import parse_qsl, unquote
from uuid import uuid4

import msgspec

from leeboard.api.auth import Head, Identity
from leeboard.api.replies import Reply
from leeboard.errors import InputError, LeeboardError
from leeboard.roster import Roster
from leeboard.service.access.audit import Line
from leeboard.service.access.signing import Signature
from leeboard.service.access.trail import Recorder
from leeboard.service.access.visitors import EDITOR, KEY, Origin, Visitor
from leeboard.service.refusals import AccessDeniedError, InvalidRequestError, RefusalError
from leeboard.service.service import Service
from leeboard.state.texts import storable

_log = logging.getLogger(__name__)
NAMING = ("name", "endpoint", "image")
"""Members of a query or document that name what a call without names in its path is about."""


@dataclass(frozen=True, slots=True)
class Asked:
    """One call.

    Attributes:
        names: what stands for `{...}` in the path.
        query: of the URL; the last of repeated parameters.
        body: the JSON document; an empty object if there is none.
        caller: by the access key id.
    """

    service: Service
    names: dict[str, str]
    query: dict[str, str]
    body: dict[str, Any]
    now: datetime
    caller: Visitor


@dataclass(frozen=True, slots=True)
class Route:
    """A call: `POST /leeboard/schedules/{name}/run` and what answers it.

    Attributes:
        is_change: whether readers may not ask it, and the audit log has it; None for all but GET.
    """

    method: str
    path: str
    answer: Callable[[Asked], Any]
    is_change: bool | None = None
    pattern: re.Pattern[str] = field(init=False)

    def __post_init__(self) -> None:
        if self.is_change is None:
            object.__setattr__(self, "is_change", self.method != "GET")
        pattern = re.sub(r"\\{(\w+)\\}", r"(?P<\1>[^/]+)", re.escape(self.path))
        object.__setattr__(self, "pattern", re.compile(pattern))


@dataclass(frozen=True, slots=True)
class Calls:
    """The calls on one thing."""

    name: str
    routes: tuple[Route, ...]


CALLS = Roster("group of calls", __name__, Calls)


class OwnCalls:
    """Answers the calls of the roster.

    Args:
        role_of: what the owner of an access key may; readers are refused what changes something.
        record: takes a line of the audit log for each change that was refused, or changed no table; it must
            not wait. Those of other changes are kept with them.
    """

    def __init__(
        self,
        service: Service,
        *,
        role_of: Callable[[str], str] = lambda access_key: EDITOR,
        record: Recorder = lambda line: None,
    ) -> None:
        self._service = service
        self._role_of, self._record = role_of, record
        self._routes = [route for calls in CALLS for route in calls.routes]

    async def answer(self, head: Head, body: bytes, now: datetime, identity: Identity | None = None) -> Reply:
        """The call's JSON, or a refusal that says what is wrong."""
        try:
            route, names = self._find(head)
            caller = self._caller(identity)
            asked = Asked(self._service, names, _query(head.query), _document(body), now, caller)
            told = await self._asked(route, asked)
            return Reply.json(told)
        except RefusalError as refusal:
            return Reply.refusal(refusal)
        except LeeboardError as error:
            return Reply.refusal(RefusalError(str(error), status=_status(error)))
        except Exception:
            number = uuid4()
            _log.exception("call %s failed: %s %r", number, head.method, head.path)
            fault = RefusalError(f"internal error; the server's log has it under {number}", status=500)
            return Reply.refusal(fault)

    def _caller(self, identity: Identity | None) -> Visitor:
        if identity is None or not identity.secret:
            name = identity.access_key if identity else ""
            return Visitor(name, self._role_of(name))
        key = identity.access_key
        return Visitor.by(Origin(KEY, key, self._role_of(key), identity.secret))

    async def _asked(self, route: Route, asked: Asked) -> Any:
        """What the call answers; whatever comes of a change is written down, with it or after it."""
        if not route.is_change:
            return await _in_thread(route, asked)
        try:
            if not asked.caller.is_editor:
                raise AccessDeniedError(
                    f"the access key {asked.caller.name} is a reader's: it may look, and {route.method} "
                    f"{route.path} changes something"
                )
            signature = Signature(_line(route, asked, "ok"))
            told = await _in_thread(route, replace(asked, service=signature.under(asked.service)))
        except Exception as error:
            self._record(_line(route, asked, _code(error)))
            raise
        if not signature.is_written:
            self._record(signature.line)
        return told

    def _find(self, head: Head) -> tuple[Route, dict[str, str]]:
        for route in self._routes:
            match = route.pattern.fullmatch(head.path)
            if match and route.method == head.method:
                return route, {name: storable(unquote(value)) for name, value in match.groupdict().items()}
        known = ", ".join(f"{route.method} {route.path}" for route in self._routes)
        raise RefusalError(f"no call {head.method} {head.path}; known: {known}", status=404)


async def _in_thread(route: Route, asked: Asked) -> Any:
    return await asyncio.get_running_loop().run_in_executor(None, route.answer, asked)


def _status(error: LeeboardError) -> int:
    return 400 if isinstance(error, InputError) else 500


def _code(error: Exception) -> str:
    if isinstance(error, RefusalError):
        return error.code
    return RefusalError.code if isinstance(error, InputError) else "InternalFailure"


def _line(route: Route, asked: Asked, outcome: str) -> Line:
    """The call by the name of its function; what it is about by path, query or document."""
    return Line(
        at=asked.now,
        visitor=asked.caller.name,
        via="own",
        action=route.answer.__name__,
        subject=_subject(asked),
        outcome=outcome,
        details={"call": f"{route.method} {route.path}"},
    )


def _subject(asked: Asked) -> str:
    if asked.names:
        return "/".join(asked.names.values())
    given = asked.query | asked.body
    return next((str(given[name]) for name in NAMING if given.get(name)), "")


def _query(query: str) -> dict[str, str]:
    return {name: storable(value) for name, value in parse_qsl(query)}


def _document(body: bytes) -> dict[str, Any]:
    try:
        return msgspec.json.decode(body, type=dict[str, Any]) if body else {}
    except msgspec.MsgspecError as error:
        raise InvalidRequestError(f"the body is no JSON object: {error}") from None
