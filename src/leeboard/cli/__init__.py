"""The command line; the only place that prints."""

import os
import sys


def main() -> None:
    """Entry point of the `leeboard` command.

    Exit codes: 0 clean, 1 a fault of ours, 2 bad input, 3 violations.
    """
    _choose_sort()
    from leeboard.cli.app import run

    sys.exit(run(sys.argv[1:]))


def _choose_sort() -> None:
    """On AMD Zen 4, numpy's AVX-512 sort is several times slower than its AVX2 sort."""
    try:
        with open("/proc/cpuinfo") as file:
            head = file.read(4096)
    except OSError:
        return
    if "AuthenticAMD" in head and "cpu family\t: 25" in head:
        os.environ.setdefault("NPY_DISABLE_CPU_FEATURES", "X86_V4 AVX512_ICL AVX512_SPR")
