"""A server as a process of its own, with the flows' model mapped; and the environments of other clients."""

import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path
from typing import Any
from urllib.error import URLError
from urllib.request import urlopen

import pytest

ROOT = Path(__file__).parents[2]
FLOWS = Path(__file__).parent / "flows"
LEEBOARD = [sys.executable, "-m", "leeboard"]
START_S, FLOW_S, END_S = 60, 600, 20


@dataclass(frozen=True, slots=True)
class Server:
    """A running server."""

    url: str
    home: Path

    def command(
        self, *arguments: str, folder: Path | None = None, **variables: str
    ) -> subprocess.CompletedProcess[str]:
        """A command of leeboard that finds this server by its home."""
        return subprocess.run(
            [*LEEBOARD, *arguments],
            env=clean_environment() | {"LEEBOARD_HOME": str(self.home)} | variables,
            cwd=folder,
            capture_output=True,
            text=True,
            timeout=FLOW_S,
            check=False,
        )

    def variables(self) -> dict[str, str]:
        """What `leeboard env` says."""
        done = self.command("env", "--format", "json")
        assert done.returncode == 0, done.stderr
        return json.loads(done.stdout)

    def run_schedule(self, name: str) -> None:
        """What users type when they do not want to wait for the hour."""
        done = self.command("schedule", "run", name, "--wait")
        assert done.returncode in (0, 3), done.stdout + done.stderr  # 3: violations

    def run_flow(self, python: Path, script: str, folder: Path) -> dict[str, Any]:
        """Run a script by `leeboard run` in another environment; gives the facts that it wrote."""
        facts = folder / f"{script}.json"
        done = self.command("run", "--", str(python), str(FLOWS / script), str(facts), folder=folder)
        assert done.returncode == 0, done.stdout[-4000:] + done.stderr[-8000:]
        return json.loads(facts.read_text())


def clean_environment() -> dict[str, str]:
    """This environment without what points clients somewhere."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("AWS_", "LEEBOARD_"))}
    return kept | {"SAGEMAKER_SUPPRESS_V2_WARNING": "1", "COLUMNS": "160"}


@contextmanager
def running_server(home: Path, *options: str, **environment: str) -> Iterator[Server]:
    """Starts `leeboard serve` and ends it whatever happens."""
    port = free_port()
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
        )
    try:
        url = f"http://127.0.0.1:{port}"
        wait_until_healthy(url, process, log)
        yield Server(url, home)
    finally:
        end(process)


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


def free_port() -> int:
    """A port that nobody has at the moment."""
    with socket.create_server(("127.0.0.1", 0)) as probe:
        return int(probe.getsockname()[1])


@pytest.fixture(scope="session")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """One server for all flows; each flow has names of its own."""
    with running_server(tmp_path_factory.mktemp("server") / "home") as running:
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
    """Gives the interpreter of an environment that tools/sdk_venvs.py makes."""

    def found(name: str) -> Path:
        python = ROOT / f".venv-{name}" / "bin" / "python"
        if not python.exists():
            pytest.skip(f"no .venv-{name}: python tools/sdk_venvs.py {name}")
        return python

    return found
