"""The dashboard as an ASGI application below `/dashboard`."""

from collections.abc import Awaitable, Callable
from typing import Any

from starlette.applications import Starlette
from starlette.convertors import IntegerConvertor, register_url_convertor
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Mount, Route
from starlette.staticfiles import StaticFiles
from starlette.types import ASGIApp

from leeboard.dashboard.door import Door
from leeboard.dashboard.guarding import Guarded
from leeboard.dashboard.pages import PAGES, Page
from leeboard.dashboard.rendering import ROOT, Tabs
from leeboard.dashboard.serving import Serving
from leeboard.service.access.front import Front
from leeboard.service.keys import KeyRing
from leeboard.service.service import Service

YEAR_S = 31_536_000


class _RowNumber(IntegerConvertor):
    """No longer than any database has them."""

    regex = "[0-9]{1,18}"


register_url_convertor("row", _RowNumber())


def dashboard(service: Service, keys: KeyRing, front: Front) -> ASGIApp:
    """The application; paths come to it whole, with `/dashboard` before them."""
    return Guarded(_pages(Serving(service, Door(service, keys, front), _tabs())), front)


def _tabs() -> Tabs:
    """A key is the first letter of a text that no tab before has."""
    tabs: dict[str, tuple[str, str]] = {}
    for text, path in (each.tab for each in sorted(PAGES, key=lambda each: each.order) if each.tab):
        tabs[next(letter for letter in text.lower() if letter not in tabs)] = text, path
    return tuple((text, path, key) for key, (text, path) in tabs.items())


def _pages(serving: Serving) -> Starlette:
    routes = [
        Route(page.path, _endpoint(serving, page), methods=[page.method])
        for group in PAGES
        for page in group.pages
    ]
    own = [
        Route("/login", serving.login, methods=["GET", "POST"]),
        Route("/logout", serving.logout, methods=["POST"]),
        Mount("/static", _Static(packages=[("leeboard.dashboard", "static")])),
    ]
    top = Route(ROOT, _to_the_top, methods=["GET"])
    return Starlette(
        routes=[top, Mount(ROOT, routes=[*own, *routes])], exception_handlers={HTTPException: serving.refuse}
    )


def _endpoint(serving: Serving, page: Page) -> Callable[[Request], Awaitable[Response]]:
    async def answer(request: Request) -> Response:
        return await serving.answer(page, request)

    return answer


async def _to_the_top(request: Request) -> Response:
    return RedirectResponse(f"{ROOT}/")


class _Static(StaticFiles):
    """Names of our files change with their content, so that browsers may keep them."""

    def file_response(self, *args: Any, **kwargs: Any) -> Response:
        response = super().file_response(*args, **kwargs)
        response.headers["cache-control"] = f"public, max-age={YEAR_S}, immutable"
        return response
