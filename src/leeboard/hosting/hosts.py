"""The models behind endpoints, as an event loop sees them."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Collection, Hashable, Sequence
from contextlib import asynccontextmanager
from dataclasses import replace
from hashlib import sha256
from pathlib import Path
from weakref import WeakValueDictionary

from leeboard.hosting.containers import ContainerSpec
from leeboard.hosting.exchange import Invocation, ModelAnswer, headers_of
from leeboard.hosting.failures import HostingError
from leeboard.hosting.mapping import ModelRoute, is_external
from leeboard.hosting.model_data import ModelStore
from leeboard.hosting.programs import Program, log_name
from leeboard.hosting.stands import Host, Stand, Stands
from leeboard.hosting.upstream import Caller, Server, Upstream

START_S = 60.0
INVOKE_S = 60.0
_BRIEFLY_S = 10.0
_LEAST_S = 0.001
_DEATH_S = 2.0
"""How long it may take until the death of a program is known."""


class Hosts:
    """Finds, starts and asks the models of containers; lives in one event loop.

    Args:
        folder: keeps models and logs of programs.
        find: the route of an image; asked at every call, so that a changed map counts at once.
    """

    def __init__(self, folder: Path, find: Callable[[str], ModelRoute | None]) -> None:
        self._folder = folder
        self._find = find
        self._caller = Caller()
        self._store = ModelStore(folder / "models")
        self._hosts: dict[ContainerSpec, Stand] = {}
        self._stands = Stands()
        self._locks: WeakValueDictionary[Hashable, asyncio.Lock] = WeakValueDictionary()
        self._is_closed = False

    @property
    def is_closed(self) -> bool:
        """Whether nothing is started or asked here any more."""
        return self._is_closed

    async def ready(self, spec: ContainerSpec, timeout_s: float = START_S) -> None:
        """Returns when the container can be asked; takes its model anew if that has changed.

        Until then calls go to what stood for the container before, if anything did.

        Args:
            timeout_s: for the start; the time that the model takes to arrive is not counted.

        Raises:
            HostingError: it cannot, and why. What was started for it is ended.
        """
        if is_external(spec.image):
            return
        route = self._route(spec)
        async with self._lock(spec):
            model = await self._model(spec) if route.command else None
            if not self._is_running(spec, route, model):
                stand = self._started(spec, route, model, timeout_s)
                try:
                    await stand.host.wait(timeout_s)
                except BaseException:
                    await self._stands.end(stand)
                    raise
                await self._put(spec, stand)

    async def invoke(
        self, specs: Sequence[ContainerSpec], invocation: Invocation, timeout_s: float = INVOKE_S
    ) -> ModelAnswer:
        """Asks one container, or several with each one's answer as the next one's input.

        An answer that is no success ends the pipeline and is returned.

        Raises:
            HostingError: a model cannot be asked, or did not answer.
        """
        chain = _chosen(specs, invocation)
        loop = asyncio.get_running_loop()
        end, last = loop.time() + timeout_s, len(chain) - 1
        body, content_type, took_s = invocation.body, invocation.content_type, 0.0
        for n, spec in enumerate(chain):
            headers = headers_of(invocation, content_type, is_last=n == last)
            answer = await self._ask(spec, invocation.target_model, body, headers, end)
            if n == last or not answer.is_success:
                return answer if n == 0 else replace(answer, took_s=took_s + answer.took_s)
            body, content_type, took_s = answer.body, answer.content_type, took_s + answer.took_s
        raise HostingError("no_container", "the model has no container")

    async def keep(self, wanted: Callable[[], Awaitable[Collection[ContainerSpec]]]) -> None:
        """Ends what was started for containers that nobody wants, as their endpoints are gone.

        Args:
            wanted: which are wanted now. It is asked again while nothing can be started for a container
                that is to go, or what was just made ready for a new endpoint would be ended with it.
        """
        kept = await wanted()
        for spec in [spec for spec in self._hosts if spec not in kept]:
            if self._is_busy(spec):  # somebody makes it ready; there is a next time
                continue
            async with self._lock(spec):
                if spec not in await wanted():
                    await self._drop(spec)

    async def close(self) -> None:
        """Ends all programs, those too that are being started, and closes all connections."""
        self._is_closed = True
        self._hosts.clear()
        await self._stands.close()
        self._store.held.close()
        await self._caller.close()

    def log_of(self, spec: ContainerSpec) -> Path:
        """Where a program of this container writes; an older part may lie beside it with `.1` at its end."""
        key = repr((spec, sorted(spec.environment.items())))
        return self._folder / "programs" / log_name(spec.image, sha256(key.encode()).hexdigest()[:12])

    def _route(self, spec: ContainerSpec) -> ModelRoute:
        route = self._find(spec.image)
        if route is not None:
            return route
        if not spec.image:
            raise HostingError("no_image", "the model's container has no Image, so nothing stands for it")
        raise HostingError(
            "no_route",
            f"nothing serves the image {spec.image}: no pattern of the model map matches it, and no "
            "container runtime is configured. Map it to a server or a program, for example: "
            f"leeboard models map '{spec.image}' http://127.0.0.1:8080",
        )

    async def _ask(
        self, spec: ContainerSpec, target_model: str | None, body: bytes, headers: dict[str, str], end: float
    ) -> ModelAnswer:
        """One container's answer; what a program that just died has not seen goes to its next life."""
        loop = asyncio.get_running_loop()
        stand = await self._found(spec, end - loop.time())
        with stand.asked() as host:  # nothing may come between: else it might be ended here
            if spec.is_multi_model and target_model and host.model is not None:
                await asyncio.to_thread(self._store.fetch_target, spec, host.model, target_model)
            upstream = host.upstream() or await host.wait(min(_BRIEFLY_S, end - loop.time()))
            try:
                return await self._caller.post(upstream, body, headers, max(end - loop.time(), _LEAST_S))
            except HostingError as error:
                if not error.is_unsent or not await _is_gone(host, upstream):
                    raise
            upstream = await host.wait(min(_BRIEFLY_S, end - loop.time()))
            return await self._caller.post(upstream, body, headers, max(end - loop.time(), _LEAST_S))

    async def _found(self, spec: ContainerSpec, left_s: float) -> Stand:
        if is_external(spec.image):
            raise HostingError(
                "served_elsewhere",
                f"the model of image {spec.image} is served elsewhere and cannot be invoked here; "
                "its endpoint is there for monitoring alone",
            )
        route = self._route(spec)
        known = self._hosts.get(spec)
        if known and known.route == route:
            return known
        return await self._placed(spec, route, min(_BRIEFLY_S, left_s))

    async def _placed(self, spec: ContainerSpec, route: ModelRoute, wait_s: float) -> Stand:
        """For calls to what nobody has made ready since the server started, or since the map changed."""
        async with self._lock_soon(spec, wait_s):
            known = self._hosts.get(spec)
            if known and known.route == route:
                return known
            model = await self._model(spec) if route.command else None
            stand = self._started(spec, route, model, START_S)
            await self._put(spec, stand)
            return stand

    def _started(self, spec: ContainerSpec, route: ModelRoute, model: Path | None, startup_s: float) -> Stand:
        return self._stands.add(route, self._host(spec, route, model, startup_s))

    def _host(self, spec: ContainerSpec, route: ModelRoute, model: Path | None, startup_s: float) -> Host:
        if self._is_closed:
            raise _closing()
        if route.url is not None:
            return Server(Upstream.of(route.url), self._caller)
        return Program.started(
            route.command or "",
            spec,
            model or self._folder,
            log=self.log_of(spec),
            caller=self._caller,
            startup_s=startup_s,
        )

    async def _model(self, spec: ContainerSpec) -> Path:
        """Who fetches a model removes its earlier versions, so one looks after another what is in use."""
        async with self._lock((spec.model_data_url, spec.is_packed, spec.is_multi_model)):
            in_use = self._stands.models
            return await asyncio.to_thread(self._store.fetch, spec, in_use, lambda: self._is_closed)

    def _is_running(self, spec: ContainerSpec, route: ModelRoute, model: Path | None) -> bool:
        known = self._hosts.get(spec)
        return (
            route.command is not None
            and known is not None
            and known.route == route
            and known.host.model == model
            and known.host.upstream() is not None
        )

    async def _put(self, spec: ContainerSpec, stand: Stand) -> None:
        """It gets all calls from now on; what stood there before answers those that it has."""
        if self._is_closed:
            await self._stands.end(stand)
            raise _closing()
        before = self._hosts.get(spec)
        self._hosts[spec] = stand
        if before is not None:
            await self._stands.dismiss(before)

    async def _drop(self, spec: ContainerSpec) -> None:
        known = self._hosts.pop(spec, None)
        if known is not None:
            await self._stands.dismiss(known)

    def _is_busy(self, key: Hashable) -> bool:
        lock = self._locks.get(key)
        return lock is not None and lock.locked()

    @asynccontextmanager
    async def _lock(self, key: Hashable) -> AsyncIterator[None]:
        """One after another; a lock is there as long as somebody holds it or waits for it."""
        lock = self._locks.setdefault(key, asyncio.Lock())
        async with lock:
            yield

    @asynccontextmanager
    async def _lock_soon(self, spec: ContainerSpec, wait_s: float) -> AsyncIterator[None]:
        """The same for who does not wait for a whole start."""
        lock = self._locks.setdefault(spec, asyncio.Lock())
        try:
            async with asyncio.timeout(wait_s):
                await lock.acquire()
        except TimeoutError:
            raise HostingError(
                "not_ready", f"the model of image {spec.image} is still being started"
            ) from None
        try:
            yield
        finally:
            lock.release()


def _closing() -> HostingError:
    return HostingError("not_ready", "leeboard is being stopped")


async def _is_gone(host: Host, upstream: Upstream) -> bool:
    """Whether calls do not go there any more, now or in a moment."""
    loop = asyncio.get_running_loop()
    end = loop.time() + (_DEATH_S if host.model is not None else 0)
    while host.upstream() is upstream:
        if loop.time() >= end:
            return False
        await asyncio.sleep(0.02)
    return True


def _chosen(specs: Sequence[ContainerSpec], invocation: Invocation) -> Sequence[ContainerSpec]:
    """All containers, or the one that the call names."""
    wanted = invocation.target_container_hostname
    if wanted is None:
        return specs
    chosen = [spec for spec in specs if spec.hostname == wanted]
    if not chosen:
        names = ", ".join(spec.hostname for spec in specs if spec.hostname) or "none has a name"
        raise HostingError("no_container", f"the model has no container {wanted!r}; its containers: {names}")
    return chosen[:1]
