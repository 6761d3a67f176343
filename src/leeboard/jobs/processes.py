"""The processes of this machine, as Linux tells of them; elsewhere none are seen."""

import os
import select
import signal
import time
from collections.abc import Callable, Iterable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

PROC = Path("/proc")
_PAUSE_S = 0.01


@dataclass(frozen=True, slots=True)
class RunningProcess:
    """One process that is no zombie.

    Attributes:
        started: ticks since the machine was started; with the id it names a process for good.
    """

    pid: int
    parent: int
    group: int
    session: int
    started: int


class Readable(Protocol):
    """An open file, pipe or socket."""

    def fileno(self) -> int: ...


def is_readable(file: Readable, seconds: float) -> bool:
    """Whether there is something to read, or the end; waits a while for it.

    select() takes no file whose number is above 1023, and a server may have that many open.
    """
    waiting = select.poll()
    waiting.register(file.fileno(), select.POLLIN)
    return bool(waiting.poll(seconds * 1000))


def running() -> list[RunningProcess]:
    """Every process that can be seen from here."""
    if not PROC.is_dir():
        return []
    return [found for name in os.listdir(PROC) if name.isdigit() and (found := process_of(int(name)))]


def process_of(pid: int) -> RunningProcess | None:
    """The process of that id; None if there is none, or only a zombie."""
    try:
        text = (PROC / str(pid) / "stat").read_text(errors="replace")
    except OSError:
        return None
    state, *numbers = text.rpartition(")")[2].split()  # a name may hold spaces and brackets
    if state in "ZX":
        return None
    parent, group, session = map(int, numbers[:3])
    return RunningProcess(pid, parent, group, session, int(numbers[18]))


def descendants(pid: int) -> list[RunningProcess]:
    """The children of a process, theirs, and so on; not itself."""
    children: dict[int, list[RunningProcess]] = {}
    for one in running():
        children.setdefault(one.parent, []).append(one)
    found: list[RunningProcess] = []
    waiting = [pid]
    while waiting:
        below = children.pop(waiting.pop(), [])
        found += below
        waiting += [one.pid for one in below]
    return found


def with_variable(entry: str) -> list[RunningProcess]:
    """Processes that were started with `NAME=value...` among their variables."""
    wanted = b"\0" + entry.encode()
    return [one for one in running() if one.pid != os.getpid() and wanted in b"\0" + _variables(one.pid)]


def _variables(pid: int) -> bytes:
    try:
        return (PROC / str(pid) / "environ").read_bytes()
    except OSError:
        return b""


def send(number: signal.Signals, processes: Iterable[RunningProcess]) -> None:
    """A signal to those that still are the processes that they were."""
    for one in processes:
        now = process_of(one.pid)
        if now and now.started == one.started:
            with suppress(ProcessLookupError, PermissionError):
                os.kill(one.pid, number)


def kill_all(find: Callable[[], list[RunningProcess]], seconds: float) -> list[RunningProcess]:
    """Kills what is found until nothing is, as a process may start another meanwhile; gives what is left."""
    deadline = time.monotonic() + seconds
    while (left := find()) and time.monotonic() < deadline:
        send(signal.SIGKILL, left)
        time.sleep(_PAUSE_S)
    return left
