"""Programs that serve models: started, watched, started again, ended."""

import asyncio
import json
import shlex
import signal
import socket
import sys
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext, suppress
from pathlib import Path
from typing import Self

from leeboard.hosting.commands import check_program, command_line, program_environment
from leeboard.hosting.containers import ContainerSpec
from leeboard.hosting.failures import HostingError
from leeboard.hosting.mapping import repository_name
from leeboard.hosting.upstream import Caller, Upstream, until_ping

_FIRST_PAUSE_S = 0.5
_LONGEST_PAUSE_S = 30.0
_LONG_LIFE_S = 30.0
_SETTLING_S = 2.0
"""Waited by who waits for a whole start, so that its failure is told rather than that it has not started."""
_GRACE_S = 3.0
_FIRST = 4
"""So many other ports than the first does one start try: a program may find that another listens there."""
_IN_USE = "ddress already in use"
_LOG_BYTES = 8 << 20
_TAIL_BYTES = 8192
_SHOWN_LINES = 10
_SHOWN_LETTERS = 700
_MARK = "--- leeboard started: "
_ports: set[int] = set()
"""Of the programs of this process."""


class Program:
    """One program, kept running until it is closed.

    Attributes:
        model: the folder of its model.
    """

    def __init__(
        self, command: str, spec: ContainerSpec, model: Path, *, log: Path, caller: Caller, startup_s: float
    ) -> None:
        self.model: Path | None = model
        self._command = command
        self._spec = spec
        self._folder = model
        self._log = log
        self._caller = caller
        self._startup_s = startup_s
        self._place: asyncio.Future[Upstream | HostingError] = asyncio.get_running_loop().create_future()
        self._stop = asyncio.Event()
        self._task: asyncio.Task[None] | None = None

    @classmethod
    def started(
        cls, command: str, spec: ContainerSpec, model: Path, *, log: Path, caller: Caller, startup_s: float
    ) -> Self:
        """A program that runs, or soon will.

        Args:
            command: as the map has it.
            model: what `{model}` stands for.
            startup_s: how long it may take to answer a ping.

        Raises:
            HostingError: there is no such program.
        """
        check_program(command)
        program = cls(command, spec, model, log=log, caller=caller, startup_s=startup_s)
        program._task = asyncio.create_task(program._keep_running())
        return program

    def upstream(self) -> Upstream | None:
        """Where it is called, if it is ready now."""
        place = self._place.result() if self._place.done() else None
        return place if isinstance(place, Upstream) else None

    async def wait(self, wait_s: float) -> Upstream:
        """Where it is called, once it is ready.

        Raises:
            HostingError: it failed to start, or is not ready in time.
        """
        place = self._place
        await asyncio.wait([place], timeout=wait_s + (_SETTLING_S if wait_s >= self._startup_s else 0.0))
        if not place.done():
            raise HostingError(
                "not_ready",
                f"the program of {self._spec.image} is starting and not ready after {wait_s:.3g} s",
            )
        found = place.result()
        if isinstance(found, HostingError):
            raise HostingError(found.reason, str(found))
        return found

    async def close(self) -> None:
        """Ends it with all that it started."""
        self._stop.set()
        if self._task is not None:
            await asyncio.wait([self._task])
        self._settle(HostingError("not_ready", f"the program of {self._spec.image} was ended"))

    def _settle(self, place: Upstream | HostingError) -> None:
        if not self._place.done():
            self._place.set_result(place)

    def _unsettle(self) -> None:
        if self._place.done():
            self._place = asyncio.get_running_loop().create_future()

    async def _keep_running(self) -> None:
        """Until it is to stop; never cancelled, so that no process is left half started or half ended."""
        loop, pause_s = asyncio.get_running_loop(), _FIRST_PAUSE_S
        stop = asyncio.create_task(self._stop.wait())
        while not stop.done():
            began = loop.time()
            was_ready = await self._live(stop)
            if was_ready and loop.time() - began > _LONG_LIFE_S:
                pause_s = _FIRST_PAUSE_S
            await asyncio.wait([stop], timeout=pause_s)
            pause_s = min(pause_s * 2, _LONGEST_PAUSE_S)
            self._unsettle()

    async def _live(self, stop: "asyncio.Task[bool]") -> bool:
        """One life of the program; whether it ever was ready."""
        for n_left in range(_FIRST, -1, -1):
            with _own_port(is_kept=n_left == _FIRST) as port:
                was_ready = await self._live_at(port, stop, n_left)
            if was_ready is not None:
                return was_ready
        raise AssertionError("the last port is tried as it is")

    async def _live_at(self, port: int, stop: "asyncio.Task[bool]", n_left: int) -> bool | None:
        """The same at a port; None if somebody else had taken it, and there are others to try."""
        try:
            process = await self._start_process(port)
        except OSError as error:
            said = f"the program of {self._spec.image} cannot be started: {error}"
            self._settle(HostingError("no_program", said))
            return False
        ended = asyncio.create_task(process.wait())
        upstream = Upstream.of(f"http://127.0.0.1:{port}")
        failure = await self._failure_to_start(upstream, ended, stop)
        if failure and ended.done() and n_left and _was_taken(port, str(failure), is_kept=n_left == _FIRST):
            return None
        self._settle(failure or upstream)
        if failure is None:
            await asyncio.wait([ended, stop], return_when=asyncio.FIRST_COMPLETED)
            self._unsettle()
        await _end(process, ended)
        return failure is None

    async def _start_process(self, port: int) -> asyncio.subprocess.Process:
        self._log.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        words = command_line(self._command, port=port, model=self._folder)
        order = {
            "command": words,
            "log": str(self._log),
            "log_bytes": _LOG_BYTES,
            "grace_s": _GRACE_S,
            "mark": _MARK + shlex.join(words),
        }
        return await asyncio.create_subprocess_exec(
            *(sys.executable, "-I", "-S", str(Path(__file__).with_name("warden.py")), json.dumps(order)),
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.DEVNULL,
            stderr=asyncio.subprocess.DEVNULL,
            env=program_environment(self._spec, port=port, model=self._folder),
            start_new_session=True,
        )

    async def _failure_to_start(
        self, upstream: Upstream, ended: "asyncio.Task[int]", stop: "asyncio.Task[bool]"
    ) -> HostingError | None:
        ping = asyncio.create_task(until_ping(self._caller, upstream, self._startup_s))
        await asyncio.wait([ping, ended, stop], return_when=asyncio.FIRST_COMPLETED)
        if ended.done():
            said = f"{_ending(ended.result())} before it answered {upstream.ping}"
        elif not ping.done():
            said = "was ended"
        elif (instead := ping.result()) is not None:
            said = f"did not answer {upstream.ping} within {self._startup_s:.3g} s ({instead})"
        else:
            return None
        ping.cancel()
        await asyncio.wait([ping])
        return HostingError("not_ready", f"the program of {self._spec.image} {said}. {self._last_lines()}")

    def _last_lines(self) -> str:
        lines = last_lines(self._log)
        return f"Its last lines, from {self._log}:\n{lines}" if lines else f"It wrote nothing to {self._log}"


