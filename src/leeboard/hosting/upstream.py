"""Calls to a model's server."""

import asyncio
from base64 import b64encode
from dataclasses import dataclass, field
from time import perf_counter
from typing import Self
from urllib.parse import unquote

from yarl import URL

from leeboard.hosting.connections import Connections, HungUpError, LongAnswerError, NotConnectedError
from leeboard.hosting.exchange import ModelAnswer
from leeboard.hosting.failures import HostingError, redacted

MAX_BODY_BYTES = 6_291_456
_PING_S = 5.0
_CUSTOM_ATTRIBUTES = b"x-amzn-sagemaker-custom-attributes"


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
    """Asks the servers of all models; belongs to one event loop."""

    def __init__(self) -> None:
        self._connections = Connections(MAX_BODY_BYTES)

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
        is_unsent, start_s = True, perf_counter()
        try:
            try:
                answer = await self._connections.ask("POST", upstream.invocations, headers, body, timeout_s)
            except HungUpError:
                is_unsent = False
                answer = await self._connections.ask("POST", upstream.invocations, headers, body, timeout_s)
        except TimeoutError:
            raise HostingError(
                "timeout", f"the model at {upstream.name} did not answer within {timeout_s:.3g} s"
            ) from None
        except LongAnswerError:
            raise HostingError(
                "too_large",
                f"the model at {upstream.name} answered with more than {MAX_BODY_BYTES:,} bytes, "
                "the most that an endpoint returns",
            ) from None
        except ConnectionError as error:
            raise HostingError(
                "unreachable",
                f"the model at {upstream.name} cannot be reached: {error}",
                is_unsent=is_unsent and isinstance(error, NotConnectedError),
            ) from error
        except ValueError as error:  # a header with a line break in it
            raise HostingError("bad_request", f"the request cannot be passed on: {error}") from None
        return ModelAnswer(
            status=answer.status,
            body=answer.body,
            content_type=answer.header(b"content-type"),
            custom_attributes=answer.header(_CUSTOM_ATTRIBUTES),
            took_s=perf_counter() - start_s,
        )

    async def answers_ping(self, upstream: Upstream) -> str | None:
        """None if it does, else what came instead."""
        try:
            answer = await self._connections.ask("GET", upstream.ping, upstream.authorization, None, _PING_S)
        except TimeoutError:
            return f"nothing within {_PING_S:.3g} s"
        except LongAnswerError:
            return "an answer without end"
        except (ConnectionError, ValueError) as error:
            return str(error)
        is_there = upstream.takes_any_ping or answer.status < 500
        return None if is_there else f"status {answer.status}"

    async def close(self) -> None:
        """Closes all connections."""
        await self._connections.close()


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
