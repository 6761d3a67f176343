"""HTTP over the socket of a container engine; the standard library has all that it takes."""

import http.client
import json
import socket
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from leeboard.errors import EngineError, InputError, LeeboardError, NotFoundError, UnreachableError

CALL_S = 60.0
"""For one call."""
LONG_S = 900.0
"""For what an engine may copy files for."""
MOST_HEAD_BYTES = 1 << 16
_MOST_TEXT_BYTES = 1 << 16

Connect = Callable[[float], socket.socket]
"""Takes seconds of patience."""


@dataclass(frozen=True, slots=True)
class Door:
    """The way to an engine.

    Attributes:
        name: for messages, and to find the engine again.
        connect: opens a connection.
        headers: of every call.
    """

    name: str
    connect: Connect
    headers: Callable[[], Mapping[str, str]] = dict

    @contextmanager
    def asked(
        self,
        method: str,
        path: str,
        *,
        document: Any = None,
        data: bytes | None = None,
        patience_s: float = CALL_S,
    ) -> Iterator[http.client.HTTPResponse]:
        """The answer to a call while it is read.

        Raises:
            NotFoundError: there is no such thing; in the engine's words.
            InputError: the engine refuses.
            EngineError: the engine has a fault.
            UnreachableError: it does not answer.
        """
        body = json.dumps(document).encode() if document is not None else data
        kind = {"Content-Type": "application/json" if document is not None else "application/x-tar"}
        connection = _Connection(self.connect, patience_s)
        try:
            headers = {**self.headers(), **(kind if body is not None else {})}
            connection.request(method, path, body, headers)
            answer = connection.getresponse()
            if answer.status >= 400:
                raise refusal(answer.status, answer.read(_MOST_TEXT_BYTES))
            yield answer
        except (OSError, http.client.HTTPException) as error:
            raise UnreachableError(
                f"the container engine at {self.name} does not answer: {error or type(error).__name__}"
            ) from None
        finally:
            connection.close()

    def ask(self, method: str, path: str, **options: Any) -> bytes:
        """The whole answer."""
        with self.asked(method, path, **options) as answer:
            return answer.read()


def door_at(url: str) -> Door:
    """The way to an engine that listens at `unix:///PATH` or `tcp://HOST:PORT`.

    Raises:
        InputError: it is neither.
    """
    split = urlsplit(url)
    if split.scheme == "unix" and split.path.startswith("/") and not split.netloc:
        return Door(url, lambda patience_s: _to_file(split.path, patience_s))
    if split.scheme in ("tcp", "http") and split.hostname and split.port:
        place = (split.hostname, split.port)
        return Door(url, lambda patience_s: socket.create_connection(place, patience_s))
    raise InputError(
        f"the container engine {url!r} cannot be asked: expected none, auto, podman, "
        "kubernetes:NAMESPACE?claim=NAME, unix:///PATH/OF/ITS.sock, or tcp://127.0.0.1:PORT without TLS, as "
        "the engine has to see the files of this machine anyway"
    )


def _to_file(path: str, patience_s: float) -> socket.socket:
    made = socket.socket(socket.AF_UNIX)
    try:
        made.settimeout(patience_s)
        made.connect(path)
    except OSError:
        made.close()
        raise
    return made


class _Connection(http.client.HTTPConnection):
    def __init__(self, connect: Connect, patience_s: float) -> None:
        super().__init__("engine")
        self._open, self._patience_s = connect, patience_s

    def connect(self) -> None:
        self.sock = self._open(self._patience_s)
        self.sock.settimeout(self._patience_s)


def refusal(status: int, body: bytes) -> LeeboardError:
    """What an answer that is none says, in the engine's words."""
    try:
        told = str(json.loads(body)["message"])
    except (ValueError, KeyError, TypeError):
        told = body.decode("utf-8", "replace")
    text = " ".join(told.split())[:500] or f"HTTP status {status}"
    if status == 404:
        return NotFoundError(text)
    return EngineError(text) if status >= 500 else InputError(text)
