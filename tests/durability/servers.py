"""Real servers as processes, which tests kill and start again."""

import ctypes
import os
import signal
import subprocess
import sys
import threading
import time
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass, field
from functools import reduce
from http.server import BaseHTTPRequestHandler, HTTPServer
from importlib import import_module
from pathlib import Path

from leeboard.jobs.processes import RunningProcess, descendants, process_of, with_variable

START_S = 180
STOP_S = 120
LEASE_S = 10.0
"""So long that a server on a busy machine still renews its claims, and that jobs which it stops in the last
fifth, as it could not, have ended before others begin them."""
DIES = """
import importlib, os, signal, sys
module, name, calls = sys.argv.pop(1), sys.argv.pop(1), int(sys.argv.pop(1))
place = importlib.import_module(module)
*parts, name = name.split(".")
for part in parts:
    place = getattr(place, part)
real = getattr(place, name)
def then_dies(*arguments, **named):
    global calls
    result = real(*arguments, **named)
    calls -= 1
    if calls == 0:
        os.kill(os.getpid(), signal.SIGKILL)
    return result
setattr(place, name, then_dies)
from leeboard.cli import main
main()
"""
_KEPT = ("PATH", "HOME", "LANG", "TMPDIR", "PYTHONPATH")


def wait_until(is_so: Callable[[], object], timeout_s: float, what: str) -> None:
    deadline = time.monotonic() + timeout_s
    while not is_so():
        if time.monotonic() > deadline:
            raise AssertionError(f"not within {timeout_s:g} s: {what}")
        time.sleep(0.05)


def is_there(module: str, function: str, _n_calls: int = 1) -> bool:
    """Whether the code has that function, so that a server can die after it."""
    return callable(reduce(getattr, function.split("."), import_module(module)))


@dataclass(slots=True)
class Server:
    """One `leeboard serve`."""

    home: Path
    port: int
    options: list[str]
    environment: dict[str, str]
    log: Path
    program: tuple[str, ...] = ("-m", "leeboard")
    process: "subprocess.Popen[bytes] | None" = field(default=None)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def is_up(self) -> bool:
        return self.process is not None and self.process.poll() is None

    def start(self) -> None:
        """Does not wait until it is ready."""
        assert not self.is_up
        program = [sys.executable, *self.program, "serve"]
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(
                [*program, "--home", str(self.home), "--port", str(self.port), *self.options],
                env={name: os.environ[name] for name in _KEPT if name in os.environ}
                | {"LEEBOARD_LEASE_S": str(LEASE_S)} | self.environment,
                stdin=subprocess.DEVNULL, stdout=log, stderr=log,
                preexec_fn=_die_with_parent if sys.platform == "linux" else None,
            )  # fmt: skip

    def wait_until_ready(self) -> None:
        def is_ready() -> bool:
            assert self.is_up, f"the server has ended:\n{self.log.read_text()[-3000:]}"
            with suppress(OSError), urllib.request.urlopen(f"{self.url}/healthz", timeout=5) as answer:
                return answer.status == 200
            return False

        wait_until(is_ready, START_S, "the server is ready")

    def kill(self) -> None:
        """As the kernel would when memory is short: nothing of it can react."""
        if self.is_up:
            self.process.kill()
        self.process.wait()

    def stop(self) -> None:
        """As asked for: it gives back what it holds."""
        if self.is_up:
            self.process.terminate()
        try:
            self.process.wait(STOP_S)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
            raise AssertionError(f"did not end:\n{self.log.read_text()[-3000:]}") from None

    def dies_after(self, module: str, function: str, n_calls: int = 1) -> None:
        """From its next start on it kills itself when that function comes back."""
        self.program = ("-c", DIES, module, function, str(n_calls))

    def dies_never(self) -> None:
        self.program = ("-m", "leeboard")

    def pause(self) -> None:
        """As if the machine were suspended."""
        self.process.send_signal(signal.SIGSTOP)

    def resume(self) -> None:
        self.process.send_signal(signal.SIGCONT)

    def job_processes(self) -> list[RunningProcess]:
        """What runs below it: jobs, as these tests map no programs to images."""
        return descendants(self.process.pid) if self.is_up else []


def kill_process(one: RunningProcess) -> bool:
    """Kills just this process, not one that has its number now."""
    now = process_of(one.pid)
    if now is None or now.started != one.started:
        return False
    with suppress(ProcessLookupError):
        os.kill(one.pid, signal.SIGKILL)
        return True
    return False


def left_behind(servers: list[Server]) -> list[RunningProcess]:
    """Processes of jobs of these servers that still run, whoever is their parent now."""
    return [one for server in servers for one in with_variable(f"TMPDIR={server.home}/")]


@contextmanager
def ended(servers: list[Server]) -> Iterator[None]:
    """Ends them whatever happens."""
    try:
        yield
    finally:
        for server in servers:
            if server.process is not None:
                server.kill()
        for one in left_behind(servers):
            kill_process(one)


class JobsInView:
    """Watches which claims of which job have processes, and notes jobs that two claims run at once."""

    def __init__(self, servers: list[Server]) -> None:
        self._homes = sorted({server.home for server in servers})
        self._closing = threading.Event()
        self._thread = threading.Thread(target=self._watch, daemon=True)
        self.doubled: dict[str, str] = {}
        self.n_seen = 0

    def __enter__(self) -> "JobsInView":
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._closing.set()
        self._thread.join()

    def _watch(self) -> None:
        while not self._closing.wait(0.1):
            claims: dict[str, dict[tuple[Path, str], RunningProcess]] = {}
            for home in self._homes:
                for one in with_variable(f"TMPDIR={home}/work/"):
                    job, claim = _claim_of(one.pid, home)
                    if job:
                        claims.setdefault(job, {})[home, claim] = one
            self.n_seen = max(self.n_seen, len(claims))
            self.doubled |= {job: str(found) for job, found in claims.items() if _are_at_once(job, found)}


def _are_at_once(job: str, found: dict[tuple[Path, str], RunningProcess]) -> bool:
    """Whether several still run: a look takes a while, in which one may end before another begins."""
    still = [(job, claim) == _claim_of(one.pid, home) for (home, claim), one in found.items()]
    return sum(still) > 1


def _claim_of(pid: int, home: Path) -> tuple[str, str]:
    with suppress(OSError):
        for variable in Path(f"/proc/{pid}/environ").read_bytes().split(b"\0"):
            if variable.startswith(f"TMPDIR={home}/work/".encode()):
                job, claim, *_ = variable.decode().removeprefix(f"TMPDIR={home}/work/").split("/")
                return job, claim
    return "", ""


class _Ping(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        self.send_response(200)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, *_: object) -> None:
        pass


@contextmanager
def pinging() -> Iterator[str]:
    """URL of a model that is always well."""
    with ExitStack() as stack:
        server = stack.enter_context(HTTPServer(("127.0.0.1", 0), _Ping))
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        stack.callback(thread.join)
        stack.callback(server.shutdown)
        yield f"http://127.0.0.1:{server.server_port}"


def _die_with_parent() -> None:
    """So that it also ends when the test run is killed."""
    ctypes.CDLL(None).prctl(1, signal.SIGKILL)
