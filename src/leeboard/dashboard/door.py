"""Who comes in: sessions by cookie, logins, and what a change must carry."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import quote, unquote

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from leeboard.clock import now
from leeboard.dashboard.forms import read_form
from leeboard.dashboard.rendering import ROOT
from leeboard.dashboard.visit import Fields
from leeboard.service.access import csrf, login, sessions
from leeboard.service.access.cookies import cookie_name, cookie_options, notice_name, notice_options
from leeboard.service.access.doorman import TooManyAttemptsError
from leeboard.service.access.front import Front
from leeboard.service.access.origins import origins_of
from leeboard.service.access.visitors import Visitor
from leeboard.service.keys import KeyRing
from leeboard.service.service import Service

CSRF_FIELD = "csrf"
MOST_BYTES = 16_384
"""Of the form of somebody who is not known yet."""
FROM_ELSEWHERE = (
    "Another page led here. If you asked for this login yourself, click into the address bar and press Enter "
    "within the minute that the code is good."
)
WRONG = "That is no token or key pair of this server. The command leeboard dashboard logs you in."
UNSENT = "Your session had ended, so the form was not sent, and nothing was changed."

LoginPage = Callable[[str, str, int], Response]
"""Drawn with: what is wrong, where to go afterwards, the status."""


@dataclass(frozen=True, slots=True)
class Seen:
    """A visitor, and the cookie by which they are known."""

    visitor: Visitor
    cookie: str

    @property
    def csrf(self) -> str:
        return csrf.token_of(self.cookie)


class Door:
    """Lets visitors of one server in."""

    def __init__(self, service: Service, keys: KeyRing, front: Front) -> None:
        self._service, self._keys, self._front = service, keys, front
        self._origins = origins_of(keys)

    async def seen(self, request: Request, at: datetime) -> Seen | None:
        """Who asks, if they have come in before."""
        cookie = request.cookies.get(self._name(request), "")
        visitor = await run_in_threadpool(self._find, cookie, at) if cookie else None
        return Seen(visitor, cookie) if visitor else None

    def _find(self, cookie: str, at: datetime) -> Visitor | None:
        return sessions.find_session(self._service.database, cookie, at, self._origins)

    def is_meant(self, request: Request, seen: Seen, form: Fields) -> bool:
        """Whether a form was sent from a page of ours that this visitor has open."""
        given = (form.get(CSRF_FIELD) or ("",))[-1]
        return csrf.is_right(seen.cookie, given) and csrf.is_same_origin(request.headers)

    async def login(self, request: Request, page: LoginPage) -> Response:
        """The page that asks who comes; right answers, or a code of `leeboard dashboard`, lead to `then`."""
        then = request.query_params.get("then", "")
        if request.method == "GET" and (code := request.query_params.get("code")):
            return await self._redeem(request, code, then, page)
        if request.method == "GET":
            return page(UNSENT if "unsent" in request.query_params else "", _then(then), 200)
        form = (await read_form(request, most_bytes=MOST_BYTES)).fields
        then = (form.get("then") or ("",))[-1]
        if not csrf.is_same_origin(request.headers):
            return page("The form was sent from another site.", _then(then), 403)
        try:
            visitor = await run_in_threadpool(self._login, form, self._client(request))
        except TooManyAttemptsError as error:
            response = page(error.message, _then(then), error.status)
            response.headers["retry-after"] = str(error.wait_s)
            return response
        return await self._let_in(request, visitor, then, page)

    async def _redeem(self, request: Request, code: str, then: str, page: LoginPage) -> Response:
        """A link on somebody else's page could log its reader in as somebody else."""
        if not csrf.is_same_origin(request.headers):
            return page(FROM_ELSEWHERE, _then(then), 403)
        client = self._client(request)
        visitor = await run_in_threadpool(login.redeem, self._service, self._keys, code, now(), client=client)
        return await self._let_in(request, visitor, then, page)

    def _login(self, form: Fields, client: str) -> Visitor | None:
        given = {name: values[-1].strip() for name, values in form.items()}
        credentials = login.Credentials(
            token=given.get("token", ""),
            access_key=given.get("access_key_id", ""),
            secret=given.get("secret_access_key", ""),
        )
        return login.login(self._service, self._keys, credentials, now(), client=client)

    async def _let_in(
        self, request: Request, visitor: Visitor | None, then: str, page: LoginPage
    ) -> Response:
        if visitor is None:
            return page(WRONG, _then(then), 403)
        before = request.cookies.get(self._name(request), "")
        cookie = await run_in_threadpool(self._begin, visitor, now(), before)
        response = RedirectResponse(_then(then), status_code=303)
        response.set_cookie(self._name(request), cookie, **cookie_options(is_secure=self._is_secure(request)))
        return response

    def _begin(self, visitor: Visitor, at: datetime, before: str) -> str:
        """A new session in place of the one that this browser had."""
        with self._service.database.write() as connection:
            if before:
                sessions.end(connection, before, self._origins)
            return sessions.begin(connection, visitor, at)

    async def logout(self, request: Request) -> Response:
        """The session is over."""
        seen = await self.seen(request, now())
        form = (await read_form(request, most_bytes=MOST_BYTES)).fields
        response = RedirectResponse(f"{ROOT}/login", status_code=303)
        if seen is None or not self.is_meant(request, seen, form):
            return response
        await run_in_threadpool(self._end, seen.cookie)
        options = cookie_options(is_secure=self._is_secure(request))
        response.set_cookie(self._name(request), "", **(options | {"max_age": 0}))
        return response

    def _end(self, cookie: str) -> None:
        with self._service.database.write() as connection:
            sessions.end(connection, cookie, self._origins)

    def notice_of(self, request: Request) -> str:
        """What the page before had to say."""
        return unquote(request.cookies.get(self._notice_name(request), ""))

    def set_notice(self, request: Request, response: Response, text: str) -> None:
        """Say something on the next page; an empty text takes it back."""
        options = notice_options(is_secure=self._is_secure(request)) | ({} if text else {"max_age": 0})
        response.set_cookie(self._notice_name(request), quote(text), **options)

    def _notice_name(self, request: Request) -> str:
        return notice_name(request.headers.get("host", ""), is_secure=self._is_secure(request))

    def _name(self, request: Request) -> str:
        return cookie_name(request.headers.get("host", ""), is_secure=self._is_secure(request))

    def _is_secure(self, request: Request) -> bool:
        return self._front.is_secure(request.headers.get("host", ""))

    def _client(self, request: Request) -> str:
        """Proxies add a header of their own to one that the client wrote: all of them are one list."""
        peer = request.client.host if request.client else ""
        told = ",".join(request.headers.getlist("x-forwarded-for"))
        return self._front.client(peer, {"x-forwarded-for": told})


def _then(given: str) -> str:
    """A page of ours to go on to, whatever was asked for; none that logs in, as somebody else maybe."""
    is_ours = given.startswith(f"{ROOT}/") and "\\" not in given and given.isprintable()
    path = unquote(given.partition("?")[0].partition("#")[0])
    is_plain = ".." not in path and not path.startswith(f"{ROOT}/login")
    return given if is_ours and is_plain else f"{ROOT}/"
