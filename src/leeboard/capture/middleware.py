"""Captures what an ASGI app is asked and answers: FastAPI, Starlette, BentoML, MLServer and others."""

import fnmatch
import logging
import os
import re
from collections.abc import Callable, Sequence
from datetime import datetime
from typing import TYPE_CHECKING

from leeboard.capture.recorder import Recorder
from leeboard.capture.settings import TEXT_TYPES
from leeboard.capture.spool import Spool
from leeboard.capture.watch import Headers, Watch
from leeboard.clock import now as clock_now

if TYPE_CHECKING:
    from starlette.types import ASGIApp, Message, Receive, Scope, Send

DEFAULT_PATHS = ("/invocations", "/v2/models/*/infer")
METHODS = {"POST", "PUT"}

_log = logging.getLogger(__name__)


class CaptureMiddleware:
    """Captures requests that are answered with success; the app and its clients notice nothing.

    Bodies pass through as they come. The record is on local disk before the last byte of the answer leaves.

    Args:
        app: the app to capture from.
        endpoint: the name under which it is monitored.
        destination: where the captures of all endpoints are, a path or URI.
        variant: the variant that answers.
        paths: the paths that ask the model, `*` standing for anything, or a function that knows them.
        spool: a spool, or the folder for one; a folder among the user's data if not given.
        sampling_percentage: how many of 100 requests are kept, 0 to 100.
        csv_types: media types that are kept as CSV text.
        json_types: media types that are kept as JSON text.
        captures_input: whether requests are written down.
        captures_output: whether answers are written down.
        inference_id_header: carries the caller's id of the request.
        custom_attributes_header: carries the caller's attributes.
        target_model_header: names the model, where there are several.
        model_from_path: takes the model of `/v2/models/NAME/infer` as target model.
        disk_limit: the used share of the disk above which nothing is captured, in [0, 1].
        now: the clock.

    Raises:
        InputError: settings that cannot be, or a spool that cannot be made.
    """

    def __init__(
        self,
        app: "ASGIApp",
        *,
        endpoint: str,
        destination: str | os.PathLike[str],
        variant: str = "AllTraffic",
        paths: str | Sequence[str] | Callable[[str], bool] = DEFAULT_PATHS,
        spool: Spool | str | os.PathLike[str] | None = None,
        sampling_percentage: float = 100.0,
        csv_types: Sequence[str] = tuple(TEXT_TYPES.csv),
        json_types: Sequence[str] = tuple(TEXT_TYPES.json),
        captures_input: bool = True,
        captures_output: bool = True,
        inference_id_header: str = "X-Amzn-SageMaker-Inference-Id",
        custom_attributes_header: str = "X-Amzn-SageMaker-Custom-Attributes",
        target_model_header: str = "X-Amzn-SageMaker-Target-Model",
        model_from_path: bool = False,
        disk_limit: float = 0.75,
        now: Callable[[], datetime] = clock_now,
    ) -> None:
        self.app = app
        self.recorder = Recorder(
            endpoint=endpoint,
            destination=destination,
            variant=variant,
            spool=spool,
            sampling_percentage=sampling_percentage,
            csv_types=csv_types,
            json_types=json_types,
            captures_input=captures_input,
            captures_output=captures_output,
            disk_limit=disk_limit,
            now=now,
        )
        self._asks_model = paths if callable(paths) else _matcher(paths)
        names = (inference_id_header, custom_attributes_header, target_model_header)
        self._headers = Headers(*map(_name, names))
        self._model_from_path = model_from_path
        self._now = now

    async def __call__(self, scope: "Scope", receive: "Receive", send: "Send") -> None:
        """One connection, as ASGI has it."""
        if scope["type"] == "lifespan":
            await self.app(scope, receive, self._closing(send))
            return
        watch = self._watch(scope, receive, send) if scope["type"] == "http" else None
        if watch is None:
            await self.app(scope, receive, send)
        else:
            await self.app(watch.scope, watch.receive, watch.send)

    def _watch(self, scope: "Scope", receive: "Receive", send: "Send") -> Watch | None:
        try:
            if scope["method"] not in METHODS or not self._asks_model(scope["path"]):
                return None
            if not self._is_chosen():
                return None
            return Watch(self.recorder, scope, receive, send, self._headers, self._model_from_path, self._now)
        except Exception:  # as of a user's function for paths: the request goes on
            _log.exception("a request to %s is not captured", scope.get("path"))
            return None

    def _is_chosen(self) -> bool:
        """Decided before the answer is there, so that requests that are left out cost next to nothing."""
        recorder = self.recorder
        if recorder.spool.chooses(recorder.settings):
            return True
        recorder.spool.count(recorder.endpoint, recorder.variant, "sampled_out")
        return False

    def _closing(self, send: "Send") -> "Send":
        async def send_when_shipped(message: "Message") -> None:
            if message["type"].startswith("lifespan.shutdown."):
                from anyio import to_thread

                await to_thread.run_sync(self.recorder.close)
            await send(message)

        return send_when_shipped


def _name(header: str) -> bytes:
    return header.lower().encode("latin-1")


def _matcher(patterns: str | Sequence[str]) -> Callable[[str], bool]:
    listed = [patterns] if isinstance(patterns, str) else patterns
    one = re.compile("|".join(fnmatch.translate(pattern) for pattern in listed) or r"(?!)")
    return lambda path: one.match(path) is not None
