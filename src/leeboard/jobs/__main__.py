"""The analyzer as a program: `python -m leeboard.jobs`, told by environment variables alone."""

import os
import sys

from leeboard.jobs.confinement import confine_as_told


def _log(line: str) -> None:
    sys.stderr.write(line + "\n")


def _main() -> int:
    confine_as_told()
    # late, as the limits are to hold for what these load, too
    from leeboard.jobs.contract import execute
    from leeboard.jobs.environment import JobEnvironment

    return execute(JobEnvironment.of_process(os.environ), _log)


sys.exit(_main())
