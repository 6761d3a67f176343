"""Writes docs/cli.md from the commands themselves; run by `make docs`."""

import inspect
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from typer.main import get_command

from leeboard.cli.app import app

PAGE = Path(__file__).parents[1] / "docs/cli.md"
HEAD = """# Commands

This page is written by `make docs` from the commands themselves; `leeboard COMMAND --help` says the same.

Paths may be local paths, `file://` or `s3://` URIs. Results go to standard output, progress and errors to
standard error. Exit codes: 0 clean, 1 a fault of leeboard, 2 bad input, 3 violations.
"""


def page() -> str:
    """The whole page as Markdown."""
    return "\n".join([HEAD, *_sections(get_command(app), "leeboard")])


def _sections(command: Any, name: str) -> Iterator[str]:
    """A command and, below it, its subcommands."""
    if name != "leeboard":
        yield f"## `{name}`\n"
        yield _help(command) + "\n"
    rows = [_row(parameter) for parameter in command.params if parameter.name != "help"]
    rows = [row for row in rows if "completion" not in row]
    if rows:
        yield "| Argument or option | What it does |\n| --- | --- |"
        yield "\n".join(rows) + "\n"
    for child, subcommand in getattr(command, "commands", {}).items():
        yield from _sections(subcommand, f"{name} {child}")


def _help(command: Any) -> str:
    """Its docstring, with the examples as a block of code."""
    text = re.sub(r"\[/?bold\]", "", inspect.cleandoc(command.help or "")).replace("\b", "")
    prose, _, examples = re.sub(r"\n{2,}Examples?\n", "\0", text).partition("\0")
    if not examples:
        return prose.strip()
    lines = [line.removeprefix("  ") for line in examples.strip("\n").splitlines() if line.strip()]
    return f"{prose.strip()}\n\n```text\n" + "\n".join(lines) + "\n```"


def _row(parameter: Any) -> str:
    names = [*parameter.opts, *parameter.secondary_opts] if parameter.opts[0].startswith("-") else []
    shown = " ".join(f"`{name}`" for name in names) or f"`{_metavar(parameter)}`"
    value = f" `{_metavar(parameter)}`" if names and not getattr(parameter, "is_flag", False) else ""
    return f"| {shown}{value} | {_meaning(parameter)} |"


def _metavar(parameter: Any) -> str:
    return str(parameter.metavar or "VALUE")


def _meaning(parameter: Any) -> str:
    text = (getattr(parameter, "help", "") or "").replace("|", "\\|")
    default = parameter.default
    if parameter.required:
        return f"{text} Required."
    is_worth_saying = default not in (None, False, ()) and not callable(default)
    return f"{text} Default: `{default}`." if is_worth_saying else text


if __name__ == "__main__":
    PAGE.write_text(page())
