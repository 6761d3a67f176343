"""How the process of a job asks models: over a port of this machine, by a word that it alone was told."""

import asyncio
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from threading import Lock

from aiohttp import web
from sqlalchemy.exc import SQLAlchemyError

from leeboard.hosting.exchange import Invocation
from leeboard.hosting.failures import HostingError
from leeboard.hosting.upstream import MAX_BODY_BYTES
from leeboard.service.model_calls import SLACK_S, ModelCalls
from leeboard.service.model_door import Door, NoSuchModelError
from leeboard.service.service import Service

REFUSED = "X-Leeboard-Refused"
"""Header of answers that no model gave; the body says why, in words."""
CUSTOM_ATTRIBUTES = "X-Amzn-SageMaker-Custom-Attributes"
TARGET_MODEL = "X-Amzn-SageMaker-Target-Model"
_MAY_PASS = {"not_ready": 503, "unreachable": 503, "timeout": 504}
_TOKEN_BYTES = 24


class ModelBridge:
    """Listens from its first use until it is closed; each job has a door of its own.

    Args:
        models: the models of the loop that it listens in.
    """

    def __init__(self, service: Service, models: ModelCalls) -> None:
        self._service, self._models = service, models
        self._doors: dict[str, Door] = {}
        self._lock = Lock()
        self._runner: web.AppRunner | None = None

    @contextmanager
    def opened(self) -> Iterator[str]:
        """A URL below which `models/NAME` and `endpoints/NAME` take questions for as long; for threads."""
        token, door = secrets.token_urlsafe(_TOKEN_BYTES), Door(self._service, self._models)
        port = self._port()
        self._doors[token] = door
        try:
            yield f"http://127.0.0.1:{port}/{token}"
        finally:
            del self._doors[token]
            self._models.loop.call_soon_threadsafe(door.close)

    async def close(self) -> None:
        """Stops listening."""
        if self._runner is not None:
            await self._runner.cleanup()

    def _port(self) -> int:
        with self._lock:
            if self._runner is None:
                listening = asyncio.run_coroutine_threadsafe(self._listen(), self._models.loop)
                self._runner = listening.result(SLACK_S)
        port: int = self._runner.addresses[0][1]
        return port

    async def _listen(self) -> web.AppRunner:
        app = web.Application(client_max_size=MAX_BODY_BYTES)
        app.router.add_post("/{token}/{kind}/{name}", self._answer)
        runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.1)
        await runner.setup()
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        return runner

    async def _answer(self, request: web.Request) -> web.Response:
        door = self._doors.get(request.match_info["token"])
        if door is None or request.match_info["kind"] not in ("models", "endpoints"):
            return _refusal(404, "nothing is here; the job that was told this address may have ended")
        try:
            body = await request.read()
            specs = await door.find(request.match_info["kind"], request.match_info["name"])
            answer = await self._models.hosts.invoke(specs, _invocation(request, body))
        except NoSuchModelError as error:
            return _refusal(404, str(error))
        except HostingError as error:
            return _refusal(_MAY_PASS.get(error.reason, 424), str(error))
        except SQLAlchemyError:
            return _refusal(503, "the state of the server cannot be read at the moment")
        headers = {"Content-Type": answer.content_type} if answer.content_type else {}
        if answer.custom_attributes:
            headers[CUSTOM_ATTRIBUTES] = answer.custom_attributes
        return web.Response(status=answer.status, body=answer.body, headers=headers)


def _invocation(request: web.Request, body: bytes) -> Invocation:
    return Invocation(
        body=body,
        content_type=request.headers.get("Content-Type"),
        accept=request.headers.get("Accept"),
        custom_attributes=request.headers.get(CUSTOM_ATTRIBUTES),
        target_model=request.headers.get(TARGET_MODEL),
    )


def _refusal(status: int, text: str) -> web.Response:
    return web.Response(status=status, text=text, headers={REFUSED: "1"})
