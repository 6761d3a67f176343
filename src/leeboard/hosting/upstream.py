"""Calls to a model's server."""

import asyncio
import io
from base64 import b64encode
from dataclasses import dataclass, field
from typing import Self
from urllib.parse import unquote

import aiohttp
from yarl import URL

from leeboard.hosting.exchange import ModelAnswer
from leeboard.hosting.failures import HostingError, redacted

MAX_BODY_BYTES = 6_291_456
_CONNECT_S = 10.0
_PING_S = 5.0
_CONNECTIONS = 1024
_STREAMED_BYTES = 1 << 20  # the HTTP library warns of larger bodies that are not streams
_OURS_ALONE = ("Accept", "Accept-Encoding", "Content-Type", "User-Agent")
_CUSTOM_ATTRIBUTES = "X-Amzn-SageMaker-Custom-Attributes"


@dataclass(frozen=True, slots=True)
class Upstream:
    """Where a model is called.

    Attributes:
        name: the URL as it may be shown.
        authorization: headers that come from a user and a password in the URL.
        takes_any_ping: it does not follow SageMaker's contract, so any answer means that it is there.
    """

    name: str
    invocations: URL
    ping: URL
    authorization: dict[str, str] = field(default_factory=dict)
    takes_any_ping: bool = False

    @classmethod
    def of(cls, url: str) -> Self:
        """A URL without a path is a server with SageMaker's contract; with one, calls go just there."""
        whole = URL(url, encoded=True)
        plain = whole.with_user(None).with_fragment(None)
        has_path = plain.path not in ("", "/")
        ping = plain.origin().with_path("/ping")
        invocations = plain if has_path else plain.with_path("/invocations", keep_query=True)
        return cls(redacted(url), invocations, ping, _authorization(whole), has_path)


def _authorization(url: URL) -> dict[str, str]:
    if url.raw_user is None and url.raw_password is None:
        return {}
    pair = f"{unquote(url.raw_user or '')}:{unquote(url.raw_password or '')}"
    return {"Authorization": f"Basic {b64encode(pair.encode()).decode()}"}


class Caller:
    """One pool of connections for all models; belongs to one event loop."""

    def __init__(self) -> None:
        self._opened: aiohttp.ClientSession | None = None

    async def post(
        self, upstream: Upstream, body: bytes, headers: dict[str, str], timeout_s: float
    ) -> ModelAnswer:
        """What the model answers, whatever the status.

        A connection that is closed before any answer is tried once more: servers close idle ones.

        Raises:
            HostingError: there was no answer, or one that is too large.
        """
        if upstream.authorization:
            headers = headers | upstream.authorization
        may_be_sent = False
        try:
            try:
                return await self._post(upstream, body, headers, timeout_s)
            except (aiohttp.ServerDisconnectedError, aiohttp.ClientOSError) as error:
                if isinstance(error, aiohttp.ClientConnectorError):
                    raise
                may_be_sent = getattr(error, "errno", 0) is not None  # None: it closed before we wrote
                return await self._post(upstream, body, headers, timeout_s)
        except TimeoutError:
            raise HostingError(
                "timeout", f"the model at {upstream.name} did not answer within {timeout_s:.3g} s"
            ) from None
        except (aiohttp.ClientError, OSError) as error:
            is_unsent = isinstance(error, aiohttp.ClientConnectorError) and not may_be_sent
            raise HostingError(
                "unreachable",
                f"the model at {upstream.name} cannot be reached: {_cause(error)}",
                is_unsent=is_unsent,
            ) from error
        except ValueError as error:  # a header with a line break in it
            raise HostingError("bad_request", f"the request cannot be passed on: {error}") from None

    async def _post(
        self, upstream: Upstream, body: bytes, headers: dict[str, str], timeout_s: float
    ) -> ModelAnswer:
        async with self._session().post(
            upstream.invocations,
            data=body if len(body) < _STREAMED_BYTES else io.BytesIO(body),
            headers=headers,
            allow_redirects=False,
            timeout=aiohttp.ClientTimeout(total=timeout_s, sock_connect=_CONNECT_S),
        ) as response:
            answer = await _bounded(response, upstream)
            return ModelAnswer(
                status=response.status,
                body=answer,
                content_type=response.headers.get("Content-Type"),
                custom_attributes=response.headers.get(_CUSTOM_ATTRIBUTES),
            )

    async def answers_ping(self, upstream: Upstream) -> str | None:
        """None if it does, else what came instead."""
        try:
            async with self._session().get(
                upstream.ping,
                headers=upstream.authorization,
                allow_redirects=False,
                timeout=aiohttp.ClientTimeout(total=_PING_S),
            ) as response:
                is_there = upstream.takes_any_ping or response.status < 500
                return None if is_there else f"status {response.status}"
        except TimeoutError:
            return f"nothing within {_PING_S:.3g} s"
        except (aiohttp.ClientError, OSError, ValueError) as error:
            return _cause(error)

    async def close(self) -> None:
        """Closes all connections."""
        if self._opened is not None:
            await self._opened.close()
            self._opened = None

    def _session(self) -> aiohttp.ClientSession:
        if self._opened is None:
            self._opened = aiohttp.ClientSession(
                connector=aiohttp.TCPConnector(limit=_CONNECTIONS),
                cookie_jar=aiohttp.DummyCookieJar(),
                skip_auto_headers=_OURS_ALONE,
                auto_decompress=False,
            )
        return self._opened


class Server:
    """A server that somebody else runs."""

    model = None

    def __init__(self, upstream: Upstream, caller: Caller) -> None:
        self._upstream = upstream
        self._caller = caller

    def upstream(self) -> Upstream:
        """Where calls go, whether it answers or not."""
        return self._upstream

    async def wait(self, wait_s: float) -> Upstream:
        """Waits until it answers a ping.

        Raises:
            HostingError: it did not in that time.
        """
        instead = await until_ping(self._caller, self._upstream, wait_s)
        if instead is not None:
            ping = redacted(str(self._upstream.ping))
            raise HostingError(
                "unreachable",
                f"the model at {self._upstream.name} is not there: GET {ping} gave {instead}, "
                f"tried for {wait_s:.3g} s",
            )
        return self._upstream

    async def close(self) -> None:
        """Nothing is ours to end."""


async def until_ping(caller: Caller, upstream: Upstream, timeout_s: float) -> str | None:
    """Asks again and again; None once there is an answer, else the last thing that came instead."""
    loop, pause_s = asyncio.get_running_loop(), 0.05
    end = loop.time() + timeout_s
    while (instead := await caller.answers_ping(upstream)) is not None and loop.time() < end:
        await asyncio.sleep(min(pause_s, max(end - loop.time(), 0)))
        pause_s = min(pause_s * 1.5, 1.0)
    return instead


async def _bounded(response: aiohttp.ClientResponse, upstream: Upstream) -> bytes:
    length = response.content_length
    if length is not None and length <= MAX_BODY_BYTES:
        return await response.read()
    parts, size_bytes = [], 0
    while part := await response.content.readany():
        parts.append(part)
        size_bytes += len(part)
        if size_bytes > MAX_BODY_BYTES:
            response.close()
            raise HostingError(
                "too_large",
                f"the model at {upstream.name} answered with more than {MAX_BODY_BYTES:,} bytes, "
                "the most that an endpoint returns",
            )
    return b"".join(parts)


def _cause(error: Exception) -> str:
    if isinstance(error, aiohttp.ServerDisconnectedError):
        return "it closed the connection without an answer"
    if isinstance(error, aiohttp.ClientConnectorError):
        return error.os_error.strerror or type(error.os_error).__name__
    return str(error) or type(error).__name__
