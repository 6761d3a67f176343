"""A contest and its table."""

from collections.abc import Mapping, Sequence

from bench.contest import Contestant, contest, paired_ratio, peak_mb, wall_s
from bench.results import Cell, Part, Table
from bench.running import Run

TIMING = ["", "wall s (least to most)", "CPU s", "peak MB", "runs", "first line over this", "computes"]


def timed(part: Part, title: str, contestants: Sequence[Contestant], *, repeats: int) -> dict[str, list[Run]]:
    """Run a contest, add its table to the part, and give the runs of those that did not fail."""
    print(f"{part.name}: {title}", flush=True)
    runs = contest(contestants, repeats=repeats)
    part.tables.append(timing_table(title, contestants, runs))
    return {name: found for name, found in runs.items() if found and not found[-1].error}


def timing_table(title: str, contestants: Sequence[Contestant], runs: Mapping[str, Sequence[Run]]) -> Table:
    """One row a contestant; the first of them is the one that the others are held against."""
    ours = runs[contestants[0].name]
    return Table(title, TIMING, [_timing(one, runs[one.name], ours) for one in contestants])


def _timing(one: Contestant, runs: Sequence[Run], ours: Sequence[Run]) -> list[Cell]:
    if not runs or runs[-1].error:
        return [one.name, "did not run", "", "", "", "", runs[-1].error if runs else "no run"]
    times = [run.wall_s for run in runs]
    spread = f" ({min(times):.2f} to {max(times):.2f})" if len(times) > 1 else ""
    ratio = "" if ours is runs or ours[-1].error else f"{paired_ratio(ours, runs):.2f}x"
    cpu_s = sorted(run.cpu_s for run in runs)[len(runs) // 2]
    wall = f"{wall_s(runs):.2f}{spread}"
    return [one.name, wall, f"{cpu_s:.2f}", f"{peak_mb(runs):,.0f}", len(runs), ratio, one.does]
