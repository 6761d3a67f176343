"""One request and its answer, which may begin before the work is done."""

import asyncio
import logging
import secrets
from collections.abc import Callable
from typing import Any

from leeboard.api.auth import Head
from leeboard.api.s3.answers import PIECE_BYTES, Answer, Receive, Rest, Send, start
from leeboard.api.s3.documents import DECLARATION, error_document
from leeboard.api.s3.reader import Reader
from leeboard.api.s3.refusals import as_refusal
from leeboard.service.refusals import RefusalError

PATIENCE_S = 10.0
"""After that long a slow operation's answer begins, and a blank goes out each time it passes again."""

LINGER_BYTES, LINGER_S = 64 << 20, 5.0
"""So much of a refused body is taken, for so long."""

log = logging.getLogger(__name__)


class Exchange:
    """A request without its body, and the way back to the client."""

    def __init__(self, head: Head, receive: Receive, send: Send) -> None:
        self.head = head
        self.reader = Reader(receive, head.headers)
        self._receive, self._send = receive, send
        self._request_id = secrets.token_hex(8).upper()
        self._has_begun = False  # so that the status cannot change any more
        self._is_open = False  # begun by a blank: a document may still follow

    async def wait(self, work: "asyncio.Future[Any]") -> None:
        """Keeps the client patient until the work is done."""
        while not (await asyncio.wait({work}, timeout=PATIENCE_S))[0]:
            await self._blank()

    async def _blank(self) -> None:
        if not self._has_begun:
            # no length is known yet: the server sends pieces with their sizes
            await self._begin(Answer(headers={"content-type": "application/xml"}), has_length=False)
            self._is_open = True
            await self._more(DECLARATION.encode())
        await self._more(b" ")

    async def answer(self, answer: Answer, in_thread: Callable[..., Any]) -> None:
        """Sends all of it, unless the client goes away."""
        if self._is_open:
            await self._end(answer.body.removeprefix(DECLARATION.encode()))
            return
        await self._begin(answer)
        if answer.rest is None:
            await self._end(b"" if self.head.method == "HEAD" else answer.body)
            return
        await self._more(answer.body)
        await self._send_rest(answer.rest, in_thread)

    async def _send_rest(self, rest: Rest, in_thread: Callable[..., Any]) -> None:
        gone = asyncio.ensure_future(self._client_gone())
        try:
            while rest.size_bytes and not gone.done():
                piece = await in_thread(rest.stream.read, min(PIECE_BYTES, rest.size_bytes))
                if not piece:
                    raise EOFError("the file became shorter while it was sent")
                rest.size_bytes -= len(piece)
                await (self._more(piece) if rest.size_bytes else self._end(piece))
        finally:
            gone.cancel()

    async def _client_gone(self) -> None:
        while (await self._receive())["type"] != "http.disconnect":
            pass

    async def refuse(self, error: Exception) -> None:
        """Answers with an error; if an object is half sent, the connection must end."""
        said = as_refusal(error)
        if said is None:
            log.error("S3 %s %s failed", self.head.method, self.head.path, exc_info=error)
            said = RefusalError(
                "an error of this server, whose log says more", code="InternalError", status=500
            )
        body = error_document(said.code, said.message, self.head.path, self._request_id)
        if self._is_open:
            await self._end(body.removeprefix(DECLARATION.encode()))
            return
        if self._has_begun:
            raise error
        is_head = self.head.method == "HEAD"
        answer = Answer(said.status, {"content-type": "application/xml"}, b"" if is_head else body)
        await self._begin(answer)
        if not self.reader.is_read and "expect" not in self.head.headers:
            # a client that is still sending would not see the answer if the connection just ended
            await self._more(answer.body)
            await self.reader.throw_away(LINGER_BYTES, LINGER_S)
            answer.body = b""
        await self._end(answer.body)

    async def _begin(self, answer: Answer, *, has_length: bool = True) -> None:
        own = {"x-amz-request-id": self._request_id}
        if not self.reader.is_read:  # what is unread would be taken for the next request
            own["connection"] = "close"
        await self._send(start(answer, own, has_length=has_length))
        self._has_begun = True

    async def _more(self, body: bytes) -> None:
        await self._send({"type": "http.response.body", "body": body, "more_body": True})

    async def _end(self, body: bytes) -> None:
        await self._send({"type": "http.response.body", "body": body})
