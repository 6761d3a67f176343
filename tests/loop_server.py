"""uvicorn in the loop of a test, with our protocol."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import uvicorn

from leeboard.api.joining import JoiningProtocol


@asynccontextmanager
async def served(app: Any, protocol: type[JoiningProtocol] = JoiningProtocol) -> AsyncIterator[int]:
    """A server in this loop; gives its port."""
    config = uvicorn.Config(app, port=0, http=protocol, lifespan="off", log_config=None)
    server = uvicorn.Server(config)
    async with asyncio.TaskGroup() as tasks:
        running = tasks.create_task(server._serve())
        while not server.started and not running.done():  # noqa: ASYNC110 - it tells nobody
            await asyncio.sleep(0.01)
        try:
            yield server.servers[0].sockets[0].getsockname()[1]
        finally:
            server.should_exit = True
