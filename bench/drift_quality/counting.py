"""Runs every judge over the catalogue and over honest windows."""

from collections import Counter
from collections.abc import Iterator, Sequence

import polars as pl

from bench.columns import block
from bench.drift_quality.catalogue import REAL, TRIVIAL, Shift
from bench.drift_quality.judges import JUDGES, Judge
from bench.drift_quality.sides import Side

SEED = 20261122
BASELINE_ROWS = 100_000
ROWS_A_SIZE = 200_000

Found = Counter[tuple[str, str, int]]
"""(judge, shift, window size) -> windows in which the shift was called drift."""


def repeats(size: int) -> int:
    """How many windows of that size there are for each shift: one to ten."""
    return max(1, min(10, ROWS_A_SIZE // size))


def in_catalogue(sizes: Sequence[int]) -> Found:
    """Each shift alone among the twenty columns of an unchanged table."""
    usual = Side.of(block(SEED, 0, BASELINE_ROWS))
    found: Found = Counter()
    windows = {(size, turn): Side.of(block(SEED + 1 + turn, size, size)) for size, turn in _turns(sizes)}
    for shift in (*REAL, *TRIVIAL):
        print(f"  {shift.name}", flush=True)
        alone = Side.of(shift.reference(SEED, BASELINE_ROWS).to_frame())
        among = usual.beside(alone)
        for (size, turn), others in windows.items():
            window = Side.of(shift.window(SEED + turn, size).to_frame())
            for judge in JUDGES:
                found[judge.name, shift.name, size] += _calls(judge, shift, (alone, among), (window, others))
    return found


def _calls(judge: Judge, shift: Shift, baseline: tuple[Side, Side], window: tuple[Side, Side]) -> bool:
    if judge.sees_all:
        return shift.name in judge.drifted(baseline[1], window[1].beside(window[0]))
    return shift.name in judge.drifted(baseline[0], window[0])


def _turns(sizes: Sequence[int]) -> Iterator[tuple[int, int]]:
    return ((size, turn) for size in sizes for turn in range(repeats(size)))


def in_honest_windows(size: int, n_windows: int) -> tuple[Counter[str], Counter[str]]:
    """Windows with any false alarm, and columns falsely called drifted, by judge."""
    baseline = Side.of(block(SEED, 0, BASELINE_ROWS))
    windows, columns = Counter(), Counter()
    for turn in range(n_windows):
        window = Side.of(honest_window(size, turn))
        for judge in JUDGES:
            called = judge.drifted(baseline, window)
            windows[judge.name] += bool(called)
            columns[judge.name] += len(called)
    return windows, columns


def honest_window(size: int, turn: int) -> pl.DataFrame:
    """Rows of the same making as the baseline's, from another seed."""
    return block(SEED + 1_000 + turn, size, size)
