"""The analyzer as a program: `python -m leeboard.jobs`, told by environment variables alone."""

import os
import sys

from leeboard.jobs.contract import execute
from leeboard.jobs.environment import JobEnvironment


def _log(line: str) -> None:
    sys.stderr.write(line + "\n")


sys.exit(execute(JobEnvironment(os.environ, os.environ.get("LEEBOARD_ROOT", "/")), _log))
