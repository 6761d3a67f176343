"""A child process from start to end: what it prints, how long it may run, and that nothing of it stays."""

import io
import os
import signal
import subprocess
import time
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from leeboard.jobs.processes import RunningProcess, descendants, is_readable, kill_all, process_of, send
from leeboard.jobs.runners.ending import Cause
from leeboard.jobs.runners.leftovers import processes_of_job, record
from leeboard.jobs.runners.order import Log, ShouldStop
from leeboard.jobs.runners.output_log import OutputLog

_LOOK_S = 0.2
_KILL_S = 10.0
_PIECE = 1 << 16


@dataclass(frozen=True, slots=True)
class ChildEnd:
    """How a child ended.

    Attributes:
        cause: by itself, because it was to stop, or because its time was up.
        code: exit code; negative for the signal that killed it.
        last_lines: the last of what it printed.
    """

    cause: Cause
    code: int
    last_lines: str


def run_child(
    command: Sequence[str],
    environment: Mapping[str, str],
    *,
    scratch: Path,
    max_runtime_s: float,
    leave_s: float,
    log: Log,
    should_stop: ShouldStop,
) -> ChildEnd:
    """Starts a command and comes back when neither it nor anything that it started runs any more.

    Its standard input is a pipe that ends when this process does, see `jobs.confinement`.

    Raises:
        OSError: it cannot be started.
    """
    if should_stop():
        return ChildEnd("stopped", 0, "")
    ours, theirs = os.pipe()
    os.set_blocking(ours, False)
    with io.FileIO(ours, "r") as printed:
        with io.FileIO(theirs, "w") as output:
            process = subprocess.Popen(  # noqa: S603 - no shell; who calls answers for the command
                command,
                env=dict(environment),
                stdin=subprocess.PIPE,
                stdout=output,
                stderr=output,
                start_new_session=True,
            )
        watched = _Child(process, scratch, printed, OutputLog(log))
        try:
            record(scratch, process.pid)
            cause = watched.wait(time.monotonic() + max_runtime_s, leave_s, should_stop)
        finally:
            watched.end()
    return ChildEnd(cause, _code(process.returncode), watched.lines.last_lines)


class _Child:
    def __init__(
        self, process: "subprocess.Popen[bytes]", scratch: Path, printed: io.FileIO, lines: OutputLog
    ) -> None:
        self._process, self._scratch, self._printed, self.lines = process, scratch, printed, lines
        self._seen: dict[int, RunningProcess] = {}
        self._is_open = True

    def wait(self, deadline: float, leave_s: float, should_stop: ShouldStop) -> Cause:
        """Until it ends; if it has to be ended it gets some time to leave by itself."""
        next_look = 0.0
        while self._process.poll() is None:
            self._read(_LOOK_S)
            if (now := time.monotonic()) < next_look:
                continue
            next_look = now + _LOOK_S
            self._look_around()
            if should_stop() or now > deadline:
                self._ask_to_leave(leave_s)
                return "too long" if now > deadline else "stopped"
        return "ended"

    def end(self) -> None:
        """Kills what is left, and logs the last that was printed."""
        self._look_around()
        if self._process.poll() is None:
            with suppress(ProcessLookupError, PermissionError):
                os.killpg(self._process.pid, signal.SIGKILL)
        self._process.wait()
        if self._process.stdin:
            self._process.stdin.close()
        if left := kill_all(self._left, _KILL_S):
            self.lines.feed(f"processes that could not be killed: {[one.pid for one in left]}\n".encode())
        self._read_rest()
        self.lines.finish()

    def _ask_to_leave(self, leave_s: float) -> None:
        until = time.monotonic() + leave_s
        inside = descendants(self._process.pid)
        send(signal.SIGTERM, inside)
        with suppress(ProcessLookupError, PermissionError):
            os.kill(self._process.pid, signal.SIGTERM)
        while self._process.poll() is None and time.monotonic() < until:
            self._read(_LOOK_S / 4)

    def _look_around(self) -> None:
        """Remembers what runs below it: orphans could not be found later."""
        self._seen |= {one.pid: one for one in descendants(self._process.pid)}

    def _left(self) -> list[RunningProcess]:
        still = {one.pid: one for one in processes_of_job(self._scratch)}
        alive = {one.pid: one for one in self._seen.values() if _is_same(one)}
        return list((still | alive).values())

    def _read(self, seconds: float) -> None:
        if not self._is_open:
            time.sleep(min(seconds, _LOOK_S / 4))
        elif is_readable(self._printed, seconds):
            piece = self._printed.read(_PIECE) or b""
            self._is_open = bool(piece)
            self.lines.feed(piece)

    def _read_rest(self) -> None:
        while piece := self._printed.read(_PIECE):
            self.lines.feed(piece)


def _is_same(one: RunningProcess) -> bool:
    now = process_of(one.pid)
    return now is not None and now.started == one.started


def _code(code: int) -> int:
    """A box says 128 + N where what it held was killed by signal N."""
    return 128 - code if 128 < code <= 128 + signal.NSIG else code
