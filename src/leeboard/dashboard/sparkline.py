"""Numbers as a small line, drawn by the server."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from leeboard.report.words import number

WIDTH, HEIGHT, MARGIN = 120.0, 24.0, 2.0


@dataclass(frozen=True, slots=True)
class Sparkline:
    """Paths in a box of 120 by 24; `limit_y` is where the limit runs, None without one."""

    paths: tuple[str, ...]
    limit_y: float | None
    is_over: bool
    label: str


def sparkline(values: Sequence[float | None], limit: float | None = None) -> Sparkline:
    """A line for each run of numbers without a gap; from 0 up, as distances and shares are.

    >>> sparkline([0.0, 1.0, None, 0.5], limit=0.75).paths
    ('M0.0 22.0L40.0 2.0', 'M120.0 12.0h0.01')
    """
    known = [value for value in values if value is not None]
    top = max([*known, limit or 0.0, 1e-12])
    low = min([*known, 0.0])
    scale = (HEIGHT - 2 * MARGIN) / (top - low)

    def y(value: float) -> float:
        return round(HEIGHT - MARGIN - (value - low) * scale, 1)

    last = known[-1] if known else None
    words = f"{len(known)} values, last {number(last)}" + (
        f", limit {number(limit)}" if limit is not None else ""
    )
    is_over = limit is not None and last is not None and last > limit
    limit_y = None if limit is None else y(limit)
    return Sparkline(tuple(_paths([None if v is None else y(v) for v in values])), limit_y, is_over, words)


def _paths(heights: Sequence[float | None]) -> Iterator[str]:
    step = WIDTH / max(len(heights) - 1, 1)
    path = ""
    for at, height in enumerate([*heights, None]):
        if height is not None:
            path += f"{'L' if path else 'M'}{at * step:.1f} {height}"
        elif path:
            yield path if "L" in path else f"{path}h0.01"
            path = ""
