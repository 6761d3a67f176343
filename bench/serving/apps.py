"""The programs around the server, as ASGI applications: a model, a bare proxy, a canned answer."""

import os

import aiohttp

MODEL_ANSWER = b"0.7312\n"


async def _whole(receive) -> bytes:
    message = await receive()
    if not message.get("more_body"):
        return message.get("body", b"")
    parts = [message["body"]]
    while message.get("more_body"):
        message = await receive()
        parts.append(message.get("body", b""))
    return b"".join(parts)


async def _send(send, status: int, content_type: bytes, body: bytes) -> None:
    headers = [(b"content-type", content_type), (b"content-length", str(len(body)).encode())]
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": body})


async def model(scope, receive, send) -> None:
    """A model that takes no time."""
    if scope["type"] == "http":
        await _whole(receive)
        await _send(send, 200, b"text/csv; charset=utf-8", MODEL_ANSWER)


class Proxy:
    """Passes requests on to BENCH_UPSTREAM, and the answers back."""

    def __init__(self) -> None:
        self._session: aiohttp.ClientSession | None = None
        self._url = os.environ["BENCH_UPSTREAM"]

    async def __call__(self, scope, receive, send) -> None:
        if scope["type"] != "http":
            return
        if self._session is None:
            self._session = aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=1024))
        body = await _whole(receive)
        given = dict(scope["headers"])
        headers = {"Content-Type": given.get(b"content-type", b"").decode()}
        async with self._session.post(self._url, data=body, headers=headers) as answer:
            content_type = answer.headers["Content-Type"].encode()
            await _send(send, answer.status, content_type, await answer.read())


class Canned:
    """Answers everything with the file that BENCH_ANSWER names."""

    def __init__(self) -> None:
        with open(os.environ["BENCH_ANSWER"], "rb") as file:
            self._body = file.read()

    async def __call__(self, scope, receive, send) -> None:
        if scope["type"] == "http":
            await _whole(receive)
            await _send(send, 200, b"application/x-amz-json-1.1", self._body)


def proxy() -> Proxy:
    return Proxy()


def canned() -> Canned:
    return Canned()
