"""One process, measured: wall time with start-up, CPU time and peak memory.

Nothing heavy may be imported by the program that uses this module: a child begins as a copy of
its parent, and the kernel counts that copy towards the child's peak memory.
"""

import os
import signal
import subprocess
import tempfile
import threading
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from bench.places import ROOT

LIMIT_S = 1_800
ENOUGH = 2_000
"""Characters of the output that are kept."""


@dataclass(frozen=True, slots=True)
class Run:
    """What one process took.

    Attributes:
        peak_mb: of the largest process of its tree, 10^6 bytes.
        error: last line of the error output if it failed, else empty.
        output: the end of what it printed.
    """

    wall_s: float
    cpu_s: float
    peak_mb: float
    error: str = ""
    output: str = ""


def run(
    command: Sequence[str], *, accepted: Sequence[int] = (0,), environment: Mapping[str, str] | None = None
) -> Run:
    """Run a command to its end; a failure is told in the result."""
    with tempfile.TemporaryFile() as output, tempfile.TemporaryFile() as errors:
        began = time.perf_counter()
        process = subprocess.Popen(
            [str(part) for part in command],
            cwd=ROOT,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=errors,
            env=_environment(environment or {}),
            start_new_session=True,
        )
        alarm = threading.Timer(LIMIT_S, os.killpg, (process.pid, signal.SIGKILL))
        alarm.start()
        _, status, usage = os.wait4(process.pid, 0)
        wall_s = time.perf_counter() - began
        alarm.cancel()
        process.returncode = code = os.waitstatus_to_exitcode(status)
        return Run(
            wall_s=wall_s,
            cpu_s=usage.ru_utime + usage.ru_stime,
            peak_mb=usage.ru_maxrss * 1024 / 1e6,
            error="" if code in accepted else f"exit {code}: {_end(errors)[-200:]}",
            output=_end(output),
        )


def _environment(wanted: Mapping[str, str]) -> dict[str, str]:
    """Ours, but modules stay compiled after the first turn, as they are where leeboard is installed."""
    kept = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    return {**kept, **wanted}


def _end(file) -> str:
    file.seek(0)
    lines = file.read().decode(errors="replace").strip()[-ENOUGH:].splitlines()
    return next((line for line in reversed(lines) if line.strip()), "")
