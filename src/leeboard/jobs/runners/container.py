"""Images of the user's own, in a container of Docker or Podman."""

import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from threading import Event, Thread

from leeboard.errors import EngineError, InputError, LeeboardError, NotFoundError, UnreachableError
from leeboard.jobs.containers.archives import Unpacked, open_folders
from leeboard.jobs.containers.engine import ContainerState, Engine
from leeboard.jobs.containers.finding import NONE, find_engine
from leeboard.jobs.containers.guard import guarded
from leeboard.jobs.containers.leftovers import record
from leeboard.jobs.containers.plan import is_below
from leeboard.jobs.containers.stream import Attached
from leeboard.jobs.places import METRICS
from leeboard.jobs.runners import Runner
from leeboard.jobs.runners.container_end import end_of_container
from leeboard.jobs.runners.ending import why_stopped
from leeboard.jobs.runners.layout import on_disk, output_paths
from leeboard.jobs.runners.order import Log, ProcessingEnd, ProcessingOrder, ShouldStop, failed
from leeboard.jobs.runners.output_log import OutputLog
from leeboard.jobs.runners.own_images import (
    Limits,
    UnwantedError,
    bring_inputs,
    plan_of,
    refuse_unwanted_image,
    writable_places,
)

_LOOK_S = 0.2
_PAUSE_S = 0.01
_STATE_S = 2.0
"""How often an engine is asked for a container whose output is open."""
_DRAIN_S = 10.0
_N_AT_ONCE = 4


def run(order: ProcessingOrder, log: Log, should_stop: ShouldStop) -> ProcessingEnd:
    """Brings the inputs, runs the container, and brings back what it wrote."""
    refuse_unwanted_image(order)
    found = find_engine(order.engine)
    if found.engine is None:
        return failed(no_engine(order, found.why_not))
    limits = Limits(order, should_stop)
    try:
        bring_inputs(order, log, limits)
        _have_image(found.engine, order.image, log, limits)
        with _made(found.engine, order) as container:
            return _Run(found.engine, container, order, log, limits).end()
    except UnwantedError:
        return ProcessingEnd(state="Stopped", message=why_stopped(order, limits.cause))


def no_engine(order: ProcessingOrder, why: str) -> str:
    """What to do where an image cannot be run."""
    return (
        f"No container engine can run the image {order.image}: {why}. Start Docker or "
        "Podman, or name the engine's socket with leeboard serve --container-engine unix:///PATH."
    )


def _have_image(engine: Engine, image: str, log: Log, limits: Limits) -> None:
    if engine.has_image(image):
        return
    log(f"pulling the image {image}")
    faults: list[Exception] = []
    is_done = Event()
    Thread(target=_pull, args=(engine, image, faults, is_done), daemon=True, name="leeboard-pull").start()
    while not is_done.wait(_LOOK_S):
        limits.hold()
    for fault in faults:
        if isinstance(fault, UnreachableError):
            raise fault
        raise InputError(
            f"the image {image} is not at the container engine {engine.name}, and could not be pulled: "
            f"{fault}"
        )


def _pull(engine: Engine, image: str, faults: list[Exception], is_done: Event) -> None:
    try:
        engine.pull(image)
    except LeeboardError as error:
        faults.append(error)
    finally:
        is_done.set()


@contextmanager
def _made(engine: Engine, order: ProcessingOrder) -> Iterator[str]:
    """A container that is there until nobody needs it."""
    plan = plan_of(order)
    record(order.root, engine=engine.name, container=plan.name)
    with guarded(engine.name, plan.name):
        try:
            try:
                yield engine.create(plan)
            except EngineError as error:
                raise EngineError(f"the container engine {engine.name}: {error}") from None
        finally:
            engine.remove(plan.name)


class _Run:
    def __init__(
        self, engine: Engine, container: str, order: ProcessingOrder, log: Log, limits: Limits
    ) -> None:
        self._engine, self._container = engine, container
        self._order, self._log, self._limits = order, log, limits
        self._lines = OutputLog(log)

    def end(self) -> ProcessingEnd:
        """From the start to what was left."""
        self._open_outputs()
        with self._starting():
            attached = self._engine.attach(self._container, self._lines.feed)
        try:
            with self._starting():
                self._engine.start(self._container)
            state = self._follow(attached)
        finally:
            attached.close()
        attached.finish()
        self._lines.finish()
        self._fetch()
        return end_of_container(
            self._order,
            self._limits.cause,
            state.code or 0,
            self._lines.last_lines,
            self._log,
            is_out_of_memory=state.is_out_of_memory,
        )

    def _fetch(self) -> None:
        """All outputs at once, as an engine takes a while for each."""
        unpacked = Unpacked(self._order.volume_bytes, self._log)
        with ThreadPoolExecutor(_N_AT_ONCE, thread_name_prefix="leeboard-outputs") as pool:
            for _ in pool.map(lambda place: self._fetch_one(place, unpacked), writable_places(self._order)):
                pass

    def _fetch_one(self, place: str, unpacked: Unpacked) -> None:
        with self._engine.archive(self._container, place) as stream:
            unpacked.take(stream, on_disk(self._order, place))

    def _open_outputs(self) -> None:
        """So that an image whose user is not root can write, too."""
        places = [METRICS, *output_paths(self._order)]
        for root in writable_places(self._order):
            below = [place.rstrip("/").removeprefix(root + "/") for place in places if is_below(place, root)]
            names = [name for path in below if path for name in _steps(path)]
            self._put(root, open_folders(list(dict.fromkeys(names))))

    def _put(self, place: str, archive: bytes) -> None:
        """Again if it fails: Podman 4 has a race there."""
        for is_last in (False, False, True):
            try:
                self._engine.put(self._container, place, archive)
                return
            except EngineError:
                if is_last:
                    raise

    @contextmanager
    def _starting(self) -> Iterator[None]:
        """Engines answer 400, 404 or 500 for an image without that program, some of them early."""
        try:
            yield
        except UnreachableError:
            raise
        except LeeboardError as error:
            raise InputError(f"the image {self._order.image} does not start: {error}") from None

    def _follow(self, attached: Attached) -> ContainerState:
        next_look, pause_s = 0.0, _PAUSE_S
        while True:
            attached.read(_LOOK_S)
            if not attached.is_open:  # most often as it has ended
                pause_s = min(2 * pause_s, _LOOK_S)
                time.sleep(pause_s)
            now = time.monotonic()
            if not attached.is_open or now > next_look:
                next_look = now + _STATE_S
                state = self._state()
                if state.code is not None:
                    break
            if self._limits.are_reached():
                self._engine.stop(self._container, self._order.leave_s)
                state = self._state()
                break
        until = time.monotonic() + _DRAIN_S
        while attached.is_open and time.monotonic() < until:  # what was printed before the end
            attached.read(_LOOK_S)
        return state

    def _state(self) -> ContainerState:
        try:
            return self._engine.state(self._container)
        except NotFoundError:
            raise EngineError("somebody removed the container of the job while it ran") from None


def _steps(path: str) -> list[str]:
    """Each folder on the way, as an archive has them one after the other."""
    parts = path.split("/")
    return ["/".join(parts[: n + 1]) + "/" for n in range(len(parts))]


ENTRY = Runner(
    "container", lambda image: 5, run, lambda order: not order.engine.startswith((NONE, "kubernetes"))
)
