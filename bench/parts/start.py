"""Starting up, and the size of an installation."""

import subprocess
import sys
from pathlib import Path

from bench.contest import Contestant, wall_s
from bench.contestants import LEEBOARD
from bench.places import ROOT, WORK
from bench.results import Goal, Part, Table
from bench.sizes import Sizes
from bench.timing import timed
from bench.venvs import python_of, reason_missing

HELP, IMPORT = "leeboard --help", "import leeboard"
OTHERS = {"whylogs": "whylogs", "evidently": "evidently", "nannyml": "nannyml"}
CORE = WORK / "venvs" / "core"


def measure(sizes: Sizes, data: Path) -> Part:
    part = Part("start", "Start and size")
    imports = [_import(f"import {module}", python_of(peer), module, peer) for peer, module in OTHERS.items()]
    ours = [
        Contestant(HELP, [LEEBOARD, "--help"]),
        _import(IMPORT, sys.executable, "leeboard", ""),
        _import("import leeboard, its calls too", sys.executable, "leeboard.library", ""),
    ]
    runs = timed(part, "Start", [*ours, *imports], repeats=sizes.repeats)
    core_mb = _core_mb()
    part.tables.append(Table("Size of a fresh environment, pip included", ["", "MB"], _sizes(core_mb)))
    part.goals = [
        Goal(HELP, 0.5, wall_s(runs[HELP]) if HELP in runs else None, "s"),
        Goal(IMPORT, 0.5, wall_s(runs[IMPORT]) if IMPORT in runs else None, "s"),
        Goal("core installation", 400, core_mb, "MB"),
    ]
    return part


def _import(name: str, python: str | Path, module: str, peer: str) -> Contestant:
    return Contestant(name, [python, "-c", f"import {module}"], peer)


def _core_mb() -> float | None:
    """Size of a fresh installation without extras; None if it fails."""
    python = CORE / "bin" / "python"
    pip = [python, "-m", "pip", "install", "--quiet", "--quiet", "--disable-pip-version-check"]
    venv = [sys.executable, "-m", "venv", "--clear", CORE]
    commands = [venv, [*pip, "--constraint", ROOT / "constraints.txt", ROOT]]
    print("start: installing the core", flush=True)
    if any(subprocess.run(command, check=False).returncode for command in commands):
        return None
    return _size_mb(CORE)


def _sizes(core_mb: float | None) -> list[list]:
    rows: list[list] = [["leeboard, no extras", core_mb if core_mb is not None else "does not install"]]
    for peer in (*OTHERS, "tfdv", "duckdb"):
        missing = reason_missing(peer)
        rows.append([peer, missing or _size_mb(python_of(peer).parents[1])])
    return rows


def _size_mb(folder: Path) -> float:
    files = (file for file in folder.rglob("*") if file.is_file() and not file.is_symlink())
    return round(sum(file.stat().st_size for file in files) / 1e6)
