"""One server from its start to its end."""

import asyncio
import gc
import json
import logging
import os
from collections.abc import AsyncIterator, Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any, Protocol

import uvicorn

from leeboard import __version__
from leeboard.api.auth import Verifier
from leeboard.api.gateway import Gateway
from leeboard.api.joining import JoiningProtocol
from leeboard.api.limits import open_many_files
from leeboard.api.observing import Observed
from leeboard.api.operations import OPERATIONS
from leeboard.api.own import OwnCalls
from leeboard.api.routing import App, Receive, Scope, Send, Server
from leeboard.api.s3 import S3Face
from leeboard.api.wire import Wire
from leeboard.api.wire.decoding import decode
from leeboard.capture.cloudevents import CloudEventsSink
from leeboard.capture.metrics import CaptureCollector
from leeboard.capture.settings import CaptureSettings
from leeboard.capture.spool import Spool
from leeboard.clock import now
from leeboard.dashboard.app import dashboard
from leeboard.hosting.hosts import Hosts
from leeboard.hosting.mapping import ModelMap
from leeboard.service.access.changed_keys import forget_changed
from leeboard.service.access.front import Front
from leeboard.service.access.origins import origins_of
from leeboard.service.access.scraping import Scrapes
from leeboard.service.access.trail import Trail
from leeboard.service.alerting.watching import watcher
from leeboard.service.arns import ENDPOINT
from leeboard.service.keys import KeyRing
from leeboard.service.model_bridge import ModelBridge
from leeboard.service.model_calls import ModelCalls
from leeboard.service.observed.gathering import ServiceNumbers
from leeboard.service.repeating import Repeating
from leeboard.service.resources import find
from leeboard.service.retention import housekeeping
from leeboard.service.routes import Routes
from leeboard.service.service import Service
from leeboard.service.settings import Settings
from leeboard.service.traffic.counting import Traffic
from leeboard.service.traffic.told import text_of
from leeboard.service.wanted import keeper
from leeboard.service.work.planner import planner
from leeboard.service.work.workers import Workers
from leeboard.state.database import Database
from leeboard.storage.objects.folder import ObjectFolder

SERVER_FILE = "server.json"
OBJECTS = "LEEBOARD_OBJECTS"
GRACEFUL_S = 5
N_THREADS = 32
"""For operations: some wait for what they started."""

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Address:
    """Where a server listens."""

    host: str
    port: int

    @property
    def url(self) -> str:
        host = f"[{self.host}]" if ":" in self.host else self.host
        return f"http://{host}:{self.port}"


def open_service(settings: Settings, models: ModelMap) -> Service:
    """Open the state and the places of a server; the storage of this process points at them from now on.

    Raises:
        InputError: the database or a folder cannot be used.
    """
    for folder in (settings.home, settings.scratch, settings.models):
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    if settings.s3_url is None:
        os.environ[OBJECTS] = str(settings.objects)
        ObjectFolder(settings.objects).buckets.create(settings.default_bucket)
    else:
        os.environ.pop(OBJECTS, None)
        os.environ["AWS_ENDPOINT_URL_S3"] = settings.s3_url
    database = Database(settings.state_url)
    capture = Spool(settings.spool, disk_limit=settings.disk_limit)
    return Service(
        settings,
        database,
        Routes(database, models),
        capture,
        read_request=partial(decode, "sagemaker"),
    )


