"""Servers in processes of their own, ended whatever happens."""

import ctypes
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.error import URLError
from urllib.request import urlopen

from bench.places import ROOT, WORK

LOGS = WORK / "serving"
START_S, END_S = 60, 30


@dataclass(frozen=True, slots=True)
class Served:
    """A server that answers.

    Attributes:
        ready_s: from its start to its first answer.
    """

    port: int
    pid: int
    ready_s: float

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def resident_mb(self) -> float:
        """Memory now, 10^6 bytes, of this process alone."""
        pages = int(Path(f"/proc/{self.pid}/statm").read_text().split()[1])
        return pages * os.sysconf("SC_PAGE_SIZE") / 1e6


def free_port() -> int:
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return one.getsockname()[1]


@contextmanager
def serving(
    name: str,
    command: Sequence[str | Path],
    port: int,
    *,
    ask: str = "/",
    env: Mapping[str, str] | None = None,
) -> Iterator[Served]:
    """A command that serves HTTP on a port, once it answers `ask`, whatever it answers."""
    LOGS.mkdir(parents=True, exist_ok=True)
    log = LOGS / f"{name}.log"
    kept = {key: value for key, value in os.environ.items() if not key.startswith(("AWS_", "LEEBOARD_"))}
    with log.open("wb") as output:
        began = time.perf_counter()
        process = subprocess.Popen(
            [str(part) for part in command],
            cwd=ROOT,
            env=kept | dict(env or {}),
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=output,
            preexec_fn=_die_with_parent if sys.platform == "linux" else None,
        )
    try:
        _wait(process, f"http://127.0.0.1:{port}{ask}", log)
        yield Served(port, process.pid, time.perf_counter() - began)
    finally:
        _end(process)


def uvicorn(app: str, *, factory: bool = True) -> tuple[list[str], int]:
    """The command that serves one of `bench.serving.apps`, and its port."""
    port = free_port()
    options = ["--port", str(port), "--loop", "uvloop", "--http", "httptools", "--no-access-log"]
    quiet = ["--log-level", "warning", "--no-server-header", "--lifespan", "off"]
    made = ["--factory"] if factory else []
    return [sys.executable, "-m", "uvicorn", f"bench.serving.apps:{app}", *options, *quiet, *made], port


@contextmanager
def model() -> Iterator[Served]:
    """A model that takes no time."""
    command, port = uvicorn("model", factory=False)
    with serving("model", command, port) as served:
        yield served


def _wait(process: subprocess.Popen, url: str, log: Path) -> None:
    deadline = time.monotonic() + START_S
    while time.monotonic() < deadline and process.poll() is None:
        try:
            with urlopen(url, timeout=5):
                return
        except URLError as error:
            if hasattr(error, "code"):  # it answered
                return
        except (ConnectionError, TimeoutError):
            pass
        time.sleep(0.01)
    raise RuntimeError(f"no server at {url}; the end of its log:\n{log.read_text()[-2000:]}")


def _end(process: subprocess.Popen) -> None:
    process.terminate()
    try:
        process.wait(END_S)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


def _die_with_parent() -> None:
    ctypes.CDLL(None).prctl(1, signal.SIGTERM)
