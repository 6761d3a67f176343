"""Limits that the process puts on itself before it runs anything of the user's."""

import ctypes
import os
import resource
import select
import signal
import sys
from typing import Any

_PR_SET_PDEATHSIG = 1


def confine(limits: dict[str, Any], connection: int) -> None:
    """Lasting limits on memory and processor time, and no life after the parent.

    A box may have started too late to see who started it die; the connection has ended then.
    """
    _limit(resource.RLIMIT_AS, limits["memory_bytes"])
    _limit(resource.RLIMIT_CPU, limits["cpu_s"])
    _limit(resource.RLIMIT_CORE, 0)
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
    ended = select.poll()  # its number may be above those that select() takes
    ended.register(connection, select.POLLIN)
    if ended.poll(0):  # nothing is asked of a script before it has answered
        os._exit(1)


def _limit(what: int, value: int) -> None:
    _, hard = resource.getrlimit(what)
    wanted = value if hard == resource.RLIM_INFINITY else min(value, hard)
    last = wanted + 1 if what == resource.RLIMIT_CPU else wanted  # the signal first, then death
    try:
        resource.setrlimit(what, (wanted, last if hard == resource.RLIM_INFINITY else hard))
    except (ValueError, OSError) as error:  # macOS has no limit on address space
        sys.stderr.write(f"no limit on resource {what}: {error}\n")
