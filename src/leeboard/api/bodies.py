"""Reads the body of a request, up to a limit."""

from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any

from leeboard.api.auth import Head
from leeboard.formats.whole_number import whole_number
from leeboard.service.refusals import RefusalError


class TooLargeError(RefusalError):
    """The body is larger than what is taken."""

    code = "RequestEntityTooLarge"
    status = 413


class GoneError(RefusalError):
    """The client went away before its request was whole."""

    code = "RequestAborted"


async def read_body(
    head: Head, receive: Callable[[], Awaitable[MutableMapping[str, Any]]], limit_bytes: int
) -> bytes:
    """The whole body.

    Raises:
        TooLargeError: it is longer than the limit; what is beyond was not read.
        GoneError: the connection ended before the body.
    """
    declared = head.headers.get("content-length", "0")
    if declared.isdecimal() and whole_number(declared, most=limit_bytes) is None:
        raise TooLargeError(f"the request has {declared[:40]} bytes; at most {limit_bytes} are taken")
    message = await receive()
    body = message.get("body", b"")
    if message["type"] == "http.request" and not message.get("more_body"):
        return bytes(body)
    parts, size = [body], len(body)
    while message.get("more_body"):
        message = await receive()
        parts.append(message.get("body", b""))
        size += len(parts[-1])
        if size > limit_bytes:
            raise TooLargeError(f"the request has more than {limit_bytes} bytes")
    if message["type"] == "http.disconnect":
        raise GoneError("the connection ended before the request was whole")
    return b"".join(parts)
