"""What the tests of capture share: a clock that is set by hand, servers on loopback, captured records."""

import http.client
import json
import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
import uvicorn

from leeboard.capture.exchange import Exchange
from leeboard.capture.settings import CaptureSettings
from leeboard.capture.spool import Spool

START = datetime(2026, 11, 22, 10, 20, 48, 871_000, tzinfo=UTC)
ROOMY = SimpleNamespace(used=10, free=90)


class Clock:
    """Stands still until it is moved."""

    def __init__(self) -> None:
        self.at = START

    def __call__(self) -> datetime:
        return self.at

    def move(self, **by: float) -> None:
        self.at += timedelta(**by)


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def settings(tmp_path) -> CaptureSettings:
    return CaptureSettings(destination=str(tmp_path / "captures"))


@pytest.fixture
def spool(tmp_path, clock) -> Iterator[Spool]:
    """A spool on a roomy disk that ships only when it is flushed."""
    made = Spool(tmp_path / "spool", now=clock, disk_usage=lambda path: ROOMY)
    yield made
    made.close()


@pytest.fixture
def exchange(clock) -> Callable[..., Exchange]:
    """Makes exchanges; what is not named is ordinary."""

    def make(name: str = "1,2", **changes: Any) -> Exchange:
        fields = {
            "input": name.encode(),
            "input_type": "text/csv",
            "output": b"0.5",
            "output_type": "text/csv",
        }
        return Exchange(**{**fields, "at": clock.at, **changes})

    return make


@pytest.fixture
def captured(tmp_path) -> Callable[..., list[dict[str, Any]]]:
    """The records below a folder, file by file."""

    def read(folder: Path = tmp_path / "captures") -> list[dict[str, Any]]:
        lines = [line for path in sorted(folder.rglob("*.jsonl")) for line in path.read_bytes().split(b"\n")]
        return [json.loads(line) for line in lines if line]

    return read


@pytest.fixture
def eventually() -> Callable[[Callable[[], Any]], Any]:
    """Asks again and again for something true, and gives it back."""

    def ask(question: Callable[[], Any], within_s: float = 120) -> Any:
        deadline = time.monotonic() + within_s
        while not (answer := question()):
            assert time.monotonic() < deadline, "it did not come about"
            time.sleep(0.01)
        return answer

    return ask


@contextmanager
def running_app(app: Any) -> Iterator[str]:
    """An ASGI app under uvicorn at a free port; its lifespan ends when the block does."""
    with socket.create_server(("127.0.0.1", 0)) as listening:
        server = uvicorn.Server(uvicorn.Config(app, log_level="error", lifespan="on", proxy_headers=False))
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listening]})
        thread.start()
        try:
            while not server.started and thread.is_alive():
                time.sleep(0.005)
            yield f"127.0.0.1:{listening.getsockname()[1]}"
        finally:
            server.should_exit = True
            thread.join()


@pytest.fixture(scope="session")
def running() -> Callable[[Any], AbstractContextManager[str]]:
    """An app that serves until a block ends."""
    return running_app


@pytest.fixture
def serve() -> Iterator[Callable[[Any], str]]:
    """Starts apps and gives their addresses."""
    with ExitStack() as stack:
        yield lambda app: stack.enter_context(running_app(app))


@pytest.fixture
def ask() -> Callable[..., SimpleNamespace]:
    """One HTTP request to an address; gives status, headers and body."""

    def send(
        address: str, path: str, body: Any = None, method: str = "POST", **headers: str
    ) -> SimpleNamespace:
        connection = http.client.HTTPConnection(address, timeout=120)
        try:
            names = {name.replace("_", "-"): value for name, value in headers.items()}
            connection.request(method, path, body, names)
            answer = connection.getresponse()
            return SimpleNamespace(status=answer.status, headers=answer.headers, body=answer.read())
        finally:
            connection.close()

    return send