class Running:
    """A server's parts while it runs, as an ASGI application with a lifespan."""

    def __init__(self, service: Service, keys: KeyRing, front: Front, on_start: Callable[[], None]) -> None:
        self._service, self._keys, self._front, self._on_start = service, keys, front, on_start
        self._app: App | None = None

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan":
            await self._live(receive, send)
            return
        assert self._app is not None  # noqa: S101 - uvicorn asks nothing before the start
        await self._app(scope, receive, send)

    async def _live(self, receive: Receive, send: Send) -> None:
        await receive()
        try:
            async with self._parts():
                await send({"type": "lifespan.startup.complete"})
                self._on_start()
                await receive()
            await send({"type": "lifespan.shutdown.complete"})
        except Exception as error:
            _log.exception("the server could not go on")
            await send({"type": "lifespan.startup.failed", "message": str(error)})

    @asynccontextmanager
    async def _parts(self) -> AsyncIterator[None]:
        service = self._service
        hosts = Hosts(service.settings.models, service.routes.find)
        loop = asyncio.get_running_loop()
        loop.set_default_executor(ThreadPoolExecutor(N_THREADS, thread_name_prefix="leeboard"))
        models = ModelCalls(hosts, loop)
        bridge = ModelBridge(service, models)
        threads: list[Repeating | Workers] = [
            planner(service),
            Workers(service, models, bridge),
            keeper(service, models),
            housekeeping(service),
            watcher(service),
        ]
        verifier = Verifier(self._keys.secrets.get)
        objects = _objects(service.settings, verifier)
        events = CloudEventsSink(service.capture, lambda name: capture_settings(service, name), now=now)
        trail, traffic = Trail(service.database), Traffic(service.database)
        forget_changed(service.database, service.settings.home, origins_of(self._keys))
        self._app = self._server(hosts, verifier, objects, events, trail, traffic)
        service.capture.start()
        trail.start()
        traffic.start()
        for part in threads:
            part.start()
        # what stays for good is not looked at again: each full collection took a page 0.2 s
        gc.collect()
        gc.freeze()
        try:
            yield
        finally:
            # together: workers and the keeper may wait for models, which end with their hosts
            closing = [asyncio.to_thread(part.close) for part in threads]
            await asyncio.gather(*closing, hosts.close())
            await bridge.close()
            counting = (service.capture, traffic, trail)
            await asyncio.to_thread(_close, objects, events, *counting, service.database)

    def _server(
        self,
        hosts: Hosts,
        verifier: Verifier,
        objects: S3Face | None,
        events: CloudEventsSink,
        trail: Trail,
        traffic: Traffic,
    ) -> Server:
        service, settings = self._service, self._service.settings
        return Server(
            verifier=verifier,
            wire=Wire(
                OPERATIONS,
                service,
                account=settings.account,
                region=settings.region,
                reads_inline=service.database.is_sqlite,
                role_of=self._keys.role_of,
                record=trail.put,
            ),
            gateway=Gateway(service, hosts, traffic),
            own=OwnCalls(service, role_of=self._keys.role_of, record=trail.put),
            objects=objects,
            events=events,
            capture_token=self._keys.capture_token,
            role_of=self._keys.role_of,
            observed=Observed(
                CaptureCollector(service.capture),
                texts=(
                    ServiceNumbers(service, version=__version__, most_series=settings.metric_series).text,
                    partial(text_of, traffic, settings.metric_series),
                ),
            ),
            dashboard=dashboard(service, self._keys, self._front),
            scrapes=Scrapes(service, self._keys, self._front),
        )


class Closable(Protocol):
    """What has to be closed."""

    def close(self) -> None: ...


def _close(*parts: Closable | None) -> None:
    for part in parts:
        if part is not None:
            part.close()


def _objects(settings: Settings, verifier: Verifier) -> S3Face | None:
    if settings.s3_url is not None:
        return None
    return S3Face(
        ObjectFolder(settings.objects),
        verifier.verify_streamed,
        now=now,
        account=settings.account,
        region=settings.region,
        buckets_on_demand=lambda name: name == settings.default_bucket,
    )


def capture_settings(service: Service, endpoint_name: str) -> CaptureSettings | None:
    """What is captured of an endpoint; None if there is none of that name, or nothing is."""
    with service.database.read() as connection:
        endpoint = find(connection, ENDPOINT, endpoint_name)
    config = endpoint.facts.get("capture") if endpoint else None
    return CaptureSettings.of(config) if config else None


def serve(service: Service, keys: KeyRing, address: Address, on_start: Callable[[], None]) -> None:
    """Answer until a signal ends it.

    Args:
        on_start: called once the server is ready.
    """

    def started() -> None:
        write_server_file(service.settings, address)
        on_start()

    config: dict[str, Any] = {
        "host": address.host,
        "port": address.port,
        "http": JoiningProtocol,
        "ws": "none",  # else a package for web sockets, if installed, gets such requests
        "access_log": False,
        "server_header": False,
        "proxy_headers": False,
        "lifespan": "on",
        "log_config": None,
        "timeout_graceful_shutdown": GRACEFUL_S,
    }
    open_many_files()
    front = Front.of(address.host, service.settings.public_url, service.settings.trusted_proxies)
    uvicorn.run(Running(service, keys, front, started), **config)


def write_server_file(settings: Settings, address: Address) -> None:
    """Tell clients on this machine where the server is."""
    told = {
        "url": address.url,
        "pid": os.getpid(),
        "region": settings.region,
        "account": settings.account,
        "s3_url": settings.s3_url,
    }
    file: Path = settings.home / SERVER_FILE
    partial = file.with_suffix(f".{os.getpid()}")
    partial.write_text(json.dumps(told, indent=2) + "\n")
    partial.replace(file)
