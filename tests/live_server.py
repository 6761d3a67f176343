"""`leeboard serve` as a process of its own on a free port, and boto3's clients of it."""

import ctypes
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from urllib.error import URLError
from urllib.request import urlopen

import boto3
from botocore.config import Config

from s3_server import free_ports

KEY, SECRET, ACCOUNT, REGION = "LBAKLIVESERVERTEST00", "live/secret+of+tests", "000000000000", "us-east-1"
TOY_IMAGE = "000000000000.dkr.ecr.us-east-1.amazonaws.com/toy:1"
ROLE = f"arn:aws:iam::{ACCOUNT}:role/Monitoring"
START_S, END_S, WAIT_S = 180, 60, 120


@dataclass(frozen=True, slots=True)
class LiveServer:
    """A running server.

    Attributes:
        process: its own; a test that kills it makes its server by `live_server`.
        log: what it wrote.
    """

    url: str
    home: Path
    process: "subprocess.Popen[bytes]"
    log: Path
    _clients: list[Any] = field(default_factory=list)

    @property
    def environment(self) -> dict[str, str]:
        """What a client needs to be set to find it."""
        return {
            "AWS_ENDPOINT_URL": self.url,
            "AWS_DEFAULT_REGION": REGION,
            "AWS_ACCESS_KEY_ID": KEY,
            "AWS_SECRET_ACCESS_KEY": SECRET,
        }

    def client(self, service: str, *, key: str = KEY, secret: str = SECRET, **options: Any) -> Any:
        """A client of boto3 that asks once, closed with the server; options are those of its Config."""
        config = Config(**{"retries": {"total_max_attempts": 1}, "max_pool_connections": 32, **options})
        made = boto3.client(
            service,
            endpoint_url=self.url,
            region_name=REGION,
            aws_access_key_id=key,
            aws_secret_access_key=secret,
            config=config,
        )
        self._clients.append(made)
        return made

    def command(self, *arguments: str, **variables: str) -> "subprocess.CompletedProcess[str]":
        """A command of leeboard that finds this server by its home."""
        return subprocess.run(
            [sys.executable, "-m", "leeboard", *arguments],
            env=clean_environment() | {"LEEBOARD_HOME": str(self.home)} | variables,
            capture_output=True,
            text=True,
            timeout=WAIT_S,
            check=False,
        )

    def close_clients(self) -> None:
        for each in self._clients:
            each.close()
        self._clients.clear()


@contextmanager
def live_server(
    home: Path, *options: str, models: list[dict[str, str]] | None = None, **environment: str
) -> Iterator[LiveServer]:
    """Starts a server, and ends it whatever happens.

    Args:
        home: its folder; a second server on the same one finds the state of the first.
        options: further ones of `leeboard serve`.
        models: what stands for which image; the toy model for `toy` if None.
        environment: further variables of the server.
    """
    home.parent.mkdir(parents=True, exist_ok=True)
    models_file = home.parent / f"{home.name}-models.json"
    models_file.write_text(json.dumps(_toy() if models is None else models))
    log = home.parent / f"{home.name}.log"
    port = str(free_ports(1)[0])
    known = ["--home", str(home), "--port", port, "--models", str(models_file)]
    known += ["--retention-days", "0"]  # else what tests put into the past is forgotten after a minute
    with log.open("ab") as output:
        process = subprocess.Popen(
            [sys.executable, "-m", "leeboard", "serve", *known, *options],
            env=clean_environment() | {"LEEBOARD_ACCESS_KEY_ID": KEY, "LEEBOARD_SECRET_ACCESS_KEY": SECRET}
            | {"LEEBOARD_CONTAINER_ENGINE": "none"}
            | environment,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            preexec_fn=_die_with_parent if sys.platform == "linux" else None,
        )  # fmt: skip
    server = LiveServer(f"http://127.0.0.1:{port}", home, process, log)
    try:
        _wait_until_healthy(server)
        yield server
    finally:
        server.close_clients()
        _end(process)


def until(ask: Callable[[], Any], is_good: Callable[[Any], Any] = bool) -> Any:
    """Asks again until the answer is good, and gives it."""
    deadline = time.monotonic() + WAIT_S
    while not is_good(answer := ask()):
        if time.monotonic() > deadline:
            raise AssertionError(f"after {WAIT_S} s still {answer}")
        time.sleep(0.1)
    return answer


def early_in_the_hour() -> None:
    """Waits out the last minute of an hour: schedules would fire while tests look at them."""
    until(lambda: datetime.now(UTC), lambda at: at.minute < 59)


def in_service(sagemaker: Any, name: str) -> str:
    """Waits until an endpoint is in service, and gives its name; one that failed is not waited for."""
    told = settled(sagemaker, name)
    assert told["EndpointStatus"] == "InService", told.get("FailureReason")
    return name


def settled(sagemaker: Any, name: str) -> Any:
    """What is told of an endpoint once it is in service or has failed."""
    return until(
        lambda: sagemaker.describe_endpoint(EndpointName=name),
        lambda told: told["EndpointStatus"] not in ("Creating", "Updating"),
    )


def _toy() -> list[dict[str, str]]:
    program = Path(__file__).with_name("toy_model.py")
    return [{"image": "*toy:*", "command": f"{sys.executable} {program} {{port}} {{model}}"}]


def clean_environment() -> dict[str, str]:
    """This environment without what points clients somewhere."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("AWS_", "LEEBOARD_"))}
    return kept | {"COLUMNS": "160"}


def _wait_until_healthy(server: LiveServer) -> None:
    deadline = time.monotonic() + START_S
    while time.monotonic() < deadline and server.process.poll() is None:
        try:
            with urlopen(f"{server.url}/healthz", timeout=5) as answer:
                if answer.status == 200:
                    return
        except (URLError, ConnectionError, TimeoutError):
            time.sleep(0.05)
    raise RuntimeError(f"no server at {server.url}; the end of its log:\n{server.log.read_text()[-4000:]}")


def _end(process: "subprocess.Popen[bytes]") -> None:
    process.terminate()
    try:
        process.wait(END_S)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
        raise RuntimeError(f"the server did not end within {END_S} s of being asked") from None


def _die_with_parent() -> None:
    """So that it also ends when the test run is killed."""
    ctypes.CDLL(None).prctl(1, signal.SIGTERM)
