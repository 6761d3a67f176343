"""Ends the container of a job if the process that runs the job dies, however that comes.

A process of its own waits for that at the end of a pipe, whose other end nobody else has.
"""

import logging
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager

_TRIES, _PAUSE_S = 5, 2.0
_log = logging.getLogger(__name__)


@contextmanager
def guarded(engine: str, container: str) -> Iterator[None]:
    """While this lasts, the container of that name does not outlive this process.

    Args:
        engine: its name, see `finding.engine_of`.
    """
    guard = _started(engine, container)
    try:
        yield
    finally:
        if guard is not None:
            with guard:
                guard.kill()


def _started(engine: str, container: str) -> "subprocess.Popen[bytes] | None":
    command = [sys.executable, "-P", "-m", __name__, engine, container]
    try:
        return subprocess.Popen(  # noqa: S603 - our own program
            command, stdin=subprocess.PIPE, stdout=subprocess.DEVNULL, start_new_session=True
        )
    except OSError as error:
        _log.warning("the container %s would outlive a server that is killed: %s", container, error)
        return None


def main(engine: str, container: str) -> None:
    """Wait for the end of who started this, then end the container."""
    sys.stdin.buffer.read()
    from leeboard.errors import LeeboardError
    from leeboard.jobs.containers.finding import engine_of

    for n_left in reversed(range(_TRIES)):
        try:
            return engine_of(engine).remove(container)
        except LeeboardError:
            if not n_left:
                raise
        time.sleep(_PAUSE_S)


if __name__ == "__main__":
    main(*sys.argv[1:])
