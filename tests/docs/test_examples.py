"""Every example of the documents runs, page by page, in an empty folder.

A block of `python` runs in the namespace of its page, with its output compared if it has prompts.
A block of `console` has commands after `$ ` and what they print; of `bash`, those that begin with
`leeboard` run. A block with `file=NAME` behind its language is written to that file first.
"""

import doctest
import os
import re
import shlex
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PAGES = [ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md"))]
FENCE = re.compile(r"^```(\w+)(?: file=(\S+))?\n(.*?)^```$", re.MULTILINE | re.DOTALL)
LOOSELY = doctest.ELLIPSIS | doctest.NORMALIZE_WHITESPACE
DONE = {0, 3}
"""Exit codes of a command that did its work: clean, violations."""
REFUSED = 2


def blocks(page: Path) -> Iterator[tuple[str, str, str, int]]:
    """Language, file name, text and first line of each fenced block."""
    text = page.read_text()
    for fence in FENCE.finditer(text):
        yield fence[1], fence[2], fence[3], text.count("\n", 0, fence.start(3))


@pytest.fixture
def folder(tmp_path, monkeypatch) -> Path:
    """An empty working folder where `leeboard` is a command."""
    programs = tmp_path / "bin"
    programs.mkdir()
    (programs / "leeboard").write_text(f'#!/bin/sh\nexec {shlex.quote(sys.executable)} -m leeboard "$@"\n')
    (programs / "leeboard").chmod(0o755)
    (tmp_path / "work").mkdir()
    monkeypatch.chdir(tmp_path / "work")
    monkeypatch.setenv("PATH", f"{programs}{os.pathsep}{os.environ['PATH']}")
    monkeypatch.delenv("GITHUB_ACTIONS", raising=False)
    monkeypatch.setenv("COLUMNS", "100")
    monkeypatch.setenv("NO_COLOR", "1")
    return tmp_path / "work"


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_every_example_of_a_page_runs(page, folder):
    namespace = {"__name__": page.stem}
    for language, name, text, line in blocks(page):
        if name:
            (folder / name).write_text(text)
        elif language == "python":
            run_python(text, namespace, f"{page.name}, line {line}")
        elif language == "console":
            run_console(text, f"{page.name}, line {line}")
        elif language == "bash":
            run_bash(text, f"{page.name}, line {line}")


def run_python(text: str, namespace: dict[str, object], where: str) -> None:
    if ">>>" not in text:
        exec(compile(text, where, "exec"), namespace)
        return
    test = doctest.DocTestParser().get_doctest(text, namespace, where, None, 0)
    printed: list[str] = []
    runner = doctest.DocTestRunner(optionflags=LOOSELY)
    runner.run(test, out=printed.append, clear_globs=False)
    namespace.update(test.globs)
    assert not runner.failures, "".join(printed)


def run_console(text: str, where: str) -> None:
    """Commands one by one, each with the lines up to the next one as its output."""
    for example in re.split(r"^\$ ", text, flags=re.MULTILINE)[1:]:
        command, _, wanted = re.sub(r"\\\n\s*", " ", example).partition("\n")
        code, printed = run_command(command)
        assert code in DONE | {REFUSED}, f"{where}: {command}: exit code {code}\n{printed}"
        if wanted.strip():
            found = doctest.OutputChecker().check_output(wanted, printed, LOOSELY)
            assert found, f"{where}: {command} printed\n{printed}"


def run_bash(text: str, where: str) -> None:
    for command in re.sub(r"\\\n\s*", " ", text).splitlines():
        if command.startswith("leeboard "):
            code, printed = run_command(command)
            assert code in DONE, f"{where}: {command}: exit code {code}\n{printed}"


def run_command(command: str) -> tuple[int, str]:
    run = subprocess.run(
        ["bash", "-c", command], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False
    )
    return run.returncode, run.stdout
