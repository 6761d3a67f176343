"""The command `podman` as an engine: its service is started for as long as it is asked."""

import atexit
import shutil
import socket
import subprocess
import tempfile
import time
from contextlib import suppress
from pathlib import Path
from threading import Lock

PODMAN = "podman"
_IDLE_S = 60
_START_S = 120.0
_PAUSE_S = 0.02
_END_S = 5.0


class PodmanService:
    """A service of Podman's that ends by itself when nobody asks it for a minute.

    Nothing has to be cleaned up after a server that was killed.
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
        self._folder = tempfile.mkdtemp(prefix="leeboard-podman-")  # a home may be too long for a socket
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


_service = PodmanService()
podman_door = _service.connect
atexit.register(_service.close)
