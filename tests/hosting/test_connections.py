import asyncio
import shutil
import ssl
import subprocess
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack
from pathlib import Path

import pytest
from yarl import URL

from leeboard.hosting.connections import BrokenAnswerError, Connections, HungUpError, NotConnectedError
from s3_server import free_ports

pytestmark = pytest.mark.anyio
OK = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"


@pytest.fixture(params=[False, True], ids=["asyncio", "uvloop"])
def anyio_backend(request) -> tuple[str, dict[str, bool]]:
    return "asyncio", {"use_uvloop": request.param}


class Place:
    """A server that answers each request with the same bytes, and counts its connections."""

    def __init__(self, answer: bytes, *, hangs_up: bool = False) -> None:
        self.answer, self.hangs_up = answer, hangs_up
        self.n_connections = 0
        self.heads: list[bytes] = []

    async def __call__(self, reader, writer):
        self.n_connections += 1
        try:
            while True:
                self.heads.append(await reader.readuntil(b"\r\n\r\n"))
                writer.write(self.answer)
                if self.hangs_up:
                    break
        except (asyncio.IncompleteReadError, ConnectionError):
            pass
        writer.close()


@pytest.fixture
async def ask() -> AsyncIterator[Callable]:
    async with AsyncExitStack() as stack:
        connections = Connections(1000)
        stack.push_async_callback(connections.close)
        ports = {}

        async def ask(place, headers=None):
            if place not in ports:
                server = await stack.enter_async_context(await asyncio.start_server(place, "127.0.0.1", 0))
                ports[place] = server.sockets[0].getsockname()[1]
            url = URL(f"http://127.0.0.1:{ports[place]}/a?b=1")
            return await connections.ask("GET", url, headers or {}, None, 30)

        yield ask


async def test_a_connection_is_used_again(ask):
    place = Place(OK)
    assert [(await ask(place)).body for _ in range(3)] == [b"ok"] * 3
    assert place.n_connections == 1
    assert place.heads[0].startswith(b"GET /a?b=1 HTTP/1.1\r\nHost: 127.0.0.1:")


async def test_calls_at_the_same_time_have_connections_of_their_own(ask):
    place = Place(OK)
    await ask(place)
    await asyncio.gather(*[ask(place) for _ in range(5)])
    assert 2 <= place.n_connections <= 5


@pytest.mark.parametrize(
    "answer",
    [
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1\r\no\r\n1\r\nk\r\n0\r\n\r\n",
        b"HTTP/1.1 100 Continue\r\n\r\n" + OK,
        OK,
    ],
)
async def test_bodies_come_whole_in_every_framing(ask, answer):
    place = Place(answer)
    assert [(await ask(place)).body for _ in range(2)] == [b"ok"] * 2


async def test_an_answer_without_a_length_ends_with_its_connection(ask):
    assert (await ask(Place(b"HTTP/1.1 200 OK\r\n\r\nok", hangs_up=True))).body == b"ok"


async def test_a_connection_that_the_server_wants_closed_is_not_used_again(ask):
    place = Place(OK.replace(b"OK\r\n", b"OK\r\nConnection: close\r\n"))
    for _ in range(2):
        await ask(place)
    assert place.n_connections == 2


async def test_an_answer_too_many_is_not_taken_for_the_next_one(ask):
    place = Place(OK + OK.replace(b"ok", b"no"))
    assert [(await ask(place)).body for _ in range(3)] == [b"ok"] * 3
    assert place.n_connections == 3


async def test_headers_are_the_bytes_that_they_were(ask):
    place = Place(OK.replace(b"OK\r\n", b"OK\r\nX-Name: caf\xc3\xa9\r\n"))
    answer = await ask(place, {"X-Given": b"caf\xc3\xa9".decode("latin-1")})
    assert answer.header(b"x-name").encode("latin-1") == b"caf\xc3\xa9"
    assert b"X-Given: caf\xc3\xa9\r\n" in place.heads[0]


@pytest.mark.parametrize(
    ("answer", "error"),
    [
        (b"", HungUpError),
        (b"hello\r\n\r\n", BrokenAnswerError),
        (OK[:-1], BrokenAnswerError),
        (b"HTTP/1.1 200 OK\r\nX: " + b"x" * 100_000, BrokenAnswerError),
        (b"HTTP/1.1 101 Switching\r\nUpgrade: x\r\nConnection: upgrade\r\n\r\n", BrokenAnswerError),
    ],
)
async def test_what_is_no_whole_answer_is_refused(ask, answer, error):
    with pytest.raises(error):
        await ask(Place(answer, hangs_up=True))


async def test_where_nobody_listens_nothing_is_sent():
    [port] = free_ports(1)
    with pytest.raises(NotConnectedError):
        await Connections(1000).ask("GET", URL(f"http://127.0.0.1:{port}/"), {}, None, 30)


@pytest.fixture
def certificate(tmp_path) -> tuple[Path, Path]:
    """Of localhost, and its key."""
    if shutil.which("openssl") is None:
        pytest.skip("openssl makes the certificate")
    certificate, key = tmp_path / "certificate.pem", tmp_path / "key.pem"
    made = ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-subj", "/CN=localhost"]
    more = ["-addext", "subjectAltName=DNS:localhost", "-keyout", key, "-out", certificate]
    subprocess.run([*made, *more], check=True, capture_output=True)
    return certificate, key


async def test_certificates_are_checked(certificate, monkeypatch):
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(*certificate)
    strangers, friends = Connections(1000), Connections(1000)
    async with await asyncio.start_server(Place(OK), "localhost", 0, ssl=context) as server:
        url = URL(f"https://localhost:{server.sockets[0].getsockname()[1]}/")
        with pytest.raises(NotConnectedError, match="certificate"):
            await strangers.ask("GET", url, {}, None, 30)
        monkeypatch.setenv("SSL_CERT_FILE", str(certificate[0]))
        assert [(await friends.ask("GET", url, {}, None, 30)).body for _ in range(2)] == [b"ok"] * 2
        await friends.close()
        await strangers.close()
