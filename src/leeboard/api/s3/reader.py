"""The bytes of a request as they come."""

import asyncio
from collections.abc import AsyncIterator, Mapping
from contextlib import suppress

from leeboard.api.s3.answers import Receive
from leeboard.api.s3.refusals import refusal
from leeboard.service.refusals import RefusalError


class Reader:
    """Reads a body.

    Attributes:
        is_read: whether nothing of it is left in the connection.
    """

    def __init__(self, receive: Receive, headers: Mapping[str, str]) -> None:
        self._receive = receive
        self.is_read = headers.get("content-length", "0") == "0" and "transfer-encoding" not in headers

    async def pieces(self) -> AsyncIterator[bytes]:
        """The body.

        Raises:
            RefusalError: if the client goes away before its end.
        """
        while True:
            message = await self._receive()
            if message["type"] != "http.request":
                raise refusal("RequestTimeout", "the client went away before the end of the body")
            if message.get("body"):
                yield message["body"]
            if not message.get("more_body", False):
                self.is_read = True
                return

    async def throw_away(self, most_bytes: int, most_s: float) -> None:
        """Takes what is still coming, within limits."""
        with suppress(TimeoutError, RefusalError):
            async with asyncio.timeout(most_s):
                async for piece in self.pieces():
                    most_bytes -= len(piece)
                    if most_bytes < 0:
                        return

    async def whole(self, most_bytes: int) -> bytes:
        """The body, if it is not larger than that."""
        body = bytearray()
        async for piece in self.pieces():
            body += piece
            if len(body) > most_bytes:
                raise refusal("EntityTooLarge", f"the body has more than {most_bytes:,} bytes")
        return bytes(body)
