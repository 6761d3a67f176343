"""Help that flows to the width of the terminal."""

import re
from inspect import cleandoc

import typer

_WRAPPED = re.compile(r"(?<=[^\s>])\n(?=[^\s\b\[])")
"""A line's end within a paragraph; examples are indented, and lists begin with a mark."""


def unwrap(app: typer.Typer) -> None:
    """Join the lines of each paragraph, as a terminal breaks them once more; of all commands below, too."""
    for command in app.registered_commands:
        text = cleandoc((command.callback and command.callback.__doc__) or "")
        command.help = "\n\n".join(_WRAPPED.sub(" ", part) for part in text.split("\n\n"))
    for group in app.registered_groups:
        if group.typer_instance is not None:
            unwrap(group.typer_instance)
