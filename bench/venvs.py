"""One virtual environment for each peer, as their requirements exclude each other."""

import os
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import IO

from bench.places import REQUIREMENTS, ROOT, VENVS

LIMIT_S = 1_200

SHARED = {"duckdb": ROOT / ".venv-bench"}
"""Made by `make bench` before the bench starts."""


def python_of(peer: str) -> Path:
    """The interpreter of a peer's environment, there or not."""
    return SHARED.get(peer, VENVS / peer) / "bin" / "python"


def reason_missing(peer: str) -> str | None:
    """Why a peer cannot run; None if it can."""
    if _stamp(peer).exists() or (peer in SHARED and python_of(peer).exists()):
        return None
    log = _log(peer)
    return f"does not install: {_last_error(log)}" if log.exists() else "not installed"


def install(peer: str) -> None:
    """Make the environment of a peer once; a failure is kept in a log and tried again next time."""
    if reason_missing(peer) is None:
        return
    folder = python_of(peer).parents[1]
    folder.parent.mkdir(parents=True, exist_ok=True)
    name = "requirements.txt" if peer in SHARED else f"requirements-{peer}.txt"
    pip = [python_of(peer), "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
    print(f"installing {peer}", flush=True)
    with _log(peer).open("w") as log:
        venv = [sys.executable, "-m", "venv", folder]
        newer_pip = [*pip, "--upgrade", "pip"]  # an old one searches for hours what a newer one finds
        for command in (venv, newer_pip, [*pip, "--requirement", REQUIREMENTS / name]):
            if not _succeeds(command, log):
                return
    _log(peer).unlink()
    _stamp(peer).touch()


def _succeeds(command: Sequence[str | Path], log: IO[str]) -> bool:
    try:
        done = subprocess.run(
            command, stdout=log, stderr=log, preexec_fn=_be_nice, timeout=LIMIT_S, check=False
        )
    except subprocess.TimeoutExpired:
        return False
    return done.returncode == 0


def _be_nice() -> None:
    os.nice(10)


def _stamp(peer: str) -> Path:
    return python_of(peer).parents[1] / "installed"


def _log(peer: str) -> Path:
    return VENVS / f"{peer}.log"


def _last_error(log: Path) -> str:
    lines = [line for line in log.read_text().splitlines() if line.startswith("ERROR:")]
    return lines[-1][:200] if lines else f"pip did not come to an end in {LIMIT_S // 60} minutes"
