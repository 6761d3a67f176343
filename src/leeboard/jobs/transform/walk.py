"""The way through all objects of a job: payloads out, answers in, in the order of the records."""

from collections import deque
from collections.abc import Callable, Generator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import ExitStack, closing
from dataclasses import dataclass
from pathlib import Path
from typing import TypeAlias

from leeboard.errors import InputError
from leeboard.jobs.transform.answers import stored
from leeboard.jobs.transform.asking import Invoke, ask
from leeboard.jobs.transform.inputs import InputObject, Inputs
from leeboard.jobs.transform.order import TransformOrder
from leeboard.jobs.transform.outputs import OutputObject
from leeboard.jobs.transform.payloads import Payload, payloads_of

Step: TypeAlias = Payload | InputError | None
"""The next payload of an object, why there is none, or that the object is at its end."""


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a job is."""

    n_objects: int
    n_objects_done: int = 0
    n_payloads: int = 0
    n_records: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Surroundings:
    """What the caller gives to a run; see `run_transform`."""

    invoke: Invoke
    log: Callable[[str], None]
    should_stop: Callable[[], bool]
    progress: Callable[[Progress], None]
    scratch: Path | None
    retry_pause_s: float


class StoppedError(Exception):
    """Somebody wants the job to stop."""


class Walk:
    """One way through the objects; all but asking happens in one thread.

    Attributes:
        done: what was transformed and stored.
        failures: why, by the name of the object.
    """

    def __init__(self, order: TransformOrder, inputs: Inputs, surroundings: Surroundings) -> None:
        self.done: list[InputObject] = []
        self.failures: dict[str, str] = {}
        self.n_records = 0
        self._n_payloads = 0
        self._order = order
        self._inputs = inputs
        self._around = surroundings
        self._open = ExitStack()
        self._output: OutputObject | None = None

    def go(self) -> None:
        """To the end.

        Raises:
            StoppedError: there is more to send, but the job should stop.
            LeeboardError: it makes no sense to go on with other objects.
        """
        waiting: deque[tuple[InputObject, Step, Future[bytes] | None]] = deque()
        n_sent, most = 0, self._order.n_concurrent
        with (
            self._open,
            ThreadPoolExecutor(most, "transform") as pool,
            closing(self._steps()) as steps,
        ):
            for item, step in steps:
                future = pool.submit(self._ask, step) if isinstance(step, Payload) else None
                waiting.append((item, step, future))
                n_sent += future is not None
                while waiting and (n_sent >= most or waiting[0][2] is None):
                    n_sent -= self._settle(*waiting.popleft())
            while waiting:
                self._settle(*waiting.popleft())

    def _steps(self) -> Generator[tuple[InputObject, Step], None, None]:
        for item in self._inputs.objects:
            try:
                for payload in payloads_of(item, self._order):
                    if self._around.should_stop():
                        raise StoppedError
                    if item.name in self.failures:
                        break
                    yield item, payload
            except InputError as error:
                yield item, error
            yield item, None

    def _ask(self, payload: Payload) -> bytes:
        around = self._around
        answer = ask(payload, self._order, around.invoke, around.should_stop, around.retry_pause_s)
        return stored(payload, answer, self._order)

    def _settle(self, item: InputObject, step: Step, future: Future[bytes] | None) -> bool:
        """Does what follows from a step; gives whether it was a payload."""
        if isinstance(step, InputError):
            self._fail(item, str(step))
        elif step is None:
            self._close(item)
        elif future is not None:
            self._take(item, step, future)
        return future is not None

    def _take(self, item: InputObject, payload: Payload, future: Future[bytes]) -> None:
        try:
            piece = future.result()
        except InputError as error:
            self._fail(item, f"{payload}: {error}")
            return
        if item.name in self.failures:
            return
        if self._output is None:
            self._output = self._open.enter_context(OutputObject(self._around.scratch))
        self._output.write(piece)
        self._n_payloads += 1
        self.n_records += payload.n_records
        self._report()

    def _fail(self, item: InputObject, reason: str) -> None:
        if item.name not in self.failures:
            self.failures[item.name] = reason
            self._around.log(reason)

    def _close(self, item: InputObject) -> None:
        """At the end of an object: stores its answers, unless it has none or has failed."""
        output, self._output = self._output, None
        if item.name not in self.failures:
            if output is None:
                self._around.log(f"{item.uri} has no records and was skipped")
            else:
                output.publish(item.output_uri)
                self.done.append(item)
        self._open.close()
        self._report()

    def _report(self) -> None:
        n_done = len(self.done) + len(self.failures)
        self._around.progress(Progress(len(self._inputs.objects), n_done, self._n_payloads, self.n_records))
