"""The server's one port: who answers which request."""

import asyncio
import hmac
from collections.abc import Awaitable, Callable, MutableMapping
from functools import partial
from time import perf_counter
from typing import Any
from urllib.parse import parse_qs

from leeboard.api.auth import Head, Signature, Verifier, signature_of
from leeboard.api.bodies import TooLargeError, read_body
from leeboard.api.gateway import Gateway
from leeboard.api.invocation_heads import InvocationError
from leeboard.api.observing import Observed
from leeboard.api.own import OwnCalls
from leeboard.api.replies import Reply
from leeboard.api.wire import Wire
from leeboard.clock import now
from leeboard.service.access.doorman import TooManyAttemptsError
from leeboard.service.access.scraping import CHALLENGE, Scrapes
from leeboard.service.access.visitors import EDITOR, READER
from leeboard.service.refusals import AccessDeniedError, RefusalError

Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]
Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]
App = Callable[[Scope, Receive, Send], Awaitable[None]]

MAX_REQUEST_BYTES = 8 << 20
LARGE_BYTES = 1 << 20
"""A body that takes milliseconds to hash is not hashed in the event loop."""
INVOCATIONS = "/endpoints/"
OWN = "/leeboard/"
EVENTS = "/cloudevents/"
DASHBOARD = "/dashboard/"
XML = {"content-type": "application/xml", "connection": "close"}
READING = ("GET", "HEAD")
NOT_FOR_READERS = (
    b"<?xml version='1.0'?><Error><Code>AccessDenied</Code><Message>This access key is a reader's: it may "
    b"look, and change nothing</Message></Error>"
)
NO_OBJECTS = (
    b"<?xml version='1.0'?><Error><Code>NotImplemented</Code><Message>This server keeps its objects "
    b"in another S3 and serves none: set AWS_ENDPOINT_URL_S3, as `leeboard env` prints it"
    b"</Message></Error>"
)
WELCOME = (
    b"This is leeboard, the open-source successor to SageMaker Model Monitor.\n"
    b"Point AWS's clients at it: `leeboard env` prints how.\n"
)


