"""Programs of tests that run as several processes at the same time."""

import subprocess
import sys
from collections.abc import Callable

import pytest

AtOnce = Callable[..., list[str]]
PATIENCE_S = 120


@pytest.fixture
def at_once() -> AtOnce:
    """Runs a program in N processes together, which all wait until the last one is ready; what each printed.

    The program gets its arguments as `argv`, and calls `ready()` where the race is to begin.
    """
    preface = "import sys\nargv = sys.argv[1:]\ndef ready():\n    print('ready', flush=True)\n    input()\n"

    def run(n: int, program: str, *arguments: str) -> list[str]:
        processes = [
            subprocess.Popen(
                [sys.executable, "-W", "error", "-c", preface + program, *arguments],
                stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
            )
            for _ in range(n)
        ]  # fmt: skip
        try:
            assert [process.stdout.readline() for process in processes] == ["ready\n"] * n
            for process in processes:
                process.stdin.write("\n")
                process.stdin.flush()
            told = [process.communicate(timeout=PATIENCE_S) for process in processes]
        finally:
            for process in processes:
                process.kill()
                process.communicate()
        assert [(process.returncode, error) for process, (_, error) in zip(processes, told, strict=True)] == [
            (0, "")
        ] * n
        return [output.strip() for output, _ in told]

    return run
