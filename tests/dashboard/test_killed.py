"""A change whose process dies at any statement is wholly there, with a name under it, or not at all."""

import json
import subprocess
import sys
from itertools import groupby
from pathlib import Path
from typing import Any

import pytest

PROGRAM = Path(__file__).with_name("killed.py")


def killed(home: Path, kind: str) -> dict[str, Any]:
    """In one program for all changes of a kind, as most of the time goes into its start."""
    asked = [sys.executable, str(PROGRAM), str(home), kind]
    run = subprocess.run(asked, capture_output=True, text=True, check=False, timeout=900)
    assert run.returncode == 0, run.stderr
    found: dict[str, Any] = json.loads(run.stdout)
    return found


def check(name: str, told: dict[str, Any]) -> None:
    """Nothing, then all of it: it was kept at one moment, and the lines are a part of it."""
    assert [state for state, _ in groupby(told["states"])] == ["before", "after"], name
    assert len(told["states"]) > 3, name
    assert told["lines"], name
    assert all("'kim'" in line for line in told["lines"]), name


def test_changes_by_pages_are_kept_with_their_lines_or_not_at_all(tmp_path: Path) -> None:
    told = killed(tmp_path, "quick")
    assert set(told) == {"create", "edit", "go back", "delete", "enable", "disable", "run now"}
    for name, each in told.items():
        check(name, each)
    assert ["made a schedule" in line for line in told["create"]["lines"]] == [True, True]


@pytest.mark.slow
def test_so_are_other_changes_by_pages_operations_and_commands(tmp_path: Path) -> None:
    for name, each in killed(tmp_path, "more").items():
        check(name, each)
