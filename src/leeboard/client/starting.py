"""Becomes another program."""

import os
import shutil
from collections.abc import Mapping, Sequence
from typing import NoReturn

from leeboard.errors import InputError


def start(command: Sequence[str], environment: Mapping[str, str]) -> NoReturn:
    """Replace this process: exit code, signals, terminal and standard streams are then the program's own."""
    path = environment.get("PATH", os.defpath)
    program = shutil.which(command[0], path=path)
    if program is None:
        raise InputError(
            f"no program {command[0]!r}: no file that may be run has this name, here or on {path}"
        )
    try:
        os.execve(program, list(command), dict(environment))  # noqa: S606 - what the user asked for
    except OSError as error:
        raise InputError(f"{program} cannot be run: {error.strerror}") from error
