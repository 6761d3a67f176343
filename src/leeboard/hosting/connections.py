"""Connections to models' servers, kept open between calls.

They carry one request at a time and whole bodies both ways, as models are asked. A general
HTTP client takes more time for that than all the rest of an invocation. The parser is our own server's.
"""

import asyncio
import re
import ssl
from collections import deque
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import cast

import httptools
from yarl import URL

MAX_HEAD_BYTES = 1 << 16
_CONNECT_S = 10.0
_KEEP_S = 15.0
_CONNECTIONS = 1024
_JOINED_BYTES = 1 << 16
_BREAK = re.compile(r"[\r\n\0]")


class NotConnectedError(ConnectionError):
    """There is no connection, so nothing was sent."""


class HungUpError(ConnectionError):
    """The server closed the connection before any of an answer came."""


class BrokenAnswerError(ConnectionError):
    """What came is not a whole HTTP answer."""


class LongAnswerError(Exception):
    """The answer is longer than what is taken."""


@dataclass(frozen=True, slots=True)
class Answer:
    """A whole answer.

    Attributes:
        headers: by name in lower case, the first of each.
    """

    status: int
    headers: Mapping[bytes, bytes]
    body: bytes

    def header(self, name: bytes) -> str | None:
        """Its text, each byte as one character."""
        value = self.headers.get(name)
        return None if value is None else value.decode("latin-1")


@dataclass(frozen=True, slots=True)
class _Place:
    """Where requests to a URL go, and how they begin."""

    host: str
    port: int
    is_tls: bool
    opening: str

    @property
    def key(self) -> tuple[str, int, bool]:
        return self.host, self.port, self.is_tls


@lru_cache(maxsize=1024)
def _place(url: URL) -> _Place:
    is_tls = url.scheme == "https"
    port = url.port or (443 if is_tls else 80)
    host = url.host_subcomponent or ""
    named = host if url.is_default_port() else f"{host}:{port}"
    return _Place(url.raw_host or "", port, is_tls, f"{url.raw_path_qs} HTTP/1.1\r\nHost: {named}\r\n")


class Connections:
    """All connections of one event loop.

    Args:
        limit_bytes: of the body of an answer.
    """

    def __init__(self, limit_bytes: int) -> None:
        self._limit_bytes = limit_bytes
        self._idle: dict[tuple[str, int, bool], deque[tuple[float, _Connection]]] = {}
        self._open: set[_Connection] = set()
        self._free = asyncio.Semaphore(_CONNECTIONS)
        self._tls: ssl.SSLContext | None = None

    async def ask(
        self, method: str, url: URL, headers: Mapping[str, str], body: bytes | None, timeout_s: float
    ) -> Answer:
        """The answer, whatever its status.

        Raises:
            ValueError: a header would be two.
            TimeoutError, LongAnswerError: as they say.
            NotConnectedError, HungUpError, BrokenAnswerError: there is no answer.
        """
        place = _place(url)
        head = _head(method, place, headers, body)
        async with asyncio.timeout(timeout_s), self._free:
            connection = self._kept(place) or await self._connect(place)
            answer = await connection.ask(head, body or b"")
            if connection.is_open:
                kept = self._idle.setdefault(place.key, deque())
                kept.append((asyncio.get_running_loop().time(), connection))
            return answer

    def _kept(self, place: _Place) -> "_Connection | None":
        """The one that was used last; those that nobody needed for long are closed."""
        idle = self._idle.get(place.key)
        if not idle:
            return None
        earliest = asyncio.get_running_loop().time() - _KEEP_S
        while idle and idle[0][0] < earliest:
            idle.popleft()[1].close()
        while idle:
            connection = idle.pop()[1]
            if connection.is_open:
                return connection
        return None

    async def _connect(self, place: _Place) -> "_Connection":
        loop = asyncio.get_running_loop()
        try:
            async with asyncio.timeout(_CONNECT_S) as limit:
                _, connection = await loop.create_connection(
                    lambda: _Connection(self._limit_bytes, self._open),
                    place.host,
                    place.port,
                    ssl=self._context() if place.is_tls else None,
                )
        except TimeoutError as error:
            if not limit.expired():
                raise NotConnectedError(error.strerror or "no connection in time") from error
            raise NotConnectedError(f"no connection within {_CONNECT_S:.3g} s") from None
        except (OSError, UnicodeError) as error:
            raise NotConnectedError(getattr(error, "strerror", None) or str(error)) from error
        return connection

    def _context(self) -> ssl.SSLContext:
        if self._tls is None:
            self._tls = ssl.create_default_context()
        return self._tls

    async def close(self) -> None:
        """Closes all, also those in use."""
        closing = [connection.closed for connection in self._open]
        for connection in list(self._open):
            connection.close()
        self._idle.clear()
        if closing:
            await asyncio.wait(closing, timeout=1)


