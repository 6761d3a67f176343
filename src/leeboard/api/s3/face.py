"""The ASGI application that speaks S3."""

import asyncio
from collections.abc import Callable, MutableMapping
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from typing import Any, TypeVar

from leeboard.api.auth import Head, Verified
from leeboard.api.s3.answers import PIECE_BYTES, Answer, Receive, Send
from leeboard.api.s3.call import S3Call, Spool
from leeboard.api.s3.documents import XML_BYTES
from leeboard.api.s3.exchange import Exchange
from leeboard.api.s3.incoming import CHECKSUM, Incoming
from leeboard.api.s3.reader import Reader
from leeboard.api.s3.refusals import refusal
from leeboard.api.s3.request import S3Request
from leeboard.api.s3.routes import Body, Operation, operation_of
from leeboard.service.refusals import AccessDeniedError
from leeboard.storage.objects.folder import ObjectFolder

N_THREADS = 8
OBJECT_BYTES = 5 << 30

T = TypeVar("T")


class S3Face:
    """S3 over a folder of objects, for requests that are already known to be meant for S3.

    What an earlier server left half done, and nobody asked for within a week, is removed.

    Args:
        authenticate: who sent a request, as `Verifier.verify_streamed` says it.
        buckets_on_demand: whether a bucket of that name is made when it is first asked for.
        now: the clock.
        account: that owns all buckets.
    """

    def __init__(
        self,
        folder: ObjectFolder,
        authenticate: Callable[[Head, datetime], Verified],
        *,
        now: Callable[[], datetime],
        account: str,
        region: str,
        buckets_on_demand: Callable[[str], bool] = lambda _: False,
    ) -> None:
        self._folder = folder
        self._authenticate = authenticate
        self._now = now
        self._account, self._region = account, region
        self._is_on_demand = buckets_on_demand
        self._threads = ThreadPoolExecutor(N_THREADS, thread_name_prefix="s3")
        folder.sweep(now())

    def close(self) -> None:
        """Waits for what is being done."""
        self._threads.shutdown()

    async def __call__(self, scope: MutableMapping[str, Any], receive: Receive, send: Send) -> None:
        exchange = Exchange(Head.of_scope(scope), receive, send)
        try:
            await self._serve(exchange)
        except Exception as error:
            await exchange.refuse(error)

    async def _serve(self, exchange: Exchange) -> None:
        head, reader = exchange.head, exchange.reader
        verified = self._authenticate(head, self._now())
        request = S3Request.of(head)
        self._check_owner(request)
        operation = operation_of(request)
        incoming = Incoming(_sum_headers(request, operation), verified.body_hash)
        call = S3Call(
            request=request,
            folder=self._folder,
            account=self._account,
            region=self._region,
            now=self._now(),
            spool=Spool(self._folder, incoming),
        )
        if operation.body is Body.OBJECT:
            await self._spool(call, reader)
        elif operation.body is Body.XML:
            call.body = incoming.take(await reader.whole(XML_BYTES))
            incoming.finish()
        await self._answer(exchange, operation, call)

    async def _answer(self, exchange: Exchange, operation: Operation, call: S3Call) -> None:
        work = asyncio.ensure_future(self._in_thread(self._run, operation, call))
        if operation.is_slow:
            await exchange.wait(work)
        answer = await work
        try:
            await exchange.answer(answer, self._in_thread)
        finally:
            answer.close()

    def _run(self, operation: Operation, call: S3Call) -> Answer:
        try:
            return self._ran(operation, call)
        finally:
            call.spool.discard()  # an operation may be refused before it looks at the body

    def _ran(self, operation: Operation, call: S3Call) -> Answer:
        bucket, request = call.bucket, call.request
        makes_or_removes = not request.key and request.method in ("PUT", "DELETE")
        if bucket and not makes_or_removes and self._is_on_demand(bucket):
            self._folder.buckets.create(bucket)
        return operation.run(call)

    async def _spool(self, call: S3Call, reader: Reader) -> None:
        """Large bodies go to the disk as they come; a small one waits for the thread that stores it."""
        await self._check_size(call)
        waiting = bytearray()
        try:
            async for piece in reader.pieces():
                waiting += piece
                if len(waiting) >= PIECE_BYTES:
                    await self._in_thread(call.spool.add, bytes(waiting))
                    waiting.clear()
        except BaseException:
            await asyncio.shield(self._in_thread(call.spool.discard))
            raise
        call.body = bytes(waiting)

    async def _check_size(self, call: S3Call) -> None:
        headers = call.request.headers
        text = headers.get("x-amz-decoded-content-length") or headers.get("content-length", "")
        if not text.isdecimal():
            raise refusal("MissingContentLength", "the length of the body must be told before it", 411)
        if len(text) > 18 or int(text) > OBJECT_BYTES:
            raise refusal("EntityTooLarge", f"a body may have {OBJECT_BYTES:,} bytes; send it in parts")
        if int(text) > PIECE_BYTES:
            await self._in_thread(self._folder.check_room, int(text))

    def _check_owner(self, request: S3Request) -> None:
        for name in ("x-amz-expected-bucket-owner", "x-amz-source-expected-bucket-owner"):
            if request.headers.get(name, self._account) != self._account:
                raise AccessDeniedError("the bucket belongs to another account", code="AccessDenied")

    async def _in_thread(self, function: Callable[..., T], *args: Any) -> T:
        return await asyncio.get_running_loop().run_in_executor(self._threads, function, *args)


def _sum_headers(request: S3Request, operation: Operation) -> dict[str, str]:
    """The headers, without sums that are not of the body."""
    is_other = operation.has_object_sums
    return {n: v for n, v in request.headers.items() if not (is_other and n.startswith(CHECKSUM))}
