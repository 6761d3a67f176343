"""Limits that a job's process puts on itself before it reads anything, as its starter told it.

The starter cannot do it between fork and exec: it has threads.
"""

import ctypes
import fcntl
import json
import os
import resource
import select
import signal
import sys
from contextlib import suppress
from dataclasses import asdict, dataclass

VARIABLE = "LEEBOARD_CONFINEMENT"
_PR_SET_PDEATHSIG, _PR_SET_DUMPABLE, _PR_SET_CHILD_SUBREAPER = 1, 4, 36
_F_SETSIG = 10


@dataclass(frozen=True, slots=True, kw_only=True)
class Confinement:
    """What the process may use.

    Attributes:
        memory_bytes: address space; None for no limit.
        niceness: by how much it gives way to others.
    """

    memory_bytes: int | None = None
    niceness: int = 5

    @property
    def text(self) -> str:
        """For the environment variable."""
        return json.dumps(asdict(self))


def confine_as_told() -> None:
    """Does what the environment variable says, if it is there.

    The standard input is then a pipe that ends with the starter; afterwards it is empty.
    """
    told = os.environ.pop(VARIABLE, None)
    if told is None:
        return
    order = Confinement(**json.loads(told))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    if order.memory_bytes:
        _limit_memory(order.memory_bytes)
    os.nice(order.niceness)
    if sys.platform == "linux":
        _keep_to_itself()
    _live_with_the_starter()


def _limit_memory(wanted: int) -> None:
    _, hard = resource.getrlimit(resource.RLIMIT_AS)
    most = wanted if hard == resource.RLIM_INFINITY else min(wanted, hard)
    try:
        resource.setrlimit(resource.RLIMIT_AS, (most, most))
    except (ValueError, OSError) as error:  # macOS has no limit on address space
        sys.stderr.write(f"no limit on memory: {error}\n")


def _keep_to_itself() -> None:
    """Scripts of the same user cannot read its variables; and their orphans stay below it, to be ended."""
    ctypes.CDLL(None).prctl(_PR_SET_DUMPABLE, 0)
    ctypes.CDLL(None).prctl(_PR_SET_CHILD_SUBREAPER, 1)


def _live_with_the_starter() -> None:
    """Dies with its parent, and at once if the starter is dead already.

    In a box the parent is bubblewrap's, and each of its two processes says that it dies with its own some
    milliseconds after its start, without a look whether that is too late: so the pipe kills, too.
    """
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
        with suppress(OSError):  # a sandbox may know no such signals
            _die_with(sys.stdin.fileno())
    if select.select([sys.stdin], [], [], 0)[0]:
        os._exit(1)
    with open(os.devnull, "rb") as nothing:
        os.dup2(nothing.fileno(), sys.stdin.fileno())


def _die_with(pipe: int) -> None:
    """Killed by the system at the pipe's end, while anybody has it open for reading: a box has."""
    fcntl.fcntl(pipe, fcntl.F_SETOWN, os.getpid())
    fcntl.fcntl(pipe, _F_SETSIG, signal.SIGKILL)
    fcntl.fcntl(pipe, fcntl.F_SETFL, fcntl.fcntl(pipe, fcntl.F_GETFL) | os.O_ASYNC)
