"""Numbers of goals, None where a contestant that they need did not run."""

from collections.abc import Mapping, Sequence

from bench.contest import paired_ratio, peak_mb
from bench.running import Run

Runs = Mapping[str, Sequence[Run]]


def time_ratio(runs: Runs, mine: str, theirs: str) -> float | None:
    return paired_ratio(runs[mine], runs[theirs]) if mine in runs and theirs in runs else None


def peak(runs: Runs, mine: str) -> float | None:
    return peak_mb(runs[mine]) if mine in runs else None


def peak_ratio(runs: Runs, mine: str, theirs: str) -> float | None:
    return peak_mb(runs[mine]) / peak_mb(runs[theirs]) if mine in runs and theirs in runs else None
