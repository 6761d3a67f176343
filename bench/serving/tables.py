"""Turns of a load as a table and as ratios."""

from collections.abc import Callable, Mapping, Sequence
from statistics import median

from bench.results import Table
from bench.serving.load import Turn

Turns = Mapping[str, Sequence[Turn]]
HEADER = ["", "requests/s", "p50 ms", "p99 ms", "CPU us of a request", "turns", "time over the first line"]


def table(title: str, turns: Turns, text: str = "") -> Table:
    """One row a target; the first is the one that the others are held against."""
    first = next(iter(turns))
    return Table(title, HEADER, [_row(name, turns, first) for name in turns], text)


def _row(name: str, turns: Turns, first: str) -> list:
    mine = turns[name]
    ratio = "" if name == first else f"{time_ratio(turns, name, first):.2f}x"
    numbers = [f"{_median(mine, lambda turn: turn.per_s):,.0f}"]
    numbers += [f"{_median(mine, lambda turn, at=at: turn.ms_at(at)):.2f}" for at in (0.5, 0.99)]
    cpu_us = _median(mine, lambda turn: turn.cpu_us)
    return [name, *numbers, f"{cpu_us:.0f}" if cpu_us else "not measured", len(mine), ratio]


def _median(turns: Sequence[Turn], number: Callable[[Turn], float]) -> float:
    return median(map(number, turns))


def time_ratio(turns: Turns, mine: str, theirs: str) -> float:
    """Median over the turns of time over time."""
    pairs = zip(turns[mine], turns[theirs], strict=True)
    return median(one.wall_s / other.wall_s for one, other in pairs)


def p99_difference_ms(turns: Turns, mine: str, theirs: str) -> float:
    """Median over the turns of the difference in the 99th percentile."""
    pairs = zip(turns[mine], turns[theirs], strict=True)
    return median(one.ms_at(0.99) - other.ms_at(0.99) for one, other in pairs)
