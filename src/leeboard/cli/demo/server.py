"""`leeboard serve` as a child of the demo, gone when the demo is."""

import os
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from time import monotonic, sleep
from types import FrameType
from urllib.parse import urlsplit

from leeboard.cli.demo.folder import DemoFolder, answers
from leeboard.errors import EngineError

START_S, END_S = 180, 20
LOOK_S = 0.05
N_TRIES = 3
_LAST_LETTERS = 2000
_BOUND = """
import ctypes, os, signal, sys
ctypes.CDLL(None).prctl(1, signal.SIGTERM)  # when the parent dies, however that comes
if os.getppid() == int(sys.argv[1]):
    os.execv(sys.argv[2], sys.argv[2:])
"""


@contextmanager
def running_server(folder: DemoFolder) -> Iterator["DemoServer"]:
    """A server that starts meanwhile, and is ended whatever happens."""
    server = DemoServer(folder)
    with _signals_end_it():
        server.start()
        try:
            yield server
        finally:
            server.end()


class DemoServer:
    """The child and where it listens.

    Attributes:
        url: where it does, or will.
    """

    def __init__(self, folder: DemoFolder) -> None:
        self._folder = folder
        self._process: subprocess.Popen[bytes] | None = None
        self.url = ""

    def start(self) -> None:
        """On a free port of loopback; does not wait until it is ready."""
        port = _free_port()
        self.url = f"http://127.0.0.1:{port}"
        command = [sys.executable, "-P", "-m", "leeboard", "serve"]
        command += ["--home", str(self._folder.home), "--port", str(port)]
        if sys.platform == "linux":
            command = [sys.executable, "-I", "-S", "-c", _BOUND, str(os.getpid()), *command]
        self._folder.log.touch(mode=0o600)  # the server greets with its keys
        with self._folder.log.open("ab") as log:
            self._process = subprocess.Popen(  # noqa: S603 - our own command
                command,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,  # Control-C is for the demo, which then ends it in order
            )

    def wait(self) -> None:
        """Until it is ready; with another port if somebody was faster on this one.

        Raises:
            EngineError: it does not start.
        """
        for _ in range(N_TRIES):
            if self._becomes_ready():
                return
            if not _is_taken(self.url):
                break
            self.start()
        raise EngineError(f"the server ended before it was ready. {self._last_lines()}")

    def end(self) -> None:
        """Ask it to end; after a while make it."""
        if (process := self._process) is None:
            return
        process.terminate()
        try:
            with suppress(subprocess.TimeoutExpired):
                process.wait(END_S)
        finally:
            if process.poll() is None:
                process.kill()
                process.wait()

    def wait_for_end(self) -> None:
        """Until somebody ends it.

        Looks now and then: polars handles SIGINT such that a call that only waits goes on waiting.
        """
        while self._process is not None and self._process.poll() is None:
            sleep(LOOK_S)

    def _becomes_ready(self) -> bool:
        deadline = monotonic() + START_S
        while self._process is not None and self._process.poll() is None:
            if answers(self.url):
                return True
            if monotonic() > deadline:
                raise EngineError(
                    f"the server was not ready at {self.url} within {START_S} s. {self._last_lines()}"
                )
            sleep(LOOK_S)
        return False

    def _last_lines(self) -> str:
        log: Path = self._folder.log
        return f"The end of {log}:\n{log.read_text(errors='replace')[-_LAST_LETTERS:].strip()}"


@contextmanager
def _signals_end_it() -> Iterator[None]:
    """SIGTERM and SIGHUP raise, as SIGINT does, so that everything is ended in order."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    before = {number: signal.signal(number, _leave) for number in (signal.SIGTERM, signal.SIGHUP)}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def _leave(number: int, _frame: FrameType | None) -> None:
    raise SystemExit(128 + number)


def _is_taken(url: str) -> bool:
    place = urlsplit(url)
    with socket.socket() as probe:
        return probe.connect_ex((place.hostname, place.port)) == 0


def _free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as probe:
        return int(probe.getsockname()[1])
