"""Where payload loggers post to: pairs requests with answers, and records them."""

import asyncio
import logging
import re
import time
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import replace
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

import msgspec

from leeboard.capture.cloudevents.event import Event, read_events
from leeboard.capture.cloudevents.halves import ClosedError, Half, Halves
from leeboard.capture.exchange import Exchange
from leeboard.capture.settings import CaptureSettings
from leeboard.capture.spool import Fate, Spool
from leeboard.clock import now as clock_now
from leeboard.errors import FormatError

if TYPE_CHECKING:
    from starlette.types import Receive, Scope, Send

PATH = re.compile(r"/cloudevents(?:/([A-Za-z0-9](?:-*[A-Za-z0-9]){0,62}))?/?")
NAME = re.compile(r"[A-Za-z0-9](?:-*[A-Za-z0-9]){0,62}")
LOOK_S = 2.0
N_THREADS = 4
"""Of its own: senders that wait for the sides' lock keep no thread from others."""
ENVELOPE_BYTES = 64 * 1024
"""What JSON may take around a payload."""

_log = logging.getLogger(__name__)


class CloudEventsSink:
    """An ASGI app that answers `POST /cloudevents/ENDPOINT`.

    An acknowledged event is on local disk. A side whose other side does not come is recorded alone.
    Who may post is decided around it.

    Args:
        spool: what the exchanges are recorded in; waiting sides lie in its folder.
        settings_of: the capture settings of an endpoint; None if there is no such endpoint.
        variant: the variant that the records are filed under.
        wait_s: how long a side waits for the other.
        n_waiting: how many sides may wait.
        now: the clock.
    """

    def __init__(
        self,
        spool: Spool,
        settings_of: Callable[[str], CaptureSettings | None],
        *,
        variant: str = "AllTraffic",
        wait_s: float = 60.0,
        n_waiting: int = 10_000,
        now: Callable[[], datetime] = clock_now,
    ) -> None:
        self._spool = spool
        self._settings_of = settings_of
        self._variant = variant
        self._wait_s = wait_s
        self._n_waiting = n_waiting
        self._now = now
        self._halves = Halves(spool.folder / "halves")
        self._looked_at_s = float("-inf")
        self._threads = ThreadPoolExecutor(N_THREADS, thread_name_prefix="cloudevents")
        spool.every_pass.append(self._look)

    def close(self) -> None:
        """Ends the look-out for overdue sides; they stay on disk."""
        self._spool.every_pass.remove(self._look)
        self._threads.shutdown()
        self._halves.close()

    async def __call__(self, scope: "Scope", receive: "Receive", send: "Send") -> None:
        """One request, as ASGI has it."""
        if scope["type"] != "http":
            return
        status, message = await self._answer(scope, receive)
        body = msgspec.json.encode({"message": message}) if message else b""
        headers = [(b"content-length", str(len(body)).encode())]
        if message:
            # a refusal may leave a part of the request unread
            headers += [(b"content-type", b"application/json"), (b"connection", b"close")]
        await send({"type": "http.response.start", "status": status, "headers": headers})
        await send({"type": "http.response.body", "body": body})

    async def _answer(self, scope: "Scope", receive: "Receive") -> tuple[int, str]:
        path = PATH.fullmatch(scope["path"])
        if path is None:
            return 404, "CloudEvents are taken at /cloudevents/ENDPOINT"
        if scope["method"] != "POST":
            return 405, "CloudEvents come by POST"
        body = await _read(receive, self._spool.max_body_bytes * 4 // 3 + ENVELOPE_BYTES)
        if body is None:
            return 413, f"the event is longer than {self._spool.max_body_bytes} bytes"
        loop, endpoint = asyncio.get_running_loop(), path[1] or ""
        return await loop.run_in_executor(self._threads, self._keep, endpoint, _fields(scope), body)

    def _keep(self, endpoint: str, fields: Mapping[str, str], body: bytes) -> tuple[int, str]:
        """Waits for disk, database and other processes."""
        try:
            for event in read_events(fields, body):
                self._take(endpoint or event.service or "", event)
        except FormatError as error:
            return 400, str(error)
        except _RefusedError as refusal:
            return refusal.status, str(refusal)
        return 202, ""

    def _take(self, endpoint: str, event: Event) -> None:
        settings = self._settings_of(endpoint) if NAME.fullmatch(endpoint) else None
        if settings is None:
            raise _RefusedError(
                404, f"no endpoint {endpoint[:63]!r} captures: name one in /cloudevents/ENDPOINT"
            )
        if not settings.is_on:
            return
        try:
            with self._halves.locked():
                fate = self._pair(settings, Half(endpoint, event, self._now()))
        except OSError as error:
            _log.error("an event for endpoint %s could not be kept: %s", endpoint, error)
            fate = "failed"
        if fate == "failed":
            raise _RefusedError(503, "the event could not be kept; send it again")

    def _pair(self, settings: CaptureSettings, half: Half) -> Fate:
        other = self._halves.other_side(half.endpoint, half.event)
        if other is None:
            self._halves.keep(half)
            return "captured"
        fate = self._record(half.endpoint, settings, [half, other])
        if fate != "failed":
            self._halves.drop(other)
        return fate

    def _record(self, endpoint: str, settings: CaptureSettings, halves: list[Half]) -> Fate:
        sides = {half.event.kind: half.event for half in halves}
        request, response = sides.get("request"), sides.get("response")
        exchange = Exchange(
            input=request.body if request else b"",
            input_type=request.content_type if request else None,
            output=response.body if response else b"",
            output_type=response.content_type if response else None,
            at=max(half.at for half in halves),
            event_id=halves[0].event.id,
            target_model=halves[0].event.model or None,
        )
        known = replace(
            settings,
            captures_input=settings.captures_input and request is not None,
            captures_output=settings.captures_output and response is not None,
        )
        return self._spool.take(endpoint, self._variant, known, exchange)

    def _look(self) -> None:
        at_s = time.monotonic()
        if at_s - self._looked_at_s >= LOOK_S:
            self._looked_at_s = at_s
            with suppress(ClosedError):  # between this pass and its turn
                self.record_overdue()

    def record_overdue(self) -> None:
        """Records the sides that waited too long, alone."""
        before = self._now() - timedelta(seconds=self._wait_s)
        for path in self._halves.overdue(before, self._n_waiting):
            with self._halves.locked():  # for each anew: who posts comes in between
                if (half := self._halves.read(path)) is not None:
                    self._record_alone(half)

    def _record_alone(self, half: Half) -> None:
        settings = self._settings_of(half.endpoint)
        if settings is None or self._record(half.endpoint, settings, [half]) != "failed":
            self._halves.drop(half)


class _RefusedError(Exception):
    def __init__(self, status: int, message: str) -> None:
        super().__init__(message)
        self.status = status


def _fields(scope: "Scope") -> dict[str, str]:
    return {name.decode("latin-1").lower(): value.decode("latin-1") for name, value in scope["headers"]}


async def _read(receive: "Receive", max_bytes: int) -> bytes | None:
    parts, n_bytes, more = [], 0, True
    while more:
        message = await receive()
        if message["type"] != "http.request":
            return b""
        parts.append(message.get("body", b""))
        n_bytes += len(parts[-1])
        if n_bytes > max_bytes:
            return None
        more = message.get("more_body", False)
    return b"".join(parts)
