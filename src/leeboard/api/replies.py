"""Answers over HTTP."""

from collections.abc import Awaitable, Callable, MutableMapping
from dataclasses import dataclass, field
from typing import Any, Self

import msgspec

from leeboard.service.refusals import RefusalError


@dataclass(slots=True)
class Reply:
    """A whole answer."""

    status: int
    body: bytes = b""
    headers: dict[str, str] = field(default_factory=dict)

    @classmethod
    def json(cls, content: Any, status: int = 200) -> Self:
        """A JSON document; times become ISO 8601."""
        return cls(status, msgspec.json.encode(content), {"content-type": "application/json"})

    @classmethod
    def refusal(cls, refusal: RefusalError, **members: Any) -> Self:
        """In the form that AWS's REST-JSON clients read.

        Args:
            members: further members of the error.
        """
        told = {"__type": refusal.code, "message": refusal.message, "Message": refusal.message, **members}
        reply = cls.json(told, refusal.status)
        reply.headers["x-amzn-errortype"] = refusal.code
        return reply

    async def send(self, send: Callable[[MutableMapping[str, Any]], Awaitable[None]]) -> None:
        """Give it to an ASGI server."""
        headers = [(name.lower().encode(), value.encode("latin-1")) for name, value in self.headers.items()]
        headers.append((b"content-length", str(len(self.body)).encode()))
        await send({"type": "http.response.start", "status": self.status, "headers": headers})
        await send({"type": "http.response.body", "body": self.body})
