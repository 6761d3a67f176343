"""Python environments of modules: made once for each list of requirements, and kept."""

import fcntl
import hashlib
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from shutil import rmtree

from leeboard.errors import InputError

_MADE = "made"
"""Written when all is there: a folder without it is what an interrupted start left."""
_LOOK_S = 0.2
Commands = Callable[[Sequence[str]], None]
"""Runs one command in the folder of the map; raises if it fails."""


@dataclass(frozen=True, slots=True)
class ModuleEnvironment:
    """One environment.

    Attributes:
        place: its folder; the name tells Python's version and the requirements.
        lines: for pip.
    """

    place: Path
    lines: tuple[str, ...]

    @property
    def python(self) -> str:
        return str(self.place / "bin" / "python")

    @property
    def is_made(self) -> bool:
        return (self.place / _MADE).exists()

    def make(self, run: Commands, hold: Callable[[], None]) -> None:
        """Makes it unless it is there; one maker at a time, also among processes.

        Args:
            run: for the commands that make it.
            hold: called while another maker is waited for; raises if there is no time left.
        """
        self.place.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        with _alone(self.place.with_suffix(".lock"), hold):
            if self.is_made:
                return
            rmtree(self.place, ignore_errors=True)
            run([sys.executable, "-m", "venv", str(self.place)])
            if self.lines:
                file = self.place / "requirements.txt"
                file.write_text("\n".join(self.lines) + "\n", encoding="utf-8")
                options = ("--disable-pip-version-check", "--no-input", "--progress-bar", "off")
                run([self.python, "-m", "pip", "install", *options, "--requirement", str(file)])
            (self.place / _MADE).touch()


def environment_of(
    requirements: str | tuple[str, ...], folder: Path, environments: Path
) -> ModuleEnvironment:
    """The environment that these requirements ask for, whether it is made or not.

    Args:
        requirements: lines, or the name of a file with them.
        folder: relative names are looked for there.
        environments: the folder of all environments.

    Raises:
        InputError: there is no such file.
    """
    lines = tuple(_read(folder / requirements) if isinstance(requirements, str) else requirements)
    key = hashlib.sha256(f"{sys.version}\n{sys.platform}".encode())
    for line in lines:
        key.update(f"\n{line}".encode())
        key.update(_digest_of_file(line, folder))
    return ModuleEnvironment(environments / key.hexdigest()[:16], lines)


def _read(file: Path) -> list[str]:
    try:
        return file.read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise InputError(f"the requirements {file} cannot be read: {error}") from None


def _digest_of_file(line: str, folder: Path) -> bytes:
    """A wheel or a list beside the map may change under the same name."""
    words = line.partition(" #")[0].split()
    file = folder / words[-1].strip("'\"") if words else folder
    return hashlib.sha256(file.read_bytes()).digest() if file.is_file() else b""


@contextmanager
def _alone(file: Path, hold: Callable[[], None]) -> Iterator[None]:
    """The lock goes with its process, so that a killed maker keeps nobody waiting."""
    with file.open("a") as lock:
        while True:
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
                break
            except BlockingIOError:
                hold()
                time.sleep(_LOOK_S)
        yield
