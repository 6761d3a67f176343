"""From a request to a page: who asks, may they, what the page answers, and how that is sent."""

import logging
from collections.abc import Callable
from typing import Any
from urllib.parse import parse_qs, quote, urlsplit
from uuid import uuid4

from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response, StreamingResponse

from leeboard.clock import now
from leeboard.dashboard.answers import Answer, Download, Redirect, Shown, View
from leeboard.dashboard.door import Door, Seen
from leeboard.dashboard.exporting import export
from leeboard.dashboard.forms import Sent, read_form
from leeboard.dashboard.pages import Page
from leeboard.dashboard.rendering import ROOT, Tabs, render
from leeboard.dashboard.visit import Fields, Visit
from leeboard.errors import InputError, LeeboardError
from leeboard.service.access.visitors import Visitor
from leeboard.service.refusals import RefusalError, ResourceNotFoundError
from leeboard.service.service import Service
from leeboard.state.texts import storable

MOST_NOTICE = 300
MOST_PARAMETERS = 1000
BAD = "!"
"""Begins a notice in its cookie that says what did not work."""
NOBODY = Visitor("", "reader", None)

_log = logging.getLogger(__name__)


class Serving:
    """Answers the requests of one server's dashboard."""

    def __init__(self, service: Service, door: Door, tabs: Tabs) -> None:
        self._service, self._door, self._tabs = service, door, tabs

    async def answer(self, page: Page, request: Request) -> Response:
        """What a page says, to those who may ask."""
        seen = await self._door.seen(request, now())
        if seen is None:
            return _to_login(request)
        sent = await read_form(request) if page.method == "POST" else Sent({}, {})
        visit = self._visit(request, seen, sent)
        if page.role == "editor" and not visit.is_editor:
            return self._told(visit, 403, "You are logged in as a reader, who may look but not change.")
        if page.method == "POST" and not self._door.is_meant(request, seen, sent.fields):
            return self._told(
                visit, 403, "This form is too old, or was not sent from this dashboard. Load the page again."
            )
        return await self._answered(page.answer, visit, request)

    def _visit(self, request: Request, seen: Seen, sent: Sent) -> Visit:
        return Visit(
            service=self._service,
            path=request.url.path.removeprefix(ROOT),
            visitor=seen.visitor,
            now=now(),
            names={name: storable(str(value)) for name, value in request.path_params.items()},
            query=_query(request.url.query),
            form=sent.fields,
            files=sent.files,
            is_fragment="hx-request" in request.headers
            and "hx-history-restore-request" not in request.headers,
            csrf=seen.csrf,
        )

    async def _answered(self, ask: Callable[[Visit], Answer], visit: Visit, request: Request) -> Response:
        try:
            answer = await run_in_threadpool(ask, visit)
            return await run_in_threadpool(self._sent, answer, visit, request)
        except ResourceNotFoundError as refusal:
            return self._told(visit, 404, refusal.message)
        except RefusalError as refusal:
            return self._told(visit, refusal.status, refusal.message)
        except LeeboardError as error:
            return self._told(visit, 400 if isinstance(error, InputError) else 500, str(error))
        except Exception:
            number = uuid4()
            _log.exception("page %s failed: %r", number, visit.path)
            return self._told(
                visit, 500, f"Something went wrong here; the server's log has it under {number}."
            )

    def _sent(self, answer: Answer, visit: Visit, request: Request) -> Response:
        if isinstance(answer, View) and (kind := visit.asked("export")):
            answer = export(answer, kind, visit.asked("table"))
        if isinstance(answer, Download):
            return _download(answer)
        if isinstance(answer, Shown):
            return Response(answer.content, media_type=answer.content_type, headers=dict(answer.headers))
        if isinstance(answer, Redirect):
            response: Response = RedirectResponse(ROOT + answer.path, status_code=303)
            if answer.notice:
                text = BAD * answer.is_bad + answer.notice[:MOST_NOTICE]
                self._door.set_notice(request, response, text)
            return response
        notice = self._door.notice_of(request)
        response = HTMLResponse(
            render(
                answer,
                visit,
                self._tabs,
                notice.removeprefix(BAD)[:MOST_NOTICE],
                is_bad=notice.startswith(BAD),
            ),
            status_code=answer.status,
        )
        response.headers["vary"] = "HX-Request"
        if notice and not visit.is_fragment:
            self._door.set_notice(request, response, "")
        return response

    def _told(self, visit: Visit, status: int, text: str) -> Response:
        view = View("message.html", TITLES.get(status, "Something went wrong"), {"text": text}, status=status)
        return HTMLResponse(render(view, visit, self._tabs), status_code=status)

    async def login(self, request: Request) -> Response:
        """The page that asks who comes, and what follows from the answer."""
        return await self._door.login(request, self._login_page)

    def _login_page(self, text: str, then: str, status: int = 200) -> Response:
        visit = Visit(self._service, "/login", NOBODY, now())
        view = View("login.html", "Log in", {"text": text, "then": then}, status=status)
        return HTMLResponse(render(view, visit, self._tabs), status_code=status)

    async def logout(self, request: Request) -> Response:
        return await self._door.logout(request)

    async def refuse(self, request: Request, error: Exception) -> Response:
        """A page that is not there, or a form that cannot be read."""
        status = error.status_code if isinstance(error, HTTPException) else 500
        seen = await self._door.seen(request, now())
        if seen is None:
            return _to_login(request) if status == 404 else Response(str(error), status)
        visit = self._visit(request, seen, Sent({}, {}))
        text = "There is no such page." if status == 404 else getattr(error, "detail", "")
        return self._told(visit, status, text)


TITLES = {403: "Not allowed", 404: "Not found", 400: "That did not work", 405: "Not found"}


def _to_login(request: Request) -> Response:
    """And from there on to the page that was asked for; a form that was sent is not sent again."""
    if "hx-request" in request.headers:
        return Response(status_code=401, headers={"hx-redirect": _login_for(*_current(request))})
    if request.method != "GET":
        return RedirectResponse(f"{_login_for(f'{ROOT}/')}&unsent=1", status_code=303)
    return RedirectResponse(_login_for(request.url.path, request.url.query), status_code=303)


def _current(request: Request) -> tuple[str, str]:
    """Path and query of the page that asks for a part of itself."""
    try:
        page = urlsplit(request.headers.get("hx-current-url", ""))
    except ValueError:
        return f"{ROOT}/", ""
    return page.path, page.query


def _login_for(path: str, query: str = "") -> str:
    return f"{ROOT}/login?then={quote(f'{path}?{query}' if query else path, safe='')}"


def _download(answer: Download) -> Response:
    disposition = f"attachment; filename*=UTF-8''{quote(answer.name, safe='')}"
    headers: dict[str, Any] = {"content-disposition": disposition, "x-content-type-options": "nosniff"}
    if isinstance(answer.content, bytes):
        return Response(answer.content, media_type=answer.content_type, headers=headers)
    return StreamingResponse(answer.content, media_type=answer.content_type, headers=headers)


def _query(text: str) -> Fields:
    """The parameters of a URL; none of one that has too many."""
    try:
        query = parse_qs(text, max_num_fields=MOST_PARAMETERS)
    except ValueError:
        return {}
    return {storable(name): tuple(map(storable, values)) for name, values in query.items()}
