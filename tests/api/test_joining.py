import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack

import pytest

from leeboard.api.joining import SMALL_BYTES
from loop_server import served

pytestmark = pytest.mark.anyio


@pytest.fixture(params=[False, True], ids=["asyncio", "uvloop"])
def anyio_backend(request) -> tuple[str, dict[str, bool]]:
    return "asyncio", {"use_uvloop": request.param}


@pytest.fixture
async def ask() -> AsyncIterator[Callable]:
    """Asks an application; gives both ends of the connection."""
    async with AsyncExitStack() as stack:

        async def ask(app):
            port = await stack.enter_async_context(served(app))
            reader, writer = await asyncio.open_connection("127.0.0.1", port)
            stack.callback(writer.close)
            writer.write(b"GET / HTTP/1.1\r\nHost: x\r\n\r\n")
            return reader, writer

        yield ask


def answering(*bodies: bytes, before_each=None):
    async def app(_scope, _receive, send):
        length = str(sum(map(len, bodies))).encode()
        await send({"type": "http.response.start", "status": 200, "headers": [(b"content-length", length)]})
        for n, body in enumerate(bodies, 1):
            if before_each:
                await before_each.wait()
            await send({"type": "http.response.body", "body": body, "more_body": n < len(bodies)})

    return app


async def test_head_and_body_come_together(ask):
    reader, writer = await ask(answering(b"hello"))
    for _ in range(3):
        assert (await reader.read(1 << 16)).endswith(b"\r\n\r\nhello")
        writer.write(b"GET / HTTP/1.1\r\nHost: x\r\n\r\n")


async def test_a_head_does_not_wait_for_its_body(ask):
    may_go_on = asyncio.Event()
    reader, _ = await ask(answering(b"one", b"two", before_each=may_go_on))
    head = await asyncio.wait_for(reader.readuntil(b"\r\n\r\n"), 30)
    assert head.startswith(b"HTTP/1.1 200")
    may_go_on.set()
    assert await reader.readexactly(6) == b"onetwo"


@pytest.mark.parametrize("n_bytes", [0, 1, SMALL_BYTES - 1, SMALL_BYTES, 5_000_000])
async def test_every_byte_comes_in_its_place(ask, n_bytes):
    body = bytes(range(256)) * (n_bytes // 256 + 1)
    reader, _ = await ask(answering(b"<", body[:n_bytes], b"-", body[:n_bytes], b">"))
    await reader.readuntil(b"\r\n\r\n")
    assert await reader.readexactly(2 * n_bytes + 3) == b"<" + body[:n_bytes] + b"-" + body[:n_bytes] + b">"


async def test_what_was_written_arrives_before_the_end(ask):
    async def app(_scope, _receive, send):
        headers = [(b"content-length", b"2"), (b"connection", b"close")]
        await send({"type": "http.response.start", "status": 200, "headers": headers})
        await send({"type": "http.response.body", "body": b"ok"})

    reader, _ = await ask(app)
    assert (await reader.read()).endswith(b"\r\n\r\nok")
