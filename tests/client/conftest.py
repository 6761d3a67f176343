"""A server as a process of its own, with the flows' model mapped; and the environments of other clients."""

import ctypes
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from functools import partial
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path
from socketserver import StreamRequestHandler, ThreadingTCPServer
from threading import Thread
from typing import Any
from urllib.error import URLError
from urllib.request import urlopen

import pytest

from s3_server import free_ports

ROOT = Path(__file__).parents[2]
FLOWS = Path(__file__).parent / "flows"
LEEBOARD = [sys.executable, "-m", "leeboard"]
START_S, FLOW_S, END_S = 180, 600, 60
EMPTY: Mapping[str, str] = {}


@dataclass(frozen=True, slots=True)
class Server:
    """A running server."""

    url: str
    home: Path
    outside: "Outside"

    def command(
        self, *arguments: str, folder: Path | None = None, variables: Mapping[str, str] = EMPTY
    ) -> subprocess.CompletedProcess[str]:
        """A command of leeboard that finds this server by its home."""
        return subprocess.run(
            [*LEEBOARD, *arguments],
            env=clean_environment() | {"LEEBOARD_HOME": str(self.home)} | dict(variables),
            cwd=folder,
            capture_output=True,
            text=True,
            timeout=FLOW_S,
            check=False,
        )

    def variables(self, variables: Mapping[str, str] = EMPTY) -> dict[str, str]:
        """What `leeboard env` says to whom has these."""
        done = self.command("env", "--format", "json", variables=variables)
        assert done.returncode == 0, done.stderr
        return json.loads(done.stdout)

    def run_schedule(self, name: str, *options: str) -> None:
        """What users type when they do not want to wait for the hour."""
        done = self.command("schedule", "run", name, "--wait", *options)
        assert done.returncode in (0, 3), done.stdout + done.stderr  # 3: violations

    def run_flow(
        self,
        python: Path,
        script: str,
        folder: Path,
        *,
        options: Sequence[str] = (),
        variables: Mapping[str, str] = EMPTY,
    ) -> dict[str, Any]:
        """Run a script by `leeboard run` in another environment; gives the facts that it wrote.

        It finds a proxy in its environment that is no proxy, so that requests which leave for AWS are seen.
        """
        facts = folder / f"{script}.json"
        command = ["run", *options, "--", str(python), str(FLOWS / script), str(facts)]
        proxies = {"HTTP_PROXY": self.outside.url, "HTTPS_PROXY": self.outside.url}
        done = self.command(*command, folder=folder, variables=proxies | dict(variables))
        assert done.returncode == 0, done.stdout[-4000:] + done.stderr[-8000:]
        return json.loads(facts.read_text())


class Outside:
    """Stands for the world as a proxy, and notes who is asked for; it answers nobody."""

    def __init__(self) -> None:
        self.asked_for: list[str] = []
        outside = self

        class Refusal(StreamRequestHandler):
            def handle(self) -> None:
                outside.asked_for.append(self.rfile.readline().decode(errors="replace").strip())
                self.wfile.write(b"HTTP/1.1 502 Bad Gateway\r\ncontent-length: 0\r\n\r\n")

        self._server = ThreadingTCPServer(("127.0.0.1", 0), Refusal)
        self.url = f"http://127.0.0.1:{self._server.server_address[1]}"
        self._thread = Thread(target=self._server.serve_forever)
        self._thread.start()

    def close(self) -> None:
        """No more requests."""
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()


def clean_environment() -> dict[str, str]:
    """This environment without what points clients somewhere."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("AWS_", "LEEBOARD_"))}
    return kept | {"SAGEMAKER_SUPPRESS_V2_WARNING": "1", "COLUMNS": "160"}


@contextmanager
def running_server(outside: Outside, home: Path, *options: str, **environment: str) -> Iterator[Server]:
    """Starts `leeboard serve` and ends it whatever happens."""
    [port] = free_ports(1)
    models = home.parent / f"{home.name}-models.json"
    model = f"{sys.executable} {FLOWS / 'tiny_model.py'} {{port}} {{model}}"
    models.write_text(json.dumps([{"image": "*tiny-model:*", "command": model}]))
    log = home.parent / f"{home.name}.log"
    command = [
        *LEEBOARD,
        "serve",
        "--home",
        str(home),
        "--port",
        str(port),
        "--models",
        str(models),
        *options,
    ]
    with log.open("wb") as output:
        process = subprocess.Popen(
            command,
            env=clean_environment() | environment,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            preexec_fn=die_with_parent if sys.platform == "linux" else None,
        )
    try:
        url = f"http://127.0.0.1:{port}"
        wait_until_healthy(url, process, log)
        yield Server(url, home, outside)
    finally:
        end(process)


def die_with_parent() -> None:
    """So that it also ends when the test run is killed."""
    ctypes.CDLL(None).prctl(1, signal.SIGKILL)


def wait_until_healthy(url: str, process: subprocess.Popen[bytes], log: Path) -> None:
    """Returns when the server says that it is ready."""
    deadline = time.monotonic() + START_S
    while time.monotonic() < deadline and process.poll() is None:
        try:
            with urlopen(f"{url}/healthz", timeout=5) as answer:
                if answer.status == 200:
                    return
        except (URLError, ConnectionError, TimeoutError):
            time.sleep(0.1)
    pytest.fail(f"no server at {url}: {log.read_text()[-4000:]}")


def end(process: subprocess.Popen[bytes]) -> None:
    """Ask it to end; after a while make it."""
    process.send_signal(signal.SIGTERM)
    try:
        process.wait(END_S)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
        pytest.fail(f"the server did not end within {END_S} s of SIGTERM")


@pytest.fixture(scope="session")
def outside() -> Iterator[Outside]:
    """What the flows ask for beyond the server: nothing, it is to be hoped."""
    world = Outside()
    yield world
    world.close()


@pytest.fixture(scope="session")
def start_server(outside: Outside) -> Callable[..., AbstractContextManager[Server]]:
    """Starts a server with options of its own."""
    return partial(running_server, outside)


@pytest.fixture(scope="session")
def server(start_server: Any, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """One server for all flows; each flow has names of its own."""
    with start_server(tmp_path_factory.mktemp("server") / "home") as running:
        yield running


@pytest.fixture(scope="session")
def flows() -> Any:
    """The data that the flows use, for tests in this process."""
    spec = spec_from_file_location("phone_calls", FLOWS / "phone_calls.py")
    module = module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="session")
def flow_folder() -> Path:
    """Where the scripts lie."""
    return FLOWS


@pytest.fixture(scope="session")
def other_python() -> Callable[[str], Path]:
    """Gives the interpreter of an environment that tools/make_venvs.py makes."""

    def found(name: str) -> Path:
        python = ROOT / f".venv-{name}" / "bin" / "python"
        if not python.exists():
            pytest.skip(f"no .venv-{name}: python tools/make_venvs.py {name}")
        return python

    return found
