"""leeboard's own images, built from what the package registries give and a root that debootstrap makes."""

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from container_engine import podman_here

ROOT = Path(__file__).parents[2]
BASE = "localhost/leeboard-base:bookworm"
"""Stays on the machine, as it takes minutes to make."""
MIRROR = "http://deb.debian.org/debian"
BUILD_S = 1800


@dataclass(frozen=True, slots=True)
class Podman:
    """The command, with the settings that this machine needs."""

    variables: dict[str, str]

    def __call__(self, *arguments: str, check: bool = True) -> "subprocess.CompletedProcess[str]":
        done = subprocess.run(
            ["podman", *arguments],
            env=os.environ | self.variables,
            capture_output=True,
            text=True,
            timeout=BUILD_S,
            check=False,
        )
        assert not check or done.returncode == 0, done.stderr[-4000:]
        return done


@pytest.fixture(scope="session")
def podman() -> Podman:
    here = podman_here()
    if here.why_not:
        pytest.skip(here.why_not)
    return Podman(dict(here.variables))


@pytest.fixture(scope="session")
def base(podman: Podman, tmp_path_factory: pytest.TempPathFactory) -> str:
    """An image with Python, as no registry is asked for one."""
    if podman("image", "exists", BASE, check=False).returncode:
        if not shutil.which("debootstrap") or os.geteuid():
            pytest.skip("debootstrap is not installed, or this is not root: apt-get install debootstrap")
        folder = tmp_path_factory.mktemp("root")
        packages = "--include=python3,python3-venv,ca-certificates"
        made = ["debootstrap", "--variant=minbase", packages, "bookworm", str(folder / "root"), MIRROR]
        subprocess.run(made, check=True, capture_output=True, timeout=BUILD_S)
        subprocess.run(
            ["tar", "-C", str(folder / "root"), "-cf", str(folder / "root.tar"), "."],
            check=True,
            timeout=BUILD_S,
        )
        podman("import", str(folder / "root.tar"), BASE)
        shutil.rmtree(folder)
    return BASE


@pytest.fixture(scope="session")
def context(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with `containers/` and, in `dist/`, the wheels of leeboard and of all that it needs."""
    folder = tmp_path_factory.mktemp("context")
    shutil.copytree(ROOT / "containers", folder / "containers")
    dist = str(folder / "dist")
    _run(sys.executable, "-m", "build", "--wheel", "--quiet", "--outdir", dist, str(ROOT))
    (wheel,) = (folder / "dist").glob("leeboard-*.whl")
    _run(sys.executable, "-m", "pip", "wheel", "--quiet", "--wheel-dir", dist, f"{wheel}[postgres]",
         "--constraint", str(ROOT / "constraints.txt"))  # fmt: skip
    return folder


def _run(*command: str) -> None:
    done = subprocess.run(command, capture_output=True, text=True, timeout=BUILD_S, check=False)
    assert done.returncode == 0, done.stderr[-4000:]


def built(podman: Podman, base: str, context: Path, file: str, name: str) -> Iterator[str]:
    """An image of ours, until it is needed no more."""
    arguments = [f"BASE={base}", "PIP_OPTIONS=--no-index --find-links /dist"]
    given = [word for one in arguments for word in ("--build-arg", one)]
    podman("build", "-q", *given, "-f", str(context / "containers" / file), "-t", name, str(context))
    yield name
    podman("rmi", "-f", name)


@pytest.fixture(scope="session")
def analyzer_image(podman: Podman, base: str, context: Path) -> Iterator[str]:
    yield from built(podman, base, context, "Containerfile.analyzer", f"localhost/lb-analyzer:{os.getpid()}")


@pytest.fixture(scope="session")
def server_image(podman: Podman, base: str, context: Path) -> Iterator[str]:
    yield from built(podman, base, context, "Containerfile", f"localhost/lb-server:{os.getpid()}")
