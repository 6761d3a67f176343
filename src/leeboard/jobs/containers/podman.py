"""The command `podman` as an engine: its service is started for as long as it is asked."""

import atexit
import os
import shutil
import socket
import subprocess
import tempfile
import time
from contextlib import suppress
from pathlib import Path
from threading import Lock

from leeboard.jobs.processes import process_of

PODMAN = "podman"
_PREFIX = "leeboard-podman-"
_IDLE_S = 60
_START_S = 120.0
_PAUSE_S = 0.02
_END_S = 5.0


class PodmanService:
    """A service of Podman's that ends by itself when nobody asks it for a minute.

    The next one removes its folder if this process was killed.
    """

    def __init__(self) -> None:
        self._lock = Lock()
        self._process: subprocess.Popen[bytes] | None = None
        self._folder = ""

    def connect(self, patience_s: float) -> socket.socket:
        """A connection to it.

        Raises:
            OSError: it cannot be started; the message has the end of what it said.
        """
        with self._lock:
            if self._process is not None and self._process.poll() is None:
                with suppress(OSError):
                    return self._connected(patience_s)
            self._end()
            self._start()
            return self._once_it_listens(patience_s)

    def close(self) -> None:
        """End it; containers go on."""
        with self._lock:
            self._end()

    def _start(self) -> None:
        _remove_folders_of_the_dead()
        prefix = f"{_PREFIX}{os.getpid()}-{_started(os.getpid())}-"
        self._folder = tempfile.mkdtemp(prefix=prefix)  # a home may be too long for a socket
        with (Path(self._folder) / "log").open("wb") as log:
            self._process = subprocess.Popen(  # noqa: S603 - no shell, and no word of anybody else's
                [PODMAN, "system", "service", "--time", str(_IDLE_S), f"unix://{self._socket}"],
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
                cwd=self._folder,  # its monitor leaves files where it is
            )

    def _once_it_listens(self, patience_s: float) -> socket.socket:
        deadline = time.monotonic() + min(patience_s, _START_S)
        while True:
            try:
                return self._connected(patience_s)
            except OSError:
                has_ended = self._process is None or self._process.poll() is not None
                if has_ended or time.monotonic() > deadline:
                    raise OSError(f"podman system service does not start: {self._said()}") from None
            time.sleep(_PAUSE_S)

    def _connected(self, patience_s: float) -> socket.socket:
        made = socket.socket(socket.AF_UNIX)
        try:
            made.settimeout(patience_s)
            made.connect(str(self._socket))
        except OSError:
            made.close()
            raise
        return made

    @property
    def _socket(self) -> Path:
        return Path(self._folder) / "podman.sock"

    def _said(self) -> str:
        with suppress(OSError):
            return (Path(self._folder) / "log").read_text(errors="replace")[-300:].strip()
        return ""

    def _end(self) -> None:
        if self._process is not None:
            self._process.terminate()
            try:
                self._process.wait(_END_S)
            except subprocess.TimeoutExpired:
                self._process.kill()
                self._process.wait()
            self._process = None
        if self._folder:
            shutil.rmtree(self._folder, ignore_errors=True)
            self._folder = ""


def _remove_folders_of_the_dead() -> None:
    for folder in Path(tempfile.gettempdir()).glob(f"{_PREFIX}*"):
        pid, _, rest = folder.name.removeprefix(_PREFIX).partition("-")
        is_told = pid.isdigit() and "-" in rest and not folder.is_symlink()
        with suppress(OSError):
            if is_told and folder.stat().st_uid == os.getuid() and _started(int(pid)) != rest.split("-")[0]:
                shutil.rmtree(folder, ignore_errors=True)


def _started(pid: int) -> str:
    """Tells a process from another one that has its id later; empty if there is none, or none can be seen."""
    found = process_of(pid)
    return str(found.started) if found else ""


_service = PodmanService()
podman_door = _service.connect
atexit.register(_service.close)
