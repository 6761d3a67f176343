"""The child process that holds a user's script."""

import io
import json
import os
import signal
import socket
import subprocess
import sys
import tempfile
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import asdict
from mmap import mmap
from pathlib import Path
from typing import IO, Any

from leeboard.jobs.box import script_box
from leeboard.jobs.processes import RunningProcess, descendants, send
from leeboard.jobs.scripts.channel import Channel, LineLog
from leeboard.jobs.scripts.limits import ScriptLimits, script_environment
from leeboard.storage import read_bytes

_START = (
    "import sys; sys.path.insert(0, sys.argv[1]); "
    "from script_child.starting import main; del sys.path[0]; main(sys.argv[2])"
)
_LEAVE_S, _BURIED_S = 1.0, 60.0
_PROGRESS_BYTES = 8


class ProcessLostError(Exception):
    """The process had to be killed or died by itself; the message says why."""


class ScriptProcess:
    """One child with one script, in a temporary folder and a process group of its own.

    The thread that starts it has to outlive it: on Linux the child is killed with that thread.

    Args:
        script: URI or path of the file.
        handler: the function in it that will be called.
        environment: variables beside those that every script sees.
        log: takes each line that the script prints or logs.

    Raises:
        NotFoundError: there is no such file.
    """

    def __init__(
        self,
        script: str,
        handler: str,
        *,
        environment: Mapping[str, str],
        limits: ScriptLimits,
        log: Callable[[str], None],
    ) -> None:
        source = read_bytes(script)
        self._limits = limits
        self._folder = tempfile.TemporaryDirectory(prefix="leeboard-script-", ignore_cleanup_errors=True)
        path = Path(self._folder.name) / file_name(script)
        path.write_bytes(source)
        connection, theirs = socket.socketpair()
        printed, output = _pipe()
        with theirs, output, tempfile.TemporaryFile() as progress:
            progress.truncate(_PROGRESS_BYTES)
            self._progress = mmap(progress.fileno(), _PROGRESS_BYTES)
            self._process = self._start(path, handler, environment, theirs, output, progress)
        self._is_closed = False
        connection.setblocking(False)
        self._channel = Channel(connection, printed, LineLog(log), self._is_alive, limits.memory_bytes)

    def ask(self, request: bytes | None, seconds: float) -> dict[str, Any]:
        """The child's answer; for None what it says after loading the script.

        Raises:
            ProcessLostError: there is none, and the process is gone.
        """
        try:
            answer = json.loads(self._channel.exchange(request, seconds))
        except TimeoutError:
            self._abort()
            raise ProcessLostError(
                f"no answer within {seconds:.3g} s, so it was stopped; the job log shows in which line"
            ) from None
        except ConnectionAbortedError:
            self.close()
            raise ProcessLostError("what it returned is larger than its memory limit") from None
        except ConnectionError:
            raise ProcessLostError(self._cause_of_death()) from None
        except (ValueError, RecursionError):
            self.close()
            raise ProcessLostError(
                "its process sent what is no answer; does it write to files that it did not open?"
            ) from None
        return dict(answer)

    def place(self) -> int:
        """Which record of the batch was in work last, from 0."""
        return int.from_bytes(self._progress[:], "big")

    def close(self) -> None:
        """Kills the whole process group, logs what it still printed, and removes the folder."""
        if self._is_closed:
            return
        self._is_closed = True
        with suppress(ProcessLookupError, PermissionError):  # macOS: the latter for a group of zombies
            os.killpg(self._process.pid, signal.SIGKILL)
        self._process.wait()
        self._channel.close()
        self._folder.cleanup()

    def _start(
        self,
        path: Path,
        handler: str,
        environment: Mapping[str, str],
        connection: socket.socket,
        output: io.FileIO,
        progress: IO[bytes],
    ) -> "subprocess.Popen[bytes]":
        order = {
            "script": str(path),
            "handler": handler,
            "socket": connection.fileno(),
            "progress": progress.fileno(),
            "limits": asdict(self._limits),
        }
        # -P: nothing that lies in our folder or the working directory shadows what a script imports
        python = [sys.executable, "-P", "-X", "utf8"]
        command = [*python, "-c", _START, str(Path(__file__).parent), json.dumps(order)]
        variables = script_environment(environment, self._folder.name)
        if self._limits.is_boxed:
            opt_ml = str(Path(self._limits.root, "opt/ml"))
            inside = {**variables, "HOME": environment.get("HOME", self._folder.name)}
            command = [*script_box(opt_ml, self._folder.name, inside), *command]
            variables = {"TMPDIR": self._folder.name}  # by which the box is found if its end is missed
        return subprocess.Popen(  # noqa: S603  (no shell, and the command is ours)
            command,
            cwd=self._folder.name,
            env=variables,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=output,
            pass_fds=(connection.fileno(), progress.fileno()),
            start_new_session=True,
        )

    def _is_alive(self) -> bool:
        return self._process.poll() is None

    def _abort(self) -> None:
        """Ends a process that hangs in a way that makes it print where it is."""
        if self._limits.is_boxed:
            send(signal.SIGABRT, self._inside())
        else:
            self._process.send_signal(signal.SIGABRT)
        with suppress(subprocess.TimeoutExpired):
            self._process.wait(_LEAVE_S)
        self.close()

    def _inside(self) -> list[RunningProcess]:
        """The process in a box, below the two of that."""
        return descendants(self._process.pid)[1:2]

    def _cause_of_death(self) -> str:
        """A box ends after what it held, on a busy machine long after."""
        with suppress(subprocess.TimeoutExpired):
            self._process.wait(_LEAVE_S)
        if self._limits.is_boxed and self._is_alive() and not self._inside():
            with suppress(subprocess.TimeoutExpired):
                self._process.wait(_BURIED_S)
        code = self._process.poll()
        self.close()
        if code is None:
            return "it closed the connection to leeboard; does it close all files?"
        is_signal = self._limits.is_boxed and code > 128  # as a shell says it
        return _cause(128 - code if is_signal else code, self._limits)


def _pipe() -> tuple[io.FileIO, io.FileIO]:
    """The end to read, which does not block, and the end to write."""
    ours, theirs = os.pipe()
    os.set_blocking(ours, False)
    return io.FileIO(ours, "r"), io.FileIO(theirs, "w")


def file_name(script: str) -> str:
    """The last part of a path or URI."""
    return script.rstrip("/").rsplit("/", 1)[-1] or "script.py"


def _cause(code: int, limits: ScriptLimits) -> str:
    if code >= 0:
        return f"its process ended with exit code {code}; does it call os._exit, or close files not its own?"
    name = signal.Signals(-code).name if -code in signal.valid_signals() else f"signal {-code}"
    if name == "SIGXCPU":
        return f"it used more than its {limits.cpu_s} s of processor time"
    if name == "SIGKILL":
        return "its process was killed (SIGKILL), most likely because the machine ran out of memory"
    return (
        f"its process crashed ({name}), inside a library in C or for want of memory "
        f"(limit {size_text(limits.memory_bytes)}); the job log shows where"
    )


def size_text(size_bytes: int) -> str:
    """For example 2.0 GiB."""
    if size_bytes < 1 << 30:
        return f"{size_bytes / (1 << 20):.0f} MiB"
    return f"{size_bytes / (1 << 30):.1f} GiB"
