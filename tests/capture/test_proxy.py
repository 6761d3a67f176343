"""The proxy between real connections."""

import asyncio
import http.client
import json
import socket
import threading

import aiohttp
import pytest
from starlette.applications import Starlette
from starlette.responses import JSONResponse, PlainTextResponse, StreamingResponse
from starlette.routing import Route

from leeboard.capture import CaptureMiddleware
from leeboard.capture.proxy import Proxy
from leeboard.errors import InputError
from s3_server import free_ports


async def echo(request):
    """Tells what arrived."""
    told = {
        "method": request.method,
        "raw_path": request.scope["raw_path"].decode(),
        "query": request.scope["query_string"].decode(),
        "headers": [[name.decode(), value.decode()] for name, value in request.scope["headers"]],
        "body": (await request.body()).decode("latin-1"),
    }
    headers = {"x-model": "iris", "connection": "x-secret", "x-secret": "1", "set-cookie": "a=1; Path=/"}
    return JSONResponse(told, status_code=int(request.query_params.get("status", 200)), headers=headers)


async def moved(request):
    return PlainTextResponse("", status_code=307, headers={"location": "/echo"})


async def large(request):
    return PlainTextResponse("x" * 3_000_000)


async def counted(request):
    n_bytes = 0
    async for part in request.stream():
        n_bytes += len(part)
    return PlainTextResponse(str(n_bytes), media_type="text/csv")


async def slowly(request):
    """Sends its second line when the client has asked for it by another request."""

    async def parts():
        yield "first\n"
        await request.app.state.go_on.wait()
        yield "second\n"

    return StreamingResponse(parts(), media_type="text/csv")


async def go_on(request):
    request.app.state.go_on.set()
    return PlainTextResponse("")


@pytest.fixture(scope="module")
def upstream(running):
    """The address of a model server."""
    app = Starlette(
        routes=[
            Route("/moved", moved, methods=["POST"]),
            Route("/large", large),
            Route("/counted", counted, methods=["POST"]),
            Route("/slowly", slowly, methods=["POST"]),
            Route("/go_on", go_on),
            Route("/{path:path}", echo, methods=["GET", "HEAD", "POST", "PUT", "DELETE", "PATCH"]),
        ]
    )
    app.state.go_on = asyncio.Event()
    with running(app) as address:
        yield address


@pytest.fixture(scope="module")
def proxy(running, upstream):
    """The address of a proxy in front of it."""
    with running(Proxy(f"http://{upstream}")) as address:
        yield address


def headers_in(answer):
    return dict(json.loads(answer.body)["headers"])


@pytest.mark.parametrize("method", ["GET", "POST", "PUT", "DELETE", "PATCH"])
def test_any_method_passes_with_its_body(proxy, ask, method):
    told = json.loads(ask(proxy, "/any/path", b"\x00\xff1,2", method=method).body)
    assert (told["method"], told["body"]) == (method, "\x00\xff1,2")


@pytest.mark.parametrize(
    "path", ["/", "/a%2Fb/%C3%A9", "/a//b?x=1&x=%20&y", "/v2/models/m/infer", "/a;b=c,d@e:80/%25", "/?"]
)
def test_paths_and_queries_arrive_as_they_were_sent(proxy, ask, path):
    told = json.loads(ask(proxy, path).body)
    assert told["raw_path"] == path.partition("?")[0]
    assert told["query"] == path.partition("?")[2]


def test_a_path_of_the_upstream_is_put_in_front(serve, upstream, ask):
    address = serve(Proxy(f"http://{upstream}/models/"))
    assert json.loads(ask(address, "/iris").body)["raw_path"] == "/models/iris"


def test_headers_of_the_connection_stay_behind_and_all_others_pass(proxy, ask):
    sent = {
        "X-Mine": "1",
        "Connection": "x-private",
        "X-Private": "2",
        "TE": "trailers",
        "Accept": "text/csv",
    }
    received = headers_in(ask(proxy, "/", b"1", **sent))
    assert (received["x-mine"], received["accept"]) == ("1", "text/csv")
    assert not {"x-private", "te", "user-agent", "content-type"} & set(received)


def test_the_upstream_is_told_who_asked(proxy, ask, upstream):
    received = headers_in(ask(proxy, "/", b"1", X_Forwarded_For="10.0.0.1"))
    assert received["x-forwarded-for"] == "10.0.0.1, 127.0.0.1"
    assert received["x-forwarded-host"] == proxy
    assert received["host"] == upstream


def test_status_and_headers_of_the_answer_come_back(proxy, ask):
    answer = ask(proxy, "/?status=418")
    assert answer.status == 418
    assert (answer.headers["x-model"], answer.headers["set-cookie"]) == ("iris", "a=1; Path=/")
    assert answer.headers["x-secret"] is None


