"""Runs one program, and leaves nothing of it when it ends or when the server does.

It is a process of its own between the server and the program: the server holds its standard input, so it
sees the server's end however that came; on Linux whatever the program leaves behind becomes its child.
Is it killed itself, the next one ends what its program left.
It needs nothing but Python.
"""

import contextlib
import ctypes
import json
import os
import select
import signal
import subprocess
import sys
import time
from functools import partial
from pathlib import Path
from types import FrameType
from typing import Any, BinaryIO

_PR_SET_PDEATHSIG = 1
_PR_SET_CHILD_SUBREAPER = 36
_READ_BYTES = 1 << 16
_LOOK_S = 1.0
_KILL_S = 5.0
_IS_LINUX = sys.platform == "linux"
_VARIABLE = "LEEBOARD_PROGRAM"
"""Tells a program's log and its warden, to all that the program starts."""


class Log:
    """A file that moves aside when it is full; there are never more than two."""

    def __init__(self, path: Path, max_bytes: int) -> None:
        self._path = path
        self._max_bytes = max_bytes
        self._file: BinaryIO | None = None

    def write(self, data: bytes) -> None:
        """What a full disk does not take is lost; the program goes on."""
        with contextlib.suppress(OSError):
            if self._file is not None and self._file.tell() + len(data) > self._max_bytes:
                self._file.close()
                self._file = None
                self._path.replace(self._path.with_name(self._path.name + ".1"))
            if self._file is None:
                self._file = self._path.open("ab", buffering=0)
            self._file.write(data)


class Warden:
    """One program and what it starts."""

    def __init__(self, command: list[str], log: Log, grace_s: float, mark: str) -> None:
        self._log = log
        self._grace_s = grace_s
        self._parent = os.getppid()
        self._is_told_to_stop = False
        self._code: int | None = None
        self._output, theirs = os.pipe()
        self._woken, waking = os.pipe()
        os.set_blocking(self._output, False)
        os.set_blocking(waking, False)
        os.set_blocking(self._woken, False)
        signal.set_wakeup_fd(waking, warn_on_full_buffer=False)
        for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
            signal.signal(number, self._stop)
        signal.signal(signal.SIGCHLD, lambda *_: None)
        bind = partial(_die_with_parent, os.getpid())
        self._process = subprocess.Popen(  # noqa: S603  (no shell; the command is the operator's)
            command,
            env={**os.environ, _VARIABLE: f"{mark} {os.getpid()}"},
            stdin=subprocess.DEVNULL,
            stdout=theirs,
            stderr=theirs,
            start_new_session=True,
            preexec_fn=bind if _IS_LINUX else None,  # this process has one thread
        )
        os.close(theirs)

    def watch(self) -> int:
        """Returns the program's exit code, 128 and more for a signal, once nothing of it is left."""
        while not self._has_ended() and not self._is_told_to_stop:
            self._look(_LOOK_S, [sys.stdin.fileno()])
        if self._code is None:
            self._signal(signal.SIGTERM)
            end = time.monotonic() + self._grace_s
            while not self._has_ended() and time.monotonic() < end:
                self._look(0.1, [])
        self._kill_all()
        self._pass_output_on()
        code = self._code if self._code is not None else -signal.SIGKILL
        return code if code >= 0 else 128 - code

    def _stop(self, _number: int, _frame: FrameType | None) -> None:
        self._is_told_to_stop = True

    def _look(self, wait_s: float, also: list[int]) -> None:
        ready, _, _ = select.select([self._output, self._woken, *also], [], [], wait_s)
        if self._woken in ready:
            os.read(self._woken, _READ_BYTES)
        if self._output in ready and not self._pass_output_on():
            time.sleep(0.05)  # closed, yet the program goes on
        if (ready and ready[-1] in also and not os.read(also[0], 1)) or os.getppid() != self._parent:
            self._is_told_to_stop = True

    def _pass_output_on(self) -> bool:
        with contextlib.suppress(BlockingIOError):
            while data := os.read(self._output, _READ_BYTES):
                self._log.write(data)
            return False
        return True

    def _has_ended(self) -> bool:
        """Also buries what the program left behind."""
        with contextlib.suppress(ChildProcessError):
            while True:
                pid, status = os.waitpid(-1, os.WNOHANG)
                if pid == 0:
                    break
                if pid == self._process.pid:
                    self._code = self._process.returncode = os.waitstatus_to_exitcode(status)
        return self._code is not None

    def _signal(self, number: int) -> None:
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(self._process.pid, number)

    def _kill_all(self) -> None:
        """Those that left the group come to us when their parent dies, so that none is missed."""
        self._signal(signal.SIGKILL)
        end = time.monotonic() + _KILL_S
        while (children := _children()) and time.monotonic() < end:
            for pid in children:
                with contextlib.suppress(ProcessLookupError, PermissionError):
                    os.kill(pid, signal.SIGKILL)
            self._has_ended()
            time.sleep(0.01)
        self._has_ended()


