"""What a connection may take of the server's memory, time and files."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack
from typing import Any

import pytest

from leeboard.api import limits
from leeboard.api.joining import JoiningProtocol
from leeboard.api.limits import MOST_HEAD_BYTES, MOST_HEADERS
from loop_server import served

pytestmark = pytest.mark.anyio
WAIT_S = 120
LENGTH = b"Content-Length: %d\r\n\r\n"
CHUNKED = b"Transfer-Encoding: chunked\r\n\r\n"
Connection = tuple[asyncio.StreamReader, asyncio.StreamWriter]


@pytest.fixture(params=[False, True], ids=["asyncio", "uvloop"])
def anyio_backend(request: pytest.FixtureRequest) -> tuple[str, dict[str, bool]]:
    return "asyncio", {"use_uvloop": request.param}


async def whole(_scope: Any, receive: Any, send: Any) -> None:
    """Reads all, and answers 50 MB to a GET."""
    n_bytes, is_more = 0, True
    while is_more:
        message = await receive()
        if message["type"] == "http.disconnect":
            return
        n_bytes += len(message["body"])
        is_more = message["more_body"]
    body = bytes(50_000_000) if _scope["method"] == "GET" else b"%d bytes" % n_bytes
    headers = [(b"content-length", str(len(body)).encode())]
    await send({"type": "http.response.start", "status": 200, "headers": headers})
    await send({"type": "http.response.body", "body": body})


@pytest.fixture
async def serve() -> AsyncIterator[Callable[..., Any]]:
    """Starts a server with limits of its own; gives what connects to it."""
    async with AsyncExitStack() as stack:

        async def serve(**own: Any) -> Callable[..., Any]:
            port = await stack.enter_async_context(served(whole, type("Own", (JoiningProtocol,), own)))

            async def connect(*pieces: bytes) -> Connection:
                reader, writer = await asyncio.open_connection("127.0.0.1", port)
                stack.callback(writer.close)
                for piece in pieces:
                    writer.write(piece)
                return reader, writer

            return connect

        yield serve


async def told(reader: asyncio.StreamReader) -> bytes:
    """The first line of the answer; nothing if the connection was ended without one."""
    try:
        return await asyncio.wait_for(reader.readline(), WAIT_S)
    except ConnectionError:
        return b""


async def ended(reader: asyncio.StreamReader) -> bool:
    """Whether the connection ends."""
    try:
        while await asyncio.wait_for(reader.read(1 << 16), WAIT_S):
            pass
    except ConnectionError:
        return True
    return True


def post(rest: bytes) -> bytes:
    return b"POST / HTTP/1.1\r\nHost: a\r\n" + rest


@pytest.mark.parametrize(
    "request_",
    [
        b"GET / HTTP/1.1\r\nX: " + b"y" * (MOST_HEAD_BYTES + 9),
        b"GET /" + b"y" * (MOST_HEAD_BYTES + 9),
        b"GET / HTTP/1.1\r\nX: " + b"y" * (MOST_HEAD_BYTES + 9) + b"\r\n\r\n",
        b"GET / HTTP/1.1\r\n" + b"X: y\r\n" * (MOST_HEADERS + 1) + b"\r\n",
        post(CHUNKED) + b"1\r\na\r\n0\r\n" + b"X: y\r\n" * (MOST_HEADERS + 1),
        post(CHUNKED) + b"1\r\na\r\n0\r\nX: " + b"y" * (10 * MOST_HEAD_BYTES),
        post(CHUNKED) + b"1;" + b"y" * (10 * MOST_HEAD_BYTES),
    ],
    ids=["header", "line", "whole", "headers", "trailers", "trailer", "extension"],
)
async def test_what_is_no_body_has_an_end(serve: Any, request_: bytes) -> None:
    connect = await serve()
    reader, writer = await connect(request_)
    assert b" 431 " in (line := await told(reader)) or not line
    assert await ended(reader)
    writer.close()


async def test_what_is_within_the_limits_is_taken(serve: Any) -> None:
    connect = await serve()
    headers = b"".join(b"X-%d: %s\r\n" % (n, b"y" * 200) for n in range(MOST_HEADERS - 10))
    request = b"POST / HTTP/1.1\r\n" + headers + LENGTH % 1_000_000 + bytes(1_000_000)
    reader, writer = await connect()
    for _ in range(3):
        writer.write(request)
        assert b" 200 " in await told(reader)
        assert (await asyncio.wait_for(reader.readuntil(b"bytes"), WAIT_S)).endswith(b"1000000 bytes")


@pytest.mark.parametrize(
    "request_",
    [b"", b"GET / HTTP/1.1\r\nHo", post(LENGTH % 100) + b"few", post(CHUNKED) + b"5\r\nfew"],
    ids=["nothing", "head", "body", "chunk"],
)
async def test_who_does_not_go_on_is_told_so_and_loses_the_connection(serve: Any, request_: bytes) -> None:
    connect = await serve(tick_s=0.05)
    reader, _ = await connect(request_)
    assert b" 408 " in await told(reader)
    assert await ended(reader)


@pytest.mark.parametrize("head", [b"GET / HTTP/1.1\r\n", post(LENGTH % 10**6), post(CHUNKED)])
async def test_a_drop_now_and_then_is_no_going_on(serve: Any, head: bytes) -> None:
    connect = await serve(tick_s=0.05)
    reader, writer = await connect(head)
    ending = asyncio.create_task(ended(reader))
    while not ending.done():
        writer.write(b"1\r\n1\r\n" if b"chunked" in head else b"x")
        await asyncio.wait({ending}, timeout=0.02)
    assert await ending


async def test_blank_lines_between_requests_keep_no_connection_open(serve: Any) -> None:
    connect = await serve(tick_s=0.05)
    reader, writer = await connect(post(LENGTH % 1) + b"x")
    assert b" 200 " in await told(reader)
    ending = asyncio.create_task(ended(reader))
    while not ending.done():
        writer.write(b"\r\n")
        await asyncio.wait({ending}, timeout=0.02)
    assert await ending


async def test_who_takes_no_answer_loses_the_connection(serve: Any) -> None:
    lost = asyncio.Event()

    def connection_lost(self: Any, error: Exception | None) -> None:
        JoiningProtocol.connection_lost(self, error)
        lost.set()

    connect = await serve(tick_s=0.01, connection_lost=connection_lost)
    _, writer = await connect()
    writer.transport.pause_reading()
    writer.write(b"GET / HTTP/1.1\r\nHost: a\r\n\r\n")
    await asyncio.wait_for(lost.wait(), WAIT_S)


async def test_the_connection_that_waits_longest_makes_room_for_another(serve: Any) -> None:
    connect = await serve(most_connections=3)
    first, busy, idle = [await connect(rest) for rest in (b"", post(LENGTH % 2) + b"a", b"")]
    for _ in range(3):
        reader, writer = await connect(post(LENGTH % 1) + b"x")
        assert b" 200 " in await told(reader)
        writer.close()
    assert await ended(first[0])
    busy[1].write(b"b")
    assert b" 200 " in await told(busy[0])
    idle[1].close()


async def test_one_too_many_is_refused_if_all_others_are_busy(serve: Any) -> None:
    connect = await serve(most_connections=2)
    busy = [await connect(post(LENGTH % 2) + b"a") for _ in range(2)]
    await asyncio.sleep(0)
    reader, _ = await connect(b"")
    assert b" 503 " in await told(reader)
    for reader, writer in busy:
        writer.write(b"b")
        assert b" 200 " in await told(reader)


def test_files_are_left_for_others(monkeypatch: pytest.MonkeyPatch) -> None:
    resource = pytest.importorskip("resource")
    for soft, most in ((1024, 512), (-1, 10_000), (1 << 20, 10_000)):
        monkeypatch.setattr(resource, "getrlimit", lambda _which, soft=soft: (soft, soft))
        assert limits.most_connections() == most


def test_a_server_opens_as_many_files_as_it_may(monkeypatch: pytest.MonkeyPatch) -> None:
    resource, told = pytest.importorskip("resource"), []
    monkeypatch.setattr(resource, "setrlimit", lambda _which, both: told.append(both))
    for soft, hard in ((1024, 4096), (1024, -1), (1024, 1 << 20), (4096, 4096), (-1, -1)):
        monkeypatch.setattr(resource, "getrlimit", lambda _which, both=(soft, hard): both)
        limits.open_many_files()
    assert told == [(4096, 4096), (1 << 16, -1), (1 << 16, 1 << 20)]
