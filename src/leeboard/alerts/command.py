"""A program of the operator's, which reads the notice as JSON from its standard input."""

import fcntl
import os
import select
import shutil
import signal
import subprocess
import sys
from contextlib import suppress
from threading import Event, Thread

import msgspec

from leeboard.alerts import DeliveryError, Notice, Outside, Sink

MOST_COMPLAINT_BYTES = 2_000
_LOOK_MS = 100
_BOUND = """
import contextlib, fcntl, os, select, signal, sys
pipe = int(sys.argv[1])
with contextlib.suppress(OSError):  # a sandbox may know no such signals
    fcntl.fcntl(pipe, fcntl.F_SETOWN, -os.getpgrp())
    fcntl.fcntl(pipe, 10, signal.SIGKILL)  # F_SETSIG
    fcntl.fcntl(pipe, fcntl.F_SETFL, os.O_ASYNC)
for ignored in (signal.SIGPIPE, signal.SIGXFSZ):
    signal.signal(ignored, signal.SIG_DFL)
ended = select.poll()
ended.register(pipe, select.POLLIN)
if not ended.poll(0):
    os.execvp(sys.argv[2], sys.argv[2:])
"""
"""Becomes a command that is killed with all of its group at the end of a pipe, which comes with our own end:
nobody else would end it after its time.
"""
INHERITED = ("PATH", "HOME", "LANG", "LC_ALL", "TZ", "TMPDIR", "SYSTEMROOT")
"""All else of the server's environment may be a secret."""


class Command(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The program with its arguments; no shell reads them."""

    command: list[str]
    timeout_s: float = 10.0
    environment: dict[str, str] = {}


def deliver(notice: Notice, settings: Command, outside: Outside) -> None:
    theirs, ours = os.pipe()
    try:
        process = _started(notice, settings, theirs)
        try:
            _await(process, msgspec.json.encode(notice.document()), settings)
        finally:  # what it left running may go on
            fcntl.fcntl(theirs, fcntl.F_SETFL, 0)
    finally:
        os.close(theirs)
        os.close(ours)


def _started(notice: Notice, settings: Command, pipe: int) -> "subprocess.Popen[bytes]":
    known = {name: os.environ[name] for name in INHERITED if name in os.environ}
    told = {"LEEBOARD_EVENT": notice.event, "LEEBOARD_SEVERITY": notice.severity}
    environment = known | told | settings.environment
    bound = [sys.executable, "-I", "-S", "-c", _BOUND, str(pipe)] if sys.platform == "linux" else []
    try:
        if shutil.which(settings.command[0], path=environment.get("PATH")) is None:
            raise FileNotFoundError("there is no such program")
        return subprocess.Popen(  # noqa: S603 - the operator's own
            [*bound, *settings.command], env=environment, stdin=subprocess.PIPE,
            stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, start_new_session=True, pass_fds=[pipe],
        )  # fmt: skip
    except (OSError, ValueError, IndexError) as error:
        raise DeliveryError(f"the command {_name(settings)} could not be started: {error}") from None


def _await(process: "subprocess.Popen[bytes]", body: bytes, settings: Command) -> None:
    complaint, is_over = bytearray(), Event()
    sides = [
        Thread(target=_drain, args=(process, complaint, is_over), daemon=True),
        Thread(target=_feed, args=(process, body), daemon=True),
    ]
    for side in sides:
        side.start()
    try:
        code = process.wait(settings.timeout_s)
    except subprocess.TimeoutExpired:
        _end_group(process)
        raise DeliveryError(
            f"the command {_name(settings)} did not end within {settings.timeout_s:g} s, and was killed"
        ) from None
    finally:
        is_over.set()
        for side in sides:
            side.join(1)
    if code:
        said = complaint.decode(errors="replace").strip()
        raise DeliveryError(
            f"the command {_name(settings)} ended with {code}" + (f": {said}" if said else "")
        )


def _feed(process: "subprocess.Popen[bytes]", body: bytes) -> None:
    assert process.stdin is not None  # noqa: S101 - it is a pipe
    with suppress(OSError):  # it may end without reading
        process.stdin.write(body)
    with suppress(OSError):
        process.stdin.close()


def _drain(process: "subprocess.Popen[bytes]", complaint: bytearray, is_over: Event) -> None:
    """What it left running may hold the pipe open, and goes on writing to it."""
    assert process.stderr is not None  # noqa: S101 - it is a pipe
    with process.stderr as stream:
        waiting = select.poll()
        waiting.register(stream, select.POLLIN)
        is_last = False
        while not is_last:
            is_last = is_over.is_set()
            if waiting.poll(0 if is_last else _LOOK_MS):
                some = os.read(stream.fileno(), 65536)
                complaint += some[: MOST_COMPLAINT_BYTES - len(complaint)]
                is_last = is_last or not some


def _end_group(process: "subprocess.Popen[bytes]") -> None:
    """With what it started."""
    with suppress(ProcessLookupError, PermissionError):
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()


def _name(settings: Command) -> str:
    return os.path.basename(settings.command[0]) if settings.command else "that is empty"


ENTRY = Sink("command", Command, deliver, plain=frozenset({"timeout_s"}), is_file_only=True)