def log_name(image: str, key: str) -> str:
    """The name of a program's log file."""
    letters = (letter if letter.isalnum() or letter in "-_." else "-" for letter in repository_name(image))
    return f"{''.join(letters)[:64]}-{key}.log"


def last_lines(log: Path) -> str:
    """The end of what a program wrote since it was last started."""
    try:
        with log.open("rb") as file:
            file.seek(0, 2)
            file.seek(max(file.tell() - _TAIL_BYTES, 0))
            text = file.read().decode(errors="replace")
    except OSError:
        return ""
    lines = text.splitlines()
    starts = [n for n, line in enumerate(lines) if line.startswith(_MARK)]
    own = lines[starts[-1] + 1 :] if starts else lines
    return "\n".join(own[-_SHOWN_LINES:])[-_SHOWN_LETTERS:].strip()


@contextmanager
def _own_port(*, is_kept: bool) -> Iterator[int]:
    """A port that no other program has, not even one that does not listen yet.

    That one would answer the ping of this one, and then its calls.

    Args:
        is_kept: the kernel gives it to nobody else; only who reuses addresses, as servers do, can listen.
    """
    while (port := _free_port()) in _ports:
        pass
    _ports.add(port)
    try:
        with _kept(port) if is_kept and sys.platform == "linux" else nullcontext():
            yield port
    finally:
        _ports.discard(port)


@contextmanager
def _kept(port: int) -> Iterator[None]:
    """Nobody who takes any port gets this one; who asks for it by its number does."""
    with socket.socket() as keeper:
        keeper.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        with suppress(OSError):  # somebody was quicker, as the program will find
            keeper.bind(("127.0.0.1", port))
        yield


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _was_taken(port: int, said: str, *, is_kept: bool) -> bool:
    """Whether somebody has the port; we do for a program that does not reuse addresses, as it says then."""
    if is_kept and _IN_USE in said:
        return True
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)  # it may be kept for the program
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return True
    return False


def _ending(code: int) -> str:
    number = code - 128 if code > 128 else -code
    if number in set(signal.valid_signals()) and code not in range(1, 129):
        return f"was killed by {signal.Signals(number).name}"
    return f"ended with exit code {code}"


async def _end(process: asyncio.subprocess.Process, ended: "asyncio.Task[int]") -> None:
    """Closing its input tells the warden to end the program."""
    if process.stdin is not None:
        process.stdin.close()
    _, late = await asyncio.wait([ended], timeout=_GRACE_S * 4)
    if late:
        with suppress(ProcessLookupError):
            process.kill()
        await asyncio.wait([ended])
