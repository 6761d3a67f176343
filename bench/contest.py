"""Contestants that run by turns, so that whatever slows the machine slows all of them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from statistics import median

from bench.running import Run, run
from bench.venvs import reason_missing


@dataclass(frozen=True, slots=True)
class Contestant:
    """A command that is timed.

    Attributes:
        peer: whose environment it needs; empty for leeboard and what comes with it.
        is_slow: it runs once, and is not warmed up.
        does: what it computes, where that differs from what leeboard computes.
        accepted: exit codes that are no failure.
    """

    name: str
    command: Sequence[str]
    peer: str = ""
    is_slow: bool = False
    does: str = ""
    accepted: Sequence[int] = (0,)
    environment: Mapping[str, str] = field(default_factory=dict)

    @property
    def missing(self) -> str | None:
        """Why it cannot run; None if it can."""
        return reason_missing(self.peer) if self.peer else None

    def run(self) -> Run:
        if self.missing:
            return Run(0.0, 0.0, 0.0, error=self.missing)
        return run(self.command, accepted=self.accepted, environment=self.environment)


def contest(contestants: Sequence[Contestant], *, repeats: int) -> dict[str, list[Run]]:
    """The runs of each; a contestant that fails does not run again, a missing one has one failed run."""
    runs: dict[str, list[Run]] = {one.name: [] for one in contestants}
    for turn in range(-1, repeats):
        for one in contestants:
            if _is_out(runs[one.name]) or (one.is_slow and turn != 0):
                continue
            found = one.run()
            shown = found.error or f"{found.wall_s:.2f} s, {found.peak_mb:.0f} MB"
            print(f"  {one.name}: {shown}", flush=True)
            if turn >= 0 or found.error:  # turn -1 warms caches and is not counted
                runs[one.name].append(found)
    return runs


def _is_out(runs: Sequence[Run]) -> bool:
    return bool(runs) and bool(runs[-1].error)


def paired_ratio(runs: Sequence[Run], against: Sequence[Run]) -> float:
    """Median over the turns of wall time over wall time; one run stands for all turns if it is alone."""
    if len(against) == 1:
        against = [against[0]] * len(runs)
    if len(runs) == 1:
        runs = [runs[0]] * len(against)
    return median(mine.wall_s / theirs.wall_s for mine, theirs in zip(runs, against, strict=False))


def wall_s(runs: Sequence[Run]) -> float:
    return median(one.wall_s for one in runs)


def peak_mb(runs: Sequence[Run]) -> float:
    return max(one.peak_mb for one in runs)