class Server:
    """The ASGI application.

    Args:
        objects: the embedded S3; None if objects are kept elsewhere.
        events: takes payload logs as CloudEvents.
        capture_token: what senders of these have to know.
        role_of: what the owner of an access key may.
        dashboard: what people look at.
        scrapes: lets readers of `/metrics` in; all of them without.
    """

    def __init__(
        self,
        *,
        verifier: Verifier,
        wire: Wire,
        gateway: Gateway,
        own: OwnCalls,
        objects: App | None,
        events: App,
        capture_token: str,
        observed: Observed,
        dashboard: App,
        role_of: Callable[[str], str] = lambda access_key: EDITOR,
        scrapes: Scrapes | None = None,
    ) -> None:
        self._verifier, self._wire, self._gateway, self._own = verifier, wire, gateway, own
        self._objects, self._events, self._dashboard = objects, events, dashboard
        self._token = capture_token.encode()
        self._observed = observed
        self._role_of = role_of
        self._scrapes = scrapes
        self._scraping = asyncio.Lock()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            return
        head = Head.of_scope(scope)
        signature = signature_of(head.headers, head.query)
        if signature is not None and signature.service == "s3":
            await self._store(head, signature.access_key, scope, receive, send)
        elif f"{head.path}/".startswith(EVENTS):
            await self._take_events(head, scope, receive, send)
        elif f"{head.path}/".startswith(DASHBOARD) and signature is None:
            await self._dashboard(scope, receive, send)
        else:
            peer = scope["client"][0] if scope.get("client") else ""
            reply = await self._reply(head, signature, receive, peer)
            await reply.send(send)

    async def _store(self, head: Head, access_key: str, scope: Scope, receive: Receive, send: Send) -> None:
        if head.method not in READING and self._role_of(access_key) == READER:
            await Reply(403, NOT_FOR_READERS, XML).send(send)
            return
        if self._objects is not None:
            await self._objects(scope, receive, send)
            return
        body = b"" if head.method == "HEAD" else NO_OBJECTS
        await Reply(501, body, XML).send(send)

    async def _reply(self, head: Head, signature: Signature | None, receive: Receive, peer: str) -> Reply:
        service = signature.service if signature else None
        if head.method in READING and service is None and (open_reply := await self._open(head, peer)):
            return open_reply
        try:
            body = await read_body(head, receive, MAX_REQUEST_BYTES)
        except TooLargeError as error:
            return self._refused(head, error, service)
        start, status = perf_counter(), 500
        try:
            reply = await self._answer(head, body, signature)
            status = reply.status
        finally:
            self._observed.count(service or "", status, perf_counter() - start)
        return reply

    async def _open(self, head: Head, peer: str) -> Reply | None:
        """What needs no signature."""
        path = head.path
        if path == "/healthz":
            return Reply(200, b'{"status":"ok"}\n', {"content-type": "application/json"})
        if path.rstrip("/") == "/metrics":
            return await self._metrics(head, peer)
        if path == "/favicon.ico":
            return Reply(303, headers={"location": f"{DASHBOARD}static/icon.svg"})
        if path == "/" and "text/html" in head.headers.get("accept", ""):
            return Reply(303, headers={"location": DASHBOARD})
        if path == "/":
            return Reply(200, WELCOME, {"content-type": "text/plain; charset=utf-8"})
        return None

    async def _metrics(self, head: Head, peer: str) -> Reply:
        if self._scrapes is not None and not self._scrapes.is_open(peer, head.headers):
            try:
                await asyncio.to_thread(self._scrapes.admit, peer, head.headers, now())
            except TooManyAttemptsError as refusal:
                return _plain(refusal, {"retry-after": str(refusal.wait_s)})
            except RefusalError as refusal:
                return _plain(refusal, {"www-authenticate": CHALLENGE})
        async with self._scraping:  # many may ask, and calls need the threads
            text = await asyncio.to_thread(self._observed.text)
        return Reply(200, text, {"content-type": self._observed.content_type})

    async def _answer(self, head: Head, body: bytes, signature: Signature | None) -> Reply:
        at = now()
        try:
            verify = partial(self._verifier.verify, head, body, at, signature)
            identity = verify() if len(body) < LARGE_BYTES else await asyncio.to_thread(verify)
        except RefusalError as refusal:
            return self._refused(head, refusal, signature.service if signature else None)
        if head.path.startswith(INVOCATIONS):
            if self._role_of(identity.access_key) == READER:
                text = f"the access key {identity.access_key} is a reader's: it may look, and asks no model"
                return Reply.refusal(AccessDeniedError(text))
            return await self._gateway.answer(head, body)
        if head.path.startswith(OWN):
            return await self._own.answer(head, body, at, identity)
        told = await self._wire.answer(head, body, identity, at)
        return Reply(told.status, told.body, told.headers)

    def _refused(self, head: Head, refusal: RefusalError, service: str | None) -> Reply:
        """In the form of whoever would have answered."""
        if head.path.startswith(INVOCATIONS) and isinstance(refusal, TooLargeError):
            refusal = InvocationError(refusal.message)
        if head.path.startswith((INVOCATIONS, OWN)):
            return Reply.refusal(refusal)
        told = self._wire.refuse(head, refusal, service)
        return Reply(told.status, told.body, told.headers)

    async def _take_events(self, head: Head, scope: Scope, receive: Receive, send: Send) -> None:
        """A token stands for a signature, as loggers of payloads cannot sign."""
        if self._may_capture(head):
            await self._events(scope, receive, send)
            return
        text = (
            "give the server's capture token (`leeboard env --format json` names its file) as "
            "Authorization: Bearer TOKEN, or as ?token=TOKEN"
        )
        reply = Reply.refusal(AccessDeniedError(text))
        reply.headers["connection"] = "close"
        await reply.send(send)

    def _may_capture(self, head: Head) -> bool:
        scheme, _, given = head.headers.get("authorization", "").partition(" ")
        if scheme.lower() != "bearer":
            given = (parse_qs(head.query).get("token") or [""])[0]
        return hmac.compare_digest(given.encode(), self._token)


def _plain(refusal: RefusalError, headers: dict[str, str]) -> Reply:
    """For who reads with a browser, or in the list of Prometheus's targets."""
    told = {"content-type": "text/plain; charset=utf-8", "cache-control": "no-store"}
    return Reply(refusal.status, f"{refusal.message}\n".encode(), told | headers)
