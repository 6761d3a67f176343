"""Models behind endpoints, as real servers and real programs."""

import asyncio
import os
import shlex
import sys
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack
from pathlib import Path

import pytest
from aiohttp import web

from leeboard.hosting.hosts import Hosts
from leeboard.hosting.mapping import ModelMap, ModelRoute

PROGRAM = Path(__file__).with_name("model_program.py")
LONG_S = 60.0
IMAGE = "000000000000.dkr.ecr.us-east-1.amazonaws.com/xgboost:1.5-1"

Handler = Callable[[web.BaseRequest], Awaitable[web.StreamResponse]]


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"


@pytest.fixture
async def serve() -> AsyncIterator[Callable[[Handler], Awaitable[str]]]:
    """Starts a server in this loop that gives every request to a handler; the answer is its URL."""
    async with AsyncExitStack() as stack:

        async def start(handler: Handler) -> str:
            runner = web.ServerRunner(web.Server(handler), shutdown_timeout=0.1)
            await runner.setup()
            stack.push_async_callback(runner.cleanup)
            await web.TCPSite(runner, "127.0.0.1", 0).start()
            return f"http://127.0.0.1:{runner.addresses[0][1]}"

        yield start


@pytest.fixture
async def hosts_of(tmp_path) -> AsyncIterator[Callable[..., Hosts]]:
    """Hosts over routes, closed at the end of the test."""
    async with AsyncExitStack() as stack:

        def make(*routes: ModelRoute) -> Hosts:
            hosts = Hosts(tmp_path / "work", ModelMap(routes).find)
            stack.push_async_callback(hosts.close)
            return hosts

        yield make


def program(behaviour: str = "", image: str = "*") -> ModelRoute:
    """A route to the model program of the tests."""
    words = [sys.executable, str(PROGRAM), "--port", "{port}", "--model", "{model}", behaviour]
    return ModelRoute(image, command=shlex.join(word for word in words if word))


def processes_of(folder: Path) -> set[int]:
    """Those whose command names something below a folder, and everything below them.

    The test run has other children, some of which come and go.
    """
    name, commands = os.fsencode(folder), Path("/proc").glob("[0-9]*/cmdline")
    named = [int(path.parent.name) for path in commands if name in told(path)]
    return {found for pid in named for found in session_processes(pid)}


def told(path: Path) -> bytes:
    """What is in a file of a process, which may have ended."""
    try:
        return path.read_bytes()
    except OSError:
        return b""


def session_processes(pid: int) -> set[int]:
    """The process and everything below it."""
    found, new = {pid}, {pid}
    while new:
        new = {child for child, parent in parents().items() if parent in new} - found
        found |= new
    return found


def parents() -> dict[int, int]:
    """Each process that lives and its parent, from /proc."""
    found = {}
    for path in Path("/proc").glob("[0-9]*/stat"):
        try:
            state, parent = path.read_text(errors="replace").rpartition(")")[2].split()[:2]
        except OSError:
            continue
        if state != "Z":
            found[int(path.parent.name)] = int(parent)
    return found


def wait_until(is_true: Callable[[], bool], what: str) -> None:
    end = time.monotonic() + LONG_S
    while not is_true():
        assert time.monotonic() < end, what
        time.sleep(0.02)


async def until(is_true: Callable[[], bool], what: str) -> None:
    """The same in a loop, which goes on meanwhile."""
    end = time.monotonic() + LONG_S
    while not is_true():
        assert time.monotonic() < end, what
        await asyncio.sleep(0.02)


def is_alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return pid in parents()
