import asyncio
import json
import socket
from base64 import b64encode

import pytest
from aiohttp import web

from leeboard.hosting.containers import ContainerSpec
from leeboard.hosting.exchange import Invocation
from leeboard.hosting.failures import HostingError
from leeboard.hosting.mapping import ModelRoute
from leeboard.hosting.upstream import MAX_BODY_BYTES, Upstream

pytestmark = pytest.mark.anyio
SPEC = ContainerSpec(image="model")


async def echo(request: web.BaseRequest) -> web.Response:
    document = {
        "method": request.method,
        "path": request.path_qs,
        "headers": dict(request.headers),
        "body": (await request.read()).decode(),
    }
    headers = {"X-Amzn-SageMaker-Custom-Attributes": "from=model", "Set-Cookie": "a=b"}
    return web.Response(text=json.dumps(document), headers=headers, content_type="application/json")


def gives(**answer):
    async def handler(_request):
        return web.Response(**answer)

    return handler


async def test_body_and_headers_go_there_and_come_back(serve, hosts_of):
    hosts = hosts_of(ModelRoute("*", url=await serve(echo)))
    invocation = Invocation(
        body=b"1,2",
        content_type="text/csv",
        accept="application/json",
        custom_attributes="c000=1",
        target_model="a.tar.gz",
        inference_id="id-1",
        session_id="s",
    )
    answer = await hosts.invoke([SPEC], invocation)
    seen = json.loads(answer.body)
    host, length = seen["headers"].pop("Host"), seen["headers"].pop("Content-Length")
    assert (answer.status, answer.content_type) == (200, "application/json; charset=utf-8")
    assert answer.custom_attributes == "from=model"
    assert (seen["method"], seen["path"], seen["body"], length) == ("POST", "/invocations", "1,2", "3")
    assert host.startswith("127.0.0.1:")
    assert seen["headers"] == {
        "Content-Type": "text/csv",
        "Accept": "application/json",
        "X-Amzn-SageMaker-Custom-Attributes": "c000=1",
        "X-Amzn-SageMaker-Target-Model": "a.tar.gz",
        "X-Amzn-SageMaker-Inference-Id": "id-1",
        "X-Amzn-SageMaker-Session-Id": "s",
    }


async def test_nothing_is_added_that_the_caller_did_not_send_and_no_cookie_comes_back(serve, hosts_of):
    hosts = hosts_of(ModelRoute("*", url=await serve(echo)))
    for _ in range(2):
        seen = json.loads((await hosts.invoke([SPEC], Invocation(body=b"1"))).body)
        assert set(seen["headers"]) == {"Host", "Content-Length"}


async def test_a_url_with_a_path_is_where_calls_go(serve, hosts_of):
    url = await serve(echo)
    hosts = hosts_of(ModelRoute("*", url=f"{url}/v2/models/x/infer?a=1"))
    await hosts.ready(SPEC, 30)
    assert (
        json.loads((await hosts.invoke([SPEC], Invocation(body=b"1"))).body)["path"]
        == "/v2/models/x/infer?a=1"
    )


@pytest.mark.parametrize("status", [200, 404])
async def test_a_server_is_ready_when_it_answers_a_ping(serve, hosts_of, status):
    await hosts_of(ModelRoute("*", url=await serve(gives(status=status)))).ready(SPEC, 30)


async def test_a_server_of_another_protocol_is_ready_whatever_it_answers(serve, hosts_of):
    await hosts_of(ModelRoute("*", url=await serve(gives(status=503)) + "/predict")).ready(SPEC, 30)


async def test_a_server_that_is_unwell_is_not_ready(serve, hosts_of):
    hosts = hosts_of(ModelRoute("*", url=await serve(gives(status=503))))
    with pytest.raises(HostingError, match=r"is not there: GET http://127.*/ping gave status 503, tried"):
        await hosts.ready(SPEC, 0.2)


async def test_a_server_that_comes_later_is_waited_for(hosts_of, serve):
    states = iter([503, 500])

    async def waking(_request):
        return web.Response(status=next(states, 200))

    await hosts_of(ModelRoute("*", url=await serve(waking))).ready(SPEC, 30)
    assert next(states, None) is None


async def test_a_server_that_nobody_runs_is_unreachable(hosts_of):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        hosts = hosts_of(
            ModelRoute("*", url=f"http://me:secret@127.0.0.1:{taken.getsockname()[1]}/?key=secret")
        )
        with pytest.raises(
            HostingError, match=r"http://\*\*\*@127.* cannot be reached: Connect call failed"
        ) as call:
            await hosts.invoke([SPEC], Invocation(body=b"1"))
        with pytest.raises(HostingError, match=r"GET http://127.*/ping gave Connect call failed") as ping:
            await hosts.ready(SPEC, 0.2)
    for caught in (call, ping):
        assert caught.value.reason == "unreachable"
        assert "secret" not in str(caught.value)


