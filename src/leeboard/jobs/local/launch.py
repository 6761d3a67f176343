"""What starts a program of this machine: limits for itself first, then it becomes the program."""

import json
import os
import signal
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

from leeboard.jobs.confinement import confine_as_told

NOT_STARTED = 127


def launch_file(folder: Path, command: Sequence[str], environment: Mapping[str, str], cwd: Path) -> Path:
    """Writes what is to be started: the starter itself must not see the program's variables."""
    file = folder / "launch.json"
    order = {"command": list(command), "environment": dict(environment), "cwd": str(cwd)}
    file.write_text(json.dumps(order), encoding="utf-8")
    return file


def starter(file: Path) -> list[str]:
    """The command that starts what the file tells."""
    return [sys.executable, "-P", "-X", "utf8", "-m", "leeboard.jobs.local.launch", str(file)]


def main(file: str) -> None:
    """Becomes the program; comes back with an exit code only if there is no such program."""
    confine_as_told()
    order = json.loads(Path(file).read_bytes())
    command, cwd = order["command"], order["cwd"]
    for ignored in (signal.SIGPIPE, signal.SIGXFSZ):  # by Python, for itself
        signal.signal(ignored, signal.SIG_DFL)
    try:
        os.chdir(cwd)
        os.execvpe(command[0], command, order["environment"])  # noqa: S606 - no shell, as is meant
    except OSError as error:
        sys.stderr.write(f"the program {command[0]!r} cannot be started in {cwd}: {error.strerror}\n")
        sys.exit(NOT_STARTED)


if __name__ == "__main__":
    main(sys.argv[1])
