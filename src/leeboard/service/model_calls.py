"""Asks models from threads: workers wait, while the models live in an event loop."""

import asyncio
from collections import Counter
from collections.abc import Callable, Coroutine, Iterable, Mapping, Sequence
from concurrent.futures import TimeoutError as LateError
from typing import Any, TypeVar

from leeboard.hosting.containers import ContainerSpec
from leeboard.hosting.exchange import Invocation, ModelAnswer
from leeboard.hosting.failures import HostingError
from leeboard.hosting.hosts import Hosts

T = TypeVar("T")
SLACK_S = 30.0
"""What a call may take beyond its own limit before the loop itself counts as stuck."""
FETCH_S = 3600.0
"""For a model to arrive, which may be large."""


class ModelCalls:
    """Blocking calls to the models of one loop."""

    def __init__(self, hosts: Hosts, loop: asyncio.AbstractEventLoop) -> None:
        self.hosts = hosts
        self.loop = loop
        self._held: Counter[ContainerSpec] = Counter()

    @property
    def is_closing(self) -> bool:
        """Whether models cannot be asked because this process ends, which says nothing of them."""
        return self.hosts.is_closed

    def ready(self, containers: Sequence[Mapping[str, Any]], timeout_s: float) -> None:
        """Returns when all containers can be asked.

        Raises:
            HostingError: one of them cannot, and why.
        """
        for container in containers:
            spec = ContainerSpec.of(container)
            self._wait(self.hosts.ready(spec, timeout_s), timeout_s + FETCH_S)

    def invoke(self, specs: Sequence[ContainerSpec], invocation: Invocation, timeout_s: float) -> ModelAnswer:
        """One answer, as `Hosts.invoke` gives it."""
        return self._wait(self.hosts.invoke(specs, invocation, timeout_s), timeout_s + SLACK_S)

    def hold(self, specs: Iterable[ContainerSpec]) -> None:
        """Have them kept until they are released as often; to be called in the loop."""
        self._held.update(specs)

    def release(self, specs: Iterable[ContainerSpec]) -> None:
        """Undo `hold`."""
        self._held.subtract(specs)

    def keep(self, wanted: Callable[[], Iterable[Mapping[str, Any]]]) -> None:
        """End what was started for containers that are neither wanted nor held.

        Args:
            wanted: those that somebody needs as it is called; it may be called again, in any thread.
        """
        self._wait(self._keep(wanted), SLACK_S)

    async def _keep(self, wanted: Callable[[], Iterable[Mapping[str, Any]]]) -> None:
        async def specs() -> set[ContainerSpec]:
            found = await asyncio.to_thread(lambda: [ContainerSpec.of(each) for each in wanted()])
            return {*found, *(+self._held)}

        await self.hosts.keep(specs)

    def _wait(self, call: Coroutine[Any, Any, T], timeout_s: float) -> T:
        future = asyncio.run_coroutine_threadsafe(call, self.loop)
        try:
            return future.result(timeout_s)
        except LateError:
            future.cancel()
            raise HostingError("timeout", f"no answer within {timeout_s:.0f} s") from None