async def test_user_and_password_of_a_url_are_sent(serve, hosts_of):
    url = (await serve(echo)).replace("://", "://me:w%40rd@")
    seen = json.loads((await hosts_of(ModelRoute("*", url=url)).invoke([SPEC], Invocation(body=b""))).body)
    assert seen["headers"]["Authorization"] == f"Basic {b64encode(b'me:w@rd').decode()}"


@pytest.mark.parametrize("status", [301, 400, 500, 503])
async def test_an_answer_that_is_no_success_is_an_answer(serve, hosts_of, status):
    there = gives(status=status, body=b"why", content_type="text/plain", headers={"Location": "/other"})
    answer = await hosts_of(ModelRoute("*", url=await serve(there))).invoke([SPEC], Invocation(body=b"1"))
    assert (answer.status, answer.body, answer.is_success) == (status, b"why", False)


async def test_a_compressed_answer_stays_as_it_is(serve, hosts_of):
    there = gives(body=b"\x1f\x8bnot really", headers={"Content-Encoding": "gzip"})
    answer = await hosts_of(ModelRoute("*", url=await serve(there))).invoke([SPEC], Invocation(body=b"1"))
    assert answer.body == b"\x1f\x8bnot really"


async def test_large_bodies_go_there_and_back_up_to_the_limit(serve, hosts_of):
    async def mirror(request):
        return web.Response(body=await request.content.read())

    hosts = hosts_of(ModelRoute("*", url=await serve(mirror)))
    body = bytes(range(256)) * (MAX_BODY_BYTES // 256)
    assert (await hosts.invoke([SPEC], Invocation(body=body))).body == body
    with pytest.raises(HostingError, match="answered with more than 6,291,456 bytes") as caught:
        await hosts.invoke([SPEC], Invocation(body=body + b"1"))
    assert caught.value.reason == "too_large"


async def test_an_answer_of_unknown_length_is_bounded_too(serve, hosts_of):
    async def endless(request):
        response = web.StreamResponse()
        await response.prepare(request)
        while True:
            await response.write(bytes(1 << 16))

    with pytest.raises(HostingError, match="answered with more than"):
        await hosts_of(ModelRoute("*", url=await serve(endless))).invoke([SPEC], Invocation(body=b"1"))


async def test_a_model_that_takes_too_long_is_given_up(serve, hosts_of):
    async def slow(_request):
        await asyncio.Event().wait()

    hosts = hosts_of(ModelRoute("*", url=await serve(slow)))
    with pytest.raises(HostingError, match=r"did not answer within 0\.\d+ s") as caught:
        await hosts.invoke([SPEC], Invocation(body=b"1"), timeout_s=0.5)  # what was left of it is told
    assert caught.value.reason == "timeout"


async def test_a_connection_that_the_server_closed_meanwhile_is_not_the_callers_fault(hosts_of):
    n_connections = 0

    async def hang_up_once(reader, writer):
        nonlocal n_connections
        n_connections += 1
        await reader.readuntil(b"\r\n\r\n")
        if n_connections > 1:
            writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok")
            await writer.drain()
        writer.close()

    async with await asyncio.start_server(hang_up_once, "127.0.0.1", 0) as server:
        port = server.sockets[0].getsockname()[1]
        hosts = hosts_of(ModelRoute("*", url=f"http://127.0.0.1:{port}"))
        assert (await hosts.invoke([SPEC], Invocation(body=b""))).body == b"ok"


async def test_a_header_that_would_be_two_is_refused(serve, hosts_of):
    hosts = hosts_of(ModelRoute("*", url=await serve(echo)))
    with pytest.raises(HostingError, match="cannot be passed on") as caught:
        await hosts.invoke([SPEC], Invocation(body=b"1", content_type="a/b\r\nX-Evil: 1"))
    assert caught.value.reason == "bad_request"


@pytest.mark.parametrize(
    ("url", "invocations", "ping"),
    [
        ("http://m:8080", "http://m:8080/invocations", "http://m:8080/ping"),
        ("http://m:8080/", "http://m:8080/invocations", "http://m:8080/ping"),
        ("http://m/invocations", "http://m/invocations", "http://m/ping"),
        ("https://u:p@m/a%20b?k=1", "https://m/a%20b?k=1", "https://m/ping"),
        ("http://m?k=1", "http://m/invocations?k=1", "http://m/ping"),
    ],
)
def test_addresses_follow_from_the_url(url, invocations, ping):
    upstream = Upstream.of(url)
    assert (str(upstream.invocations), str(upstream.ping)) == (invocations, ping)
