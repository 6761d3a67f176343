"""A reverse proxy: passes every request on to a model server, body by body as it comes."""

import logging
from collections.abc import AsyncIterator
from typing import TYPE_CHECKING

import aiohttp
import msgspec
from yarl import URL

from leeboard.errors import InputError

if TYPE_CHECKING:
    from starlette.types import Message, Receive, Scope, Send

HOP_BY_HOP = frozenset(
    b"connection keep-alive proxy-authenticate proxy-authorization proxy-connection te trailer "
    b"transfer-encoding upgrade".split()
)
OURS = frozenset({b"host", b"expect"})
INVENTED = ("Accept", "Accept-Encoding", "Content-Type", "User-Agent")
"""Headers that the client library would add by itself."""
WHOLE_BYTES = 64 * 1024
"""Answers up to this length are sent in one piece."""
KEEP_S = 1.5
"""Unused connections are closed before model servers do, as a request into a closing one is lost."""

_log = logging.getLogger(__name__)


class Proxy:
    """An ASGI app that stands for the server at `upstream`.

    Args:
        upstream: the server's URL; a path in it is put before each request's.
        answer_timeout_s: how long the server may be silent.
        connect_timeout_s: how long it may take to accept a connection.

    Raises:
        InputError: the URL is not one of http or https.
    """

    def __init__(
        self, upstream: str, *, answer_timeout_s: float = 300.0, connect_timeout_s: float = 10.0
    ) -> None:
        url = URL(upstream)
        if url.scheme not in ("http", "https") or not url.host:
            raise InputError(f"{upstream!r} is no URL of a model server; one is http://127.0.0.1:8080")
        self.upstream = str(url.with_query(None).with_fragment(None)).rstrip("/")
        self._timeout = aiohttp.ClientTimeout(
            total=None, sock_connect=connect_timeout_s, sock_read=answer_timeout_s
        )
        self._session: aiohttp.ClientSession | None = None

    async def __call__(self, scope: "Scope", receive: "Receive", send: "Send") -> None:
        """One connection, as ASGI has it."""
        if scope["type"] == "http":
            await self._pass_on(scope, receive, send)
        elif scope["type"] == "lifespan":
            await self._live(receive, send)
        else:
            await send({"type": "websocket.close", "code": 1011, "reason": "only HTTP is passed on"})

    async def _live(self, receive: "Receive", send: "Send") -> None:
        while True:
            message = await receive()
            if message["type"] == "lifespan.shutdown":
                await self.close()
            await send({"type": f"{message['type']}.complete"})
            if message["type"] == "lifespan.shutdown":
                return

    async def close(self) -> None:
        """Closes all connections to the server."""
        if self._session is not None:
            await self._session.close()
            self._session = None

    def _client(self) -> aiohttp.ClientSession:
        if self._session is None:
            self._session = aiohttp.ClientSession(
                connector=aiohttp.TCPConnector(limit=0, keepalive_timeout=KEEP_S),
                cookie_jar=aiohttp.DummyCookieJar(),
                auto_decompress=False,
                timeout=self._timeout,
                skip_auto_headers=INVENTED,
            )
        return self._session

    async def _pass_on(self, scope: "Scope", receive: "Receive", send: "Send") -> None:
        answer = _Answer(send)
        try:
            headers = _request_headers(scope)
            body = await _body(receive, headers)
            async with self._client().request(
                scope["method"], self._url(scope), headers=headers, data=body, allow_redirects=False
            ) as response:
                await answer.give(response)
        except TimeoutError as error:
            await answer.fail(504, f"the model server at {self.upstream} did not answer in time", error)
        except (aiohttp.ClientError, ValueError) as error:
            await answer.fail(502, f"the model server at {self.upstream} did not answer: {error}", error)

    def _url(self, scope: "Scope") -> URL:
        path = scope.get("raw_path") or scope["path"].encode()
        if not path.startswith(b"/"):
            raise ValueError(f"{path!r} is no path")
        query = b"?" + scope["query_string"] if scope.get("query_string") else b""
        return URL(self.upstream + (path.partition(b"?")[0] + query).decode("latin-1"), encoded=True)


