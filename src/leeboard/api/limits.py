"""How many bytes and how much time a client may take before it has asked something, and what follows then.

A request's head has an end, a body keeps coming, an answer is taken: who does otherwise loses the connection.
"""

import asyncio
import resource
from collections.abc import Iterable
from contextlib import suppress
from time import monotonic
from typing import Any, Protocol

from uvicorn.protocols.http.httptools_impl import STATUS_LINE, HttpToolsProtocol

MOST_HEAD_BYTES = 1 << 16
"""Of a request's line and headers, and of all else that is no body, in one go."""
MOST_HEADERS = 250
TICK_S = 15.0
"""How often a connection is looked at."""
HEAD_TICKS, BODY_TICKS, ANSWER_TICKS = 2, 4, 20
"""So many looks in a row may find the client behind; who reads an object may think about a part of it."""
LEAST_BYTES = 256
"""Fewer between two looks are none."""
OPEN_SHARE, MOST_CONNECTIONS = 2, 10_000
"""Of the files that a process may open, so many for each connection: objects and tables need some, too."""
MOST_FILES = 1 << 16

TOO_LARGE, TOO_SLOW, TOO_MANY = 431, 408, 503
_HEAD = b"content-type: text/plain; charset=utf-8\r\nconnection: close\r\ncontent-length: %d\r\n\r\n"
TEXTS = {
    TOO_LARGE: f"the head of a request may have {MOST_HEAD_BYTES:,} bytes and {MOST_HEADERS} headers",
    TOO_SLOW: "the request did not come in time",
    TOO_MANY: "there are too many connections; try again",
}


class Sending(Protocol):
    """A transport that knows how much of what was written has left."""

    def n_sent(self) -> int: ...
    def n_waiting(self) -> int: ...
    def abort(self) -> None: ...


def open_many_files() -> None:
    """As many as the system lets this process have: a shell's 1,024 are few for a server."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = MOST_FILES if hard < 0 else min(hard, MOST_FILES)
    if 0 <= soft < wanted:
        with suppress(ValueError, OSError):  # macOS has a lower limit that it does not tell
            resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard))


def most_connections() -> int:
    """How many one server has at once."""
    soft = resource.getrlimit(resource.RLIMIT_NOFILE)[0]
    return MOST_CONNECTIONS if soft < 0 else min(MOST_CONNECTIONS, max(soft // OPEN_SHARE, 1))


class LimitedProtocol(HttpToolsProtocol):
    """uvicorn's protocol with limits; it has none of its own but for connections between two requests."""

    most_connections: int | None = None
    """None for what the limit of open files allows."""
    tick_s = TICK_S

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        super().connection_made(transport)
        self._is_in_body = self._is_too_large = False
        self._refusal = 0
        self._n_unused = self._n_received = self._n_behind = self._n_sent = 0
        self._since_s = monotonic()
        self._tick = self.loop.call_later(self.tick_s, self._look)
        if len(self.connections) > (self.most_connections or most_connections()) and not self._make_room():
            self._refuse(TOO_MANY)

    def connection_lost(self, exc: Exception | None) -> None:
        self._tick.cancel()
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        if self._refusal or self.parser is None:
            return
        self._n_received += len(data)
        self._n_unused += len(data)
        super().data_received(data)
        n_headers = 0 if self.headers is None else len(self.headers)  # those behind a body, too
        if self._is_too_large or self._n_unused > MOST_HEAD_BYTES or n_headers > MOST_HEADERS:
            self._refuse(TOO_LARGE)

    def on_message_begin(self) -> None:
        self._n_behind, self._since_s = 0, monotonic()
        super().on_message_begin()

    def on_headers_complete(self) -> None:
        self._is_in_body, self._is_too_large = True, self._has_too_large_a_head()
        self._n_unused = self._n_behind = 0
        if not self._is_too_large:
            super().on_headers_complete()

    def _has_too_large_a_head(self) -> bool:
        if len(self.headers) > MOST_HEADERS:
            return True
        if self._n_unused <= MOST_HEAD_BYTES:
            return False
        return (
            len(self.url) + sum(len(name) + len(value) + 4 for name, value in self.headers) > MOST_HEAD_BYTES
        )

    def on_body(self, body: bytes) -> None:
        self._n_unused = 0
        if self.cycle is not None:
            super().on_body(body)

    def on_message_complete(self) -> None:
        self._is_in_body, self._n_unused = False, 0
        if self.cycle is not None:
            super().on_message_complete()

    @property
    def is_idle(self) -> bool:
        """Whether nothing is asked and nothing is answered."""
        return not self._is_in_body and (self.cycle is None or self.cycle.response_complete)

    def _make_room(self) -> bool:
        """Ends the connection that has been waiting longest for its next request, if one is."""
        idle = [each for each in _limited(self.connections) if each.is_idle and each is not self]
        if not idle:
            return False
        min(idle, key=lambda each: each._since_s)._sending.abort()
        return True

    def _look(self) -> None:
        """Counts how often the client was behind, and ends what has no end."""
        received, self._n_received = self._n_received, 0
        sent = self._sending.n_sent()
        n_sent, self._n_sent = sent - self._n_sent, sent
        is_behind, most = self._behind(received, n_sent)
        self._n_behind = self._n_behind + 1 if is_behind else 0
        if self._n_behind < most:
            self._tick = self.loop.call_later(self.tick_s, self._look)
        elif self._sending.n_waiting() or self.transport.is_closing():
            self._sending.abort()
        else:
            self._refuse(TOO_SLOW)

    def _behind(self, n_received: int, n_sent: int) -> tuple[bool, int]:
        """Whether the client is, and how often it may be."""
        if self._sending.n_waiting():
            return n_sent < LEAST_BYTES, ANSWER_TICKS
        if self._is_in_body and not self.flow.read_paused:
            return n_received < LEAST_BYTES, BODY_TICKS
        return self.is_idle, HEAD_TICKS

    @property
    def _sending(self) -> Sending:
        sending: Any = self.transport
        return sending  # type: ignore[no-any-return]

    def _refuse(self, status: int) -> None:
        """Says why, if no answer has begun that it would stand in the midst of."""
        if self._refusal:
            return
        self._refusal = status
        if self.cycle is None or self.cycle.response_complete or not self.cycle.response_started:
            body = f"{TEXTS[status]}\n".encode()
            self.transport.write(STATUS_LINE[status] + _HEAD % len(body) + body)
        self.transport.close()
        self._tick.cancel()
        self._tick = self.loop.call_later(self.tick_s, self._sending.abort)  # whoever does not take even that


def _limited(connections: Iterable[Any]) -> list[LimitedProtocol]:
    return [each for each in connections if isinstance(each, LimitedProtocol)]