def _children() -> list[int]:
    return [pid for pid, parent in _parents().items() if parent == os.getpid()]


def _parents() -> dict[int, int]:
    """Of all processes that can be seen."""
    found = {}
    for path in Path("/proc").glob("[0-9]*/stat") if _IS_LINUX else ():
        with contextlib.suppress(OSError, IndexError):
            found[int(path.parent.name)] = int(path.read_text(errors="replace").rpartition(")")[2].split()[1])
    return found


def _end_orphans(folder: str) -> None:
    """Kills what was left of programs with logs in that folder, as their wardens were killed."""
    end = time.monotonic() + _KILL_S
    while (orphans := _orphans(folder)) and time.monotonic() < end:
        for pid in orphans:
            with contextlib.suppress(ProcessLookupError, PermissionError):
                os.kill(pid, signal.SIGKILL)
        time.sleep(0.01)


def _orphans(folder: str) -> list[int]:
    """What has a living warden is below it, also where that is another server's."""
    parents = _parents()
    wardens = {pid: warden for pid in parents if (warden := _warden_of(pid, folder))}
    return [pid for pid, warden in wardens.items() if _is_astray(pid, warden, parents)]


def _warden_of(pid: int, folder: str) -> int | None:
    """The process that started the program that a process is of; None if it is of none, or of a container's.

    In there it has another number.
    """
    with contextlib.suppress(OSError):
        if os.readlink(f"/proc/{pid}/ns/pid") != os.readlink("/proc/self/ns/pid"):
            return None
        for variable in Path(f"/proc/{pid}/environ").read_bytes().split(b"\0"):
            if variable.startswith(os.fsencode(f"{_VARIABLE}={folder}/")):
                warden = variable.rpartition(b" ")[2]
                return int(warden) if warden.isdigit() else None
    return None


def _is_astray(pid: int, warden: int, parents: dict[int, int]) -> bool:
    """False, too, if a process on the way up ended meanwhile, as it may have another parent by now."""
    while pid > 1 and pid in parents and pid != warden:
        pid = parents[pid]
    return pid <= 1 and warden != pid


def _die_with_parent(parent: int) -> None:
    ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
    if os.getppid() != parent:  # it died before the line above
        os._exit(1)


def main(order: dict[str, Any]) -> int:
    """Runs `command`, its output in `log`."""
    if _IS_LINUX:
        ctypes.CDLL(None).prctl(_PR_SET_CHILD_SUBREAPER, 1)
    if select.select([sys.stdin], [], [], 0)[0]:
        return 128 + signal.SIGTERM  # the server has gone, or does not want it any more
    file = os.path.abspath(order["log"])
    _end_orphans(os.path.dirname(file))
    log = Log(Path(file), order["log_bytes"])
    log.write(f"{order['mark']}\n".encode())
    try:
        warden = Warden(order["command"], log, order["grace_s"], file)
    except OSError as error:
        log.write(f"{order['command'][0]}: {error.strerror}\n".encode())
        return 127
    return warden.watch()


if __name__ == "__main__":
    sys.exit(main(json.loads(sys.argv[1])))
