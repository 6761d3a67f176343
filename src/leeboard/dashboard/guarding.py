"""What every answer of the dashboard carries, and under which names it answers at all."""

from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from leeboard.service.access.front import Front
from leeboard.service.access.headers import PAGE_HEADERS, SECURITY_HEADERS


class Guarded:
    """An application whose answers cannot be turned against who looks at them."""

    def __init__(self, app: ASGIApp, front: Front) -> None:
        self._app, self._front = app, front

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        async def send_guarded(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                is_kept = "cache-control" in headers
                for name, value in (SECURITY_HEADERS if is_kept else PAGE_HEADERS).items():
                    headers.setdefault(name, value)
            await send(message)

        refusal = self._front.refusal(Headers(scope=scope).get("host", ""))
        answers = PlainTextResponse(f"{refusal}\n", 421) if refusal else self._app
        await answers(scope, receive, send_guarded)