def _head(method: str, place: _Place, headers: Mapping[str, str], body: bytes | None) -> bytes:
    values = "".join(headers.values())
    if _BREAK.search(values):
        raise ValueError("a header has a line break in it")
    lines = [f"{method} {place.opening}", *[f"{name}: {value}\r\n" for name, value in headers.items()]]
    lines.append("\r\n" if body is None else f"Content-Length: {len(body)}\r\n\r\n")
    text = "".join(lines)
    try:
        return text.encode("latin-1")  # headers that came over HTTP go on as the bytes that they were
    except UnicodeEncodeError:
        return text.encode()


class _Connection(asyncio.Protocol):
    """One connection: a request, its answer, then the next."""

    def __init__(self, limit_bytes: int, all_open: "set[_Connection]") -> None:
        self.is_open = False
        self.closed: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._limit_bytes = limit_bytes
        self._all_open = all_open
        self._parser = httptools.HttpResponseParser(self)
        self._waiting: asyncio.Future[Answer] | None = None
        self._begin()

    def _begin(self) -> None:
        self._headers: dict[bytes, bytes] = {}
        self._parts: list[bytes] = []
        self._n_received = self._n_body = 0
        self._has_head = False

    async def ask(self, head: bytes, body: bytes) -> Answer:
        """Sends a request; whoever stops to wait for the answer closes the connection."""
        self._begin()
        waiting: asyncio.Future[Answer] = asyncio.get_running_loop().create_future()
        self._waiting = waiting
        if len(body) <= _JOINED_BYTES:
            self._transport.write(head + body)
        else:
            self._transport.writelines((head, body))
        try:
            return await waiting
        except BaseException:
            self.close()
            raise

    def close(self) -> None:
        """At once, without a word."""
        self.is_open = False
        self._transport.abort()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast("asyncio.Transport", transport)  # uvloop's transports are none by their class
        self.is_open = True
        self._all_open.add(self)

    def connection_lost(self, error: Exception | None) -> None:
        self.is_open = False
        self._all_open.discard(self)
        if not self.closed.done():
            self.closed.set_result(None)
        is_measured = b"content-length" in self._headers or b"transfer-encoding" in self._headers
        if self._has_head and error is None and not is_measured:
            self._finish()  # such an answer ends with its connection
        elif self._n_received:
            self._fail(BrokenAnswerError("the connection ended within the answer"))
        else:
            self._fail(HungUpError("it closed the connection without an answer"))

    def data_received(self, data: bytes) -> None:
        if self._waiting is None:
            self.close()  # an answer that nobody asked for
            return
        self._n_received += len(data)
        try:
            self._parser.feed_data(data)
        except (httptools.HttpParserError, httptools.HttpParserUpgrade) as error:
            self._fail(BrokenAnswerError(f"its answer is not HTTP: {error}"))
        if self._n_received > (8 * self._limit_bytes if self._has_head else MAX_HEAD_BYTES):
            self._fail(BrokenAnswerError("the head or the framing of its answer has no end"))

    def on_message_begin(self) -> None:
        if self._waiting is None:
            self.close()  # as above, with the end of the one before

    def on_header(self, name: bytes, value: bytes) -> None:
        if not self._has_head:
            self._headers.setdefault(name.lower(), value)

    def on_headers_complete(self) -> None:
        status = self._parser.get_status_code()
        if status >= 200:
            self._status, self._has_head = status, True
            self._may_stay = self._parser.should_keep_alive()

    def on_body(self, part: bytes) -> None:
        self._parts.append(part)
        self._n_body += len(part)
        if self._n_body > self._limit_bytes:
            self._fail(LongAnswerError())

    def on_message_complete(self) -> None:
        if self._has_head:
            self._finish()
        else:
            self._headers = {}  # it only told us to go on

    def _finish(self) -> None:
        waiting, self._waiting = self._waiting, None
        if waiting is not None and not waiting.done():
            waiting.set_result(Answer(self._status, self._headers, b"".join(self._parts)))
            if self.is_open and not (self._may_stay and self._transport.get_write_buffer_size() == 0):
                self.close()

    def _fail(self, error: Exception) -> None:
        waiting, self._waiting = self._waiting, None
        if waiting is not None and not waiting.done():
            waiting.set_exception(error)
        if self.is_open:
            self.close()
