"""What is answered, and how it is sent."""

import re
from collections.abc import Awaitable, Callable, Mapping, MutableMapping
from dataclasses import dataclass, field
from typing import Any, BinaryIO

from leeboard.api.s3.refusals import refusal

PIECE_BYTES = 1 << 20

Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]
Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]

_CONTROL = re.compile(r"[\x00-\x08\x0a-\x1f\x7f]")


@dataclass(slots=True)
class Rest:
    """The bytes of an object that are sent after the first piece."""

    stream: BinaryIO
    size_bytes: int


@dataclass(slots=True)
class Answer:
    """An answer, of which a large object's bytes are still in their file."""

    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes = b""
    rest: Rest | None = None

    def close(self) -> None:
        if self.rest:
            self.rest.stream.close()


def start(answer: Answer, extra: Mapping[str, str], *, has_length: bool = True) -> dict[str, Any]:
    """The ASGI message that begins the answer."""
    headers = {**answer.headers, **extra}
    if has_length and answer.status not in (204, 304):
        headers.setdefault("content-length", str(len(answer.body)))
    raw = [(name.encode("latin-1"), header_value(value)) for name, value in headers.items()]
    return {"type": "http.response.start", "status": answer.status, "headers": raw}


def header_value(value: str) -> bytes:
    """The value as bytes; nothing that could begin a header of its own."""
    if _CONTROL.search(value):
        raise refusal("InvalidArgument", "a header that is to be answered has control characters in it")
    try:
        return value.encode("latin-1")
    except UnicodeEncodeError as error:
        raise refusal("InvalidArgument", f"{value[:80]!r} cannot be the value of a header") from error
