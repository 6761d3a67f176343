"""What stands for containers, from its start until the last answer that somebody waits for is there."""

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Protocol

from leeboard.hosting.mapping import ModelRoute
from leeboard.hosting.upstream import Upstream


class Host(Protocol):
    """What can be asked in the place of a container."""

    @property
    def model(self) -> Path | None:
        """The folder of its model, if it was fetched for it."""

    def upstream(self) -> Upstream | None:
        """Where calls go; None while it is not ready."""

    async def wait(self, wait_s: float) -> Upstream:
        """Where calls go once it is ready; a HostingError if that is not in time."""

    async def close(self) -> None:
        """Ends what was started for it."""


class Stand:
    """One host, the route that it was made for, and how many wait for an answer of it."""

    def __init__(self, route: ModelRoute, host: Host) -> None:
        self.route, self.host = route, host
        self._n_asked = 0
        self._is_idle = asyncio.Event()
        self._is_idle.set()

    @property
    def is_idle(self) -> bool:
        """Whether nobody waits for an answer of it."""
        return not self._n_asked

    @contextmanager
    def asked(self) -> Iterator[Host]:
        """The host, which is not ended for another's sake meanwhile."""
        self._n_asked += 1
        self._is_idle.clear()
        try:
            yield self.host
        finally:
            self._n_asked -= 1
            if not self._n_asked:
                self._is_idle.set()

    async def until_idle(self) -> None:
        """Returns once nobody waits for it any more; each call has a limit of its own."""
        await self._is_idle.wait()


class Stands:
    """All hosts that were started and have not ended: starting, asked, and on their way out."""

    def __init__(self) -> None:
        self._alive: set[Stand] = set()
        self._leaving: set[asyncio.Task[None]] = set()

    @property
    def models(self) -> set[Path]:
        """Folders of models that somebody may look into."""
        return {stand.host.model for stand in self._alive if stand.host.model is not None}

    def add(self, route: ModelRoute, host: Host) -> Stand:
        stand = Stand(route, host)
        self._alive.add(stand)
        return stand

    async def dismiss(self, stand: Stand) -> None:
        """End one that gets no more calls: at once, or in the background after those that it has."""
        if stand.is_idle:
            await self.end(stand)
            return
        leaving = asyncio.create_task(self._leave(stand))
        self._leaving.add(leaving)
        leaving.add_done_callback(self._leaving.discard)

    async def end(self, stand: Stand) -> None:
        """At once, whoever waits for it."""
        await stand.host.close()
        self._alive.discard(stand)

    async def close(self) -> None:
        """Ends all."""
        await asyncio.gather(*map(self.end, list(self._alive)))
        for leaving in list(self._leaving):
            leaving.cancel()
        await asyncio.gather(*self._leaving, return_exceptions=True)

    async def _leave(self, stand: Stand) -> None:
        await stand.until_idle()
        await self.end(stand)
