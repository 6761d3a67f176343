"""Which command or Python module of this machine stands for an image in processing jobs."""

import json
import shlex
from collections.abc import Mapping
from dataclasses import dataclass
from os import PathLike, fspath
from pathlib import Path
from typing import Any, Self

from leeboard.errors import FormatError
from leeboard.hosting.mapping import is_meant
from leeboard.storage import read_bytes

EXAMPLE = '[{"image": "*/my-monitor:*", "command": "python3 monitor.py"}]'
_KEYS = ("image", "command", "module", "requirements")
_DOTTED = "a module such as package.module"


@dataclass(frozen=True, slots=True)
class JobRoute:
    """One line of a map: a pattern of images, and either a command or a module.

    Attributes:
        image: a shell pattern over the whole image, case-sensitive.
        command: a program and its first arguments, cut into words as a shell cuts them.
        module: what `python -m` runs.
        requirements: of the module's own environment: lines for pip, or the name of a file with
            them; None to run it by the Python that runs leeboard.

    Raises:
        FormatError: if it is not usable; the message says what is wrong.
    """

    image: str
    command: str | None = None
    module: str | None = None
    requirements: str | tuple[str, ...] | None = None

    def __post_init__(self) -> None:
        if not self.image.strip():
            raise FormatError('"image" is empty; write a pattern such as "*/my-monitor:*"')
        if (self.command is None) == (self.module is None):
            raise FormatError('exactly one of "command" and "module" is needed')
        if self.command is not None and self.requirements is not None:
            raise FormatError('"requirements" go with a "module"; a command brings its own environment')
        if self.module is not None and not all(part.isidentifier() for part in self.module.split(".")):
            raise FormatError(f'"module" is {self.module!r}; expected {_DOTTED}')
        if self.command is not None:
            _check_command(self.command)


@dataclass(frozen=True, slots=True)
class JobMap:
    """Routes in their order; the first one that matches an image counts.

    Attributes:
        folder: where the programs start: relative paths and modules are looked for there.
    """

    routes: tuple[JobRoute, ...] = ()
    folder: Path = Path()

    def find(self, image: str) -> JobRoute | None:
        """The route of an image, if there is one."""
        return next((route for route in self.routes if is_meant(route.image, image)), None)

    @classmethod
    def read(cls, path: str | PathLike[str]) -> Self:
        """The map in a JSON file; its programs start in the folder of the file.

        Raises:
            NotFoundError: there is no such file.
            FormatError: it is not a list of routes; the message names file, entry and what is wrong.
        """
        name = fspath(path)
        try:
            entries = json.loads(read_bytes(name))
        except (ValueError, RecursionError) as error:
            raise FormatError(f"{name} is not JSON: {error}", name) from None
        if not isinstance(entries, list):
            raise FormatError(f"{name} holds no list; expected one as in {EXAMPLE}", name)
        routes = tuple(_route(entry, n, name) for n, entry in enumerate(entries, 1))
        return cls(routes, Path(name).absolute().parent)


def _route(entry: Any, n: int, name: str) -> JobRoute:
    try:
        return JobRoute(**_checked(entry))
    except FormatError as error:
        raise FormatError(f"{name}, entry {n}: {error}", name) from None


def _checked(entry: Any) -> Mapping[str, Any]:
    if not isinstance(entry, dict):
        raise FormatError(f"expected an object, as in {EXAMPLE}")
    for key, value in entry.items():
        if key not in _KEYS:
            raise FormatError(f'unknown key "{key}"; known are {", ".join(_KEYS)}')
        is_list = isinstance(value, list) and all(isinstance(line, str) for line in value)
        if not (isinstance(value, str) or (key == "requirements" and is_list)):
            wanted = "a text or a list of texts" if key == "requirements" else "a text"
            raise FormatError(f'"{key}" is {json.dumps(value)[:60]}; expected {wanted}')
    if "image" not in entry:
        raise FormatError('"image" is missing')
    return {key: tuple(value) if isinstance(value, list) else value for key, value in entry.items()}


def _check_command(command: str) -> None:
    try:
        words = shlex.split(command)
    except ValueError as error:
        raise FormatError(f'"command" cannot be cut into words ({error}): {command}') from None
    if not words:
        raise FormatError('"command" is empty; write a program and its arguments')