class _Answer:
    """What goes back to the client."""

    def __init__(self, send: "Send") -> None:
        self._send = send
        self._is_begun = False

    async def give(self, response: aiohttp.ClientResponse) -> None:
        headers = _without(response.raw_headers, HOP_BY_HOP)
        length = response.content_length
        if length is not None and length <= WHOLE_BYTES:
            await self._begin(response.status, headers, await response.read())
            return
        await self._begin(response.status, headers)
        n_sent, has_ended = 0, False
        async for part in response.content.iter_any():
            n_sent += len(part)
            has_ended = n_sent == length
            await self._send({"type": "http.response.body", "body": part, "more_body": not has_ended})
        if not has_ended:
            await self._send({"type": "http.response.body", "body": b"", "more_body": False})

    async def _begin(
        self, status: int, headers: list[tuple[bytes, bytes]], body: bytes | None = None
    ) -> None:
        self._is_begun = True
        await self._send({"type": "http.response.start", "status": status, "headers": headers})
        if body is not None:
            await self._send({"type": "http.response.body", "body": body, "more_body": False})

    async def fail(self, status: int, message: str, error: Exception) -> None:
        _log.warning("%s (%s)", message, type(error).__name__)
        if self._is_begun:
            return  # the server cuts the connection, so that the client sees that the answer is not whole
        body = msgspec.json.encode({"message": message})
        headers = [
            (b"content-type", b"application/json"),
            (b"content-length", str(len(body)).encode()),
            (b"connection", b"close"),  # the rest of the request may be on its way
        ]
        await self._begin(status, headers, body)


async def _body(receive: "Receive", headers: list[tuple[str, str]]) -> bytes | AsyncIterator[bytes] | None:
    first = await receive()
    if first.get("more_body", False):
        return _parts(first, receive)
    headers[:] = [item for item in headers if item[0] != "content-length"]
    return first.get("body") or None


async def _parts(message: "Message", receive: "Receive") -> AsyncIterator[bytes]:
    while message["type"] == "http.request":
        if message.get("body"):
            yield message["body"]
        if not message.get("more_body", False):
            return
        message = await receive()
    raise aiohttp.ClientConnectionError("the client went away")


def _request_headers(scope: "Scope") -> list[tuple[str, str]]:
    client = scope.get("client")
    kept = _without(scope["headers"], HOP_BY_HOP | OURS)
    headers = [(_text(name), _text(value)) for name, value in kept if name != b"x-forwarded-for"]
    before = [_text(value) for name, value in kept if name == b"x-forwarded-for"]
    if client or before:
        headers.append(("x-forwarded-for", ", ".join([*before, *([client[0]] if client else [])])))
    names = {name for name, _ in headers}
    host = next((_text(value) for name, value in scope["headers"] if name == b"host"), None)
    if host and "x-forwarded-host" not in names:
        headers.append(("x-forwarded-host", host))
    if "x-forwarded-proto" not in names:
        headers.append(("x-forwarded-proto", scope.get("scheme", "http")))
    return headers


def _without(
    headers: "list[tuple[bytes, bytes]] | tuple[tuple[bytes, bytes], ...]", dropped: frozenset[bytes]
) -> list[tuple[bytes, bytes]]:
    """Headers with lower-case names, less those dropped and those that `Connection` names."""
    lower = [(name.lower(), value) for name, value in headers]
    named = {
        word.strip().lower() for name, value in lower if name == b"connection" for word in value.split(b",")
    }
    return [item for item in lower if item[0] not in dropped and item[0] not in named]


def _text(raw: bytes) -> str:
    """As the client library will encode it again: UTF-8."""
    try:
        return raw.decode()
    except UnicodeDecodeError:
        return raw.decode("latin-1")
