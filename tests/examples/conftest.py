"""Baselines as examples/README.md has them made, with data that keep and data that break them."""

import os
import random
import shlex
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).parents[2]
TRAINING = "age,plan\n" + "".join(f"{20 + i % 40},{'ab'[i % 2]}\n" for i in range(500))
BROKEN = TRAINING.replace("20,", "old,").replace(",b", ",c")


def predictions(seed: int, *, flipped: bool = False) -> str:
    """Labels that follow a score, or its opposite."""
    draw, lines = random.Random(seed), ["label,score"]
    for _ in range(400):
        score = draw.random()
        is_positive = score + draw.gauss(0, 0.2) > 0.5
        lines.append(f"{int(is_positive != flipped)},{score:.4f}")
    return "\n".join(lines) + "\n"


@pytest.fixture(scope="session")
def programs(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder in which `leeboard` is a command."""
    folder = tmp_path_factory.mktemp("bin")
    (folder / "leeboard").write_text(f'#!/bin/sh\nexec {shlex.quote(sys.executable)} -m leeboard "$@"\n')
    (folder / "leeboard").chmod(0o755)
    return folder


@pytest.fixture(scope="session")
def shell(programs: Path) -> Callable[..., "subprocess.CompletedProcess[str]"]:
    """Runs a script in bash as runners of a CI do, with their variables and few others."""

    def shell(script: str, folder: Path, **variables: str) -> "subprocess.CompletedProcess[str]":
        environment = {
            "PATH": f"{programs}{os.pathsep}{os.environ['PATH']}",
            "PYTHONPATH": os.pathsep.join(sys.path),
            "COLUMNS": "160",
        }
        command = ["bash", "--noprofile", "--norc", "-eo", "pipefail", "-c", script]
        return subprocess.run(
            command, cwd=folder, env=environment | variables, capture_output=True, text=True, check=False
        )

    return shell


@pytest.fixture(scope="session")
def trusted(tmp_path_factory: pytest.TempPathFactory, shell: Callable[..., Any]) -> Path:
    """The baselines, made by the commands of the page."""
    folder = tmp_path_factory.mktemp("trusted")
    (folder / "train.csv").write_text(TRAINING)
    (folder / "validation.csv").write_text(predictions(1))
    page = (ROOT / "examples/README.md").read_text()
    commands = page.partition("```text\n")[2].partition("```")[0]
    done = shell(commands, folder)
    assert done.returncode == 0, done.stderr
    return folder / "baselines"


@pytest.fixture(params=["broken", pytest.param("kept", marks=pytest.mark.slow)])
def case(request: pytest.FixtureRequest) -> str:
    return request.param


@pytest.fixture
def project(case: str, tmp_path: Path, trusted: Path) -> Path:
    """A checkout with baselines, and a candidate that keeps or breaks them."""
    shutil.copytree(trusted, tmp_path / "baselines")
    (tmp_path / "data").mkdir()
    (tmp_path / "data/candidate.csv").write_text(TRAINING if case == "kept" else BROKEN)
    (tmp_path / "data/predictions.csv").write_text(predictions(2, flipped=case == "broken"))
    return tmp_path


@pytest.fixture(scope="session")
def interpreter() -> Callable[[str], Path]:
    """The Python of an environment that has an orchestrator beside leeboard."""

    def interpreter(name: str) -> Path:
        python = ROOT / f".venv-{name}/bin/python"
        if not python.exists():
            pytest.skip(f"no environment .venv-{name}: python tools/make_venvs.py {name}")
        return python

    return interpreter
