"""One request that passes through a capturing middleware."""

import logging
import re
from collections.abc import Callable
from datetime import datetime
from typing import TYPE_CHECKING, NamedTuple

from leeboard.capture.decompression import decompressed
from leeboard.capture.exchange import Exchange
from leeboard.formats.whole_number import whole_number

if TYPE_CHECKING:
    from collections.abc import Iterable

    from starlette.types import Message, Receive, Scope, Send

    from leeboard.capture.recorder import Recorder

MODEL_IN_PATH = re.compile(r"/v2/models/([^/]+)/(?:versions/[^/]+/)?infer$")
UNSEEN = {"http.response.pathsend", "http.response.zerocopysend"}
"""Ways to answer that go past the middleware."""

_log = logging.getLogger(__name__)


class Headers(NamedTuple):
    """Names of the request's headers that go into a record, in lower case."""

    inference_id: bytes
    custom_attributes: bytes
    target_model: bytes


class Fields:
    """Headers by name; of several with one name the last counts."""

    __slots__ = ("_values",)

    def __init__(self, headers: "Iterable[tuple[bytes, bytes]]") -> None:
        self._values = {name.lower(): value for name, value in headers}

    def get(self, name: bytes) -> str | None:
        """The value as text; the name in lower case."""
        value = self._values.get(name)
        return None if value is None else value.decode("latin-1")

    def length(self) -> int | None:
        """Of the body, if it is told."""
        return whole_number(self.get(b"content-length") or "")


NO_FIELDS = Fields(())


class Copy:
    """A body that passes by, as far as it may be kept."""

    __slots__ = ("_max_bytes", "_parts", "expected_bytes", "has_ended", "size_bytes")

    def __init__(self, max_bytes: int) -> None:
        self._max_bytes = max_bytes
        self._parts: list[bytes] = []
        self.size_bytes = 0
        self.expected_bytes: int | None = None
        self.has_ended = False

    def add(self, message: "Message") -> None:
        """The next piece, as an ASGI message has it."""
        part = message.get("body", b"")
        self.size_bytes += len(part)
        if self.is_too_long:
            self._parts.clear()
        elif part:
            self._parts.append(part)
        self.has_ended = not message.get("more_body", False) or self.size_bytes == self.expected_bytes

    @property
    def is_too_long(self) -> bool:
        return self.size_bytes > self._max_bytes

    def content(self, coding: str | None) -> bytes:
        """What passed, without its content coding."""
        return decompressed(b"".join(self._parts), coding, self._max_bytes)


class Watch:
    """Stands between server and app for one request, and records it when the answer's end comes by."""

    def __init__(
        self,
        recorder: "Recorder",
        scope: "Scope",
        receive: "Receive",
        send: "Send",
        headers: Headers,
        model_from_path: bool,
        now: Callable[[], datetime],
    ) -> None:
        self.scope = _without_short_cuts(scope)
        self._recorder = recorder
        self._receive = receive
        self._send = send
        self._names = headers
        self._model_from_path = model_from_path
        self._now = now
        self._asked = Fields(scope["headers"])
        self._answered = NO_FIELDS
        self._input = Copy(recorder.spool.max_body_bytes)
        self._output = Copy(recorder.spool.max_body_bytes)
        self._input.expected_bytes = self._asked.length()
        self._is_success = False
        self._is_done = False

    async def receive(self) -> "Message":
        """The server's next message to the app."""
        message = await self._receive()
        if message["type"] == "http.request":
            self._input.add(message)
        return message

    async def send(self, message: "Message") -> None:
        """The app's next message to the server."""
        try:
            self._look_at(message)
        except Exception:  # the answer goes out whatever becomes of its record
            self._is_done = True
            _log.exception("a request to %s was not captured", self.scope["path"])
        await self._send(message)

    def _look_at(self, message: "Message") -> None:
        if message["type"] == "http.response.start":
            self._is_success = 200 <= message["status"] < 300
            if self._is_success:
                self._answered = Fields(message.get("headers", ()))
                self._output.expected_bytes = self._answered.length()
        elif message["type"] == "http.response.body" and self._is_success and not self._is_done:
            self._output.add(message)
            if self._output.has_ended:
                self._is_done = True
                self._record()

    def _record(self) -> None:
        recorder, names = self._recorder, self._names
        if self._input.is_too_long or self._output.is_too_long:
            recorder.spool.count(recorder.endpoint, recorder.variant, "skipped_size")
        elif not self._input.has_ended and self._input.expected_bytes != 0:
            # answered before all of the request was read: what was asked is not known
            recorder.spool.count(recorder.endpoint, recorder.variant, "failed")
        else:
            exchange = Exchange(
                input=self._input.content(self._asked.get(b"content-encoding")),
                input_type=self._asked.get(b"content-type"),
                output=self._output.content(self._answered.get(b"content-encoding")),
                output_type=self._answered.get(b"content-type"),
                at=self._now(),
                inference_id=self._asked.get(names.inference_id),
                custom_attributes=self._asked.get(names.custom_attributes),
                target_model=self._asked.get(names.target_model) or self._model_of_path(),
            )
            recorder.spool.record(recorder.endpoint, recorder.variant, recorder.chosen_settings, exchange)

    def _model_of_path(self) -> str | None:
        found = MODEL_IN_PATH.search(self.scope["path"]) if self._model_from_path else None
        return found[1] if found else None


def _without_short_cuts(scope: "Scope") -> "Scope":
    extensions = scope.get("extensions")
    if not extensions or UNSEEN.isdisjoint(extensions):
        return scope
    return {**scope, "extensions": {name: extensions[name] for name in extensions if name not in UNSEEN}}
