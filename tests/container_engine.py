"""Podman for tests: its service on a socket, and an image from scratch with Debian's static busybox."""

import atexit
import os
import shutil
import subprocess
import tempfile
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import pytest

from leeboard.jobs.containers.finding import engine_of

SETTINGS = """
[engine]
runtime = "runc"
cgroup_manager = "cgroupfs"
events_logger = "file"
[containers]
default_ulimits = ["nofile=4096:4096", "nproc=4096:4096"]
"""
APPLETS = "sh cat ls sleep mkdir ln id echo touch dd ip true env grep sed wc find"
IMAGE = f"localhost/leeboard-test:{os.getpid()}"
WAIT_S = 120


@dataclass(frozen=True, slots=True)
class PodmanHere:
    """How Podman can be used on this machine, with the image of the tests in it; or why it cannot."""

    variables: Mapping[str, str]
    why_not: str = ""


@dataclass(frozen=True, slots=True)
class TestEngine:
    """A running service.

    Attributes:
        variables: what the command `podman` needs to be set.
    """

    __test__ = False
    url: str
    image: str
    variables: Mapping[str, str]

    def podman(self, *arguments: str) -> str:
        return _podman(self.variables, *arguments).stdout

    @contextmanager
    def built(self, name: str, containerfile: str, **files: str) -> Iterator[str]:
        """An image on top of the one of the tests, and files beside its Containerfile; `run_sh` is run.sh."""
        image = f"{self.image}-{name}"
        with tempfile.TemporaryDirectory(prefix="lb-image-") as folder:
            for file, text in files.items():
                (Path(folder) / file.replace("_", ".")).write_text(text)
            (Path(folder) / "Containerfile").write_text(f"FROM {self.image}\n{containerfile}\n")
            self.podman("build", "-q", "-t", image, folder)
        try:
            yield image
        finally:
            self.podman("rmi", "-f", image)

    def containers(self, label: str = "leeboard.job", *, running: bool = False) -> list[str]:
        """Names of those that bear a label; whether they run or not, or only if they do."""
        asked = ["ps"] if running else ["ps", "-a"]
        return self.podman(*asked, "--filter", f"label={label}", "--format", "{{.Names}}").split()


@contextmanager
def container_engine() -> Iterator[TestEngine]:
    """A service of Podman's for as long as it is needed; skips where there can be none."""
    here = podman_here()
    if here.why_not:
        pytest.skip(here.why_not)
    with tempfile.TemporaryDirectory(prefix="lb-podman-") as folder:
        path = Path(folder) / "podman.sock"
        process = subprocess.Popen(
            ["podman", "system", "service", "--time", "0", f"unix://{path}"],
            env=os.environ | dict(here.variables),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            cwd=tempfile.gettempdir(),  # its monitor leaves files where it is
        )
        try:
            _wait_for(path, process)
            yield TestEngine(f"unix://{path}", IMAGE, here.variables)
        finally:
            process.terminate()
            process.wait(WAIT_S)


@lru_cache(1)
def podman_here() -> PodmanHere:
    """Tried with the settings that are there, then with those that a machine of mixed cgroups needs."""
    busybox = shutil.which("busybox")
    if not shutil.which("podman") or not busybox:
        missing = "busybox-static" if shutil.which("podman") else "podman"
        return PodmanHere({}, f"{missing} is not installed: apt-get install podman runc busybox-static")
    folder = Path(tempfile.mkdtemp(prefix="lb-podman-settings-"))
    settings = folder / "containers.conf"
    settings.write_text(SETTINGS)
    said = ""
    for variables in ({}, {"CONTAINERS_CONF": str(settings)}):
        said = _try(variables, busybox, folder)
        if not said:
            atexit.register(_clear, variables, folder)
            return PodmanHere(variables)
    shutil.rmtree(folder, ignore_errors=True)
    return PodmanHere({}, f"podman cannot run containers here: {said[-300:]}")


def _clear(variables: Mapping[str, str], folder: Path) -> None:
    """What the tests built is gone."""
    _podman(variables, "rmi", "-f", IMAGE, check=False)
    shutil.rmtree(folder, ignore_errors=True)


def _try(variables: Mapping[str, str], busybox: str, folder: Path) -> str:
    """Builds the image and runs it; gives what went wrong."""
    context = folder / "context"
    shutil.rmtree(context, ignore_errors=True)
    (context / "bin").mkdir(parents=True)
    shutil.copy(busybox, context / "bin/busybox")
    for name in APPLETS.split():
        (context / "bin" / name).symlink_to("busybox")
    (context / "Containerfile").write_text('FROM scratch\nCOPY bin /bin\nENV PATH=/bin\nCMD ["/bin/true"]\n')
    for arguments in (["build", "-q", "-t", IMAGE, str(context)], ["run", "--rm", "--network=none", IMAGE]):
        done = _podman(variables, *arguments, check=False)
        if done.returncode:
            return done.stderr
    return ""


def _podman(
    variables: Mapping[str, str], *arguments: str, check: bool = True
) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(
        ["podman", *arguments],
        env=os.environ | dict(variables),
        capture_output=True,
        text=True,
        check=check,
        timeout=120,
    )


def _wait_for(path: Path, process: "subprocess.Popen[bytes]") -> None:
    deadline = time.monotonic() + WAIT_S
    while time.monotonic() < deadline and process.poll() is None:
        try:
            return engine_of(f"unix://{path}").ping()
        except Exception:
            time.sleep(0.05)
    raise RuntimeError("the service of podman does not start")