def test_redirections_are_the_clients_affair(proxy, ask):
    answer = ask(proxy, "/moved", b"1")
    assert (answer.status, answer.headers["location"]) == (307, "/echo")


def test_an_answer_to_head_has_its_length_and_no_body(proxy, ask):
    answer = ask(proxy, "/", method="HEAD")
    assert int(answer.headers["content-length"]) > 0
    assert answer.body == b""


def test_large_answers_pass_whole(proxy, ask):
    answer = ask(proxy, "/large", method="GET")
    assert (len(answer.body), answer.headers["content-length"]) == (3_000_000, "3000000")


def test_large_requests_pass_whole_with_a_length_and_without(proxy, ask):
    assert ask(proxy, "/counted", b"x" * 3_000_000).body == b"3000000"
    assert ask(proxy, "/counted", (b"x" * 10_000 for _ in range(200))).body == b"2000000"


def test_an_answer_comes_piece_by_piece(proxy, ask):
    connection = http.client.HTTPConnection(proxy, timeout=120)
    connection.request("POST", "/slowly", b"1")
    answer = connection.getresponse()
    assert answer.readline() == b"first\n"
    ask(proxy, "/go_on", method="GET")
    assert answer.read() == b"second\n"
    connection.close()


def test_a_server_that_is_down_gives_502_and_says_which(serve, ask):
    [port] = free_ports(1)
    answer = ask(serve(Proxy(f"http://127.0.0.1:{port}")), "/invocations", b"1,2")
    assert answer.status == 502
    assert f"http://127.0.0.1:{port} did not answer" in json.loads(answer.body)["message"]


@pytest.fixture
def crude(serve):
    """A proxy to a server that answers every connection with the given bytes, or never."""
    with socket.create_server(("127.0.0.1", 0)) as listening:
        answers: list[bytes | None] = []
        connections: list[socket.socket] = []

        def answer_all():
            while answers:
                connection, _ = listening.accept()
                connections.append(connection)
                connection.recv(65536)
                if answer := answers.pop(0):
                    connection.sendall(answer)
                    connection.close()

        def start(*given, answer_timeout_s=120):
            answers.extend(given)
            threading.Thread(target=answer_all, daemon=True).start()
            url = f"http://127.0.0.1:{listening.getsockname()[1]}"
            return serve(Proxy(url, answer_timeout_s=answer_timeout_s))

        yield start
        for connection in connections:
            connection.close()


def test_a_server_that_is_silent_gives_504(crude, ask):
    answer = ask(crude(None, answer_timeout_s=0.3), "/invocations", b"1")
    assert answer.status == 504
    assert "in time" in json.loads(answer.body)["message"]


def test_a_server_that_talks_nonsense_gives_502(crude, ask):
    assert ask(crude(b"SSH-2.0-OpenSSH_9.2\r\n"), "/invocations", b"1").status == 502


@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
def test_an_answer_that_breaks_off_is_not_taken_for_whole(crude, ask):
    address = crude(b"HTTP/1.1 200 OK\r\ncontent-length: 100000\r\n\r\nhalf")
    with pytest.raises((http.client.IncompleteRead, ConnectionError)):
        ask(address, "/invocations", b"1")


@pytest.mark.parametrize("upstream", ["127.0.0.1:8080", "ftp://host/", "http://"])
def test_what_is_no_url_of_a_server_is_refused(upstream):
    with pytest.raises(InputError, match="no URL of a model server"):
        Proxy(upstream)


def test_sockets_of_web_applications_are_refused(proxy):
    async def connect():
        async with aiohttp.ClientSession() as session:
            with pytest.raises(aiohttp.WSServerHandshakeError):
                await session.ws_connect(f"http://{proxy}/ws")

    asyncio.run(connect())


def test_what_passes_is_captured(serve, ask, upstream, spool, tmp_path, captured):
    app = CaptureMiddleware(
        Proxy(f"http://{upstream}"),
        endpoint="churn",
        destination=tmp_path / "captures",
        spool=spool,
        paths=["/counted", "/slowly"],
    )
    address = serve(app)
    ask(address, "/counted", b"1,2", Content_Type="text/csv")
    ask(address, "/counted", (b"x" * 10_000 for _ in range(20)), Content_Type="text/csv")
    ask(address, "/elsewhere", b"1,2")
    spool.flush()
    data = [record["captureData"] for record in captured()]
    assert [side["endpointOutput"]["data"] for side in data] == ["3", "200000"]
    assert [len(side["endpointInput"]["data"]) for side in data] == [3, 200_000]
