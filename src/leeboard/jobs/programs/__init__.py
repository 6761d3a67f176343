"""What a processing job of ours runs, by its image: one program a module."""

from collections.abc import Callable
from dataclasses import dataclass

from leeboard.formats.metrics import EmittedMetric
from leeboard.hosting.mapping import builtin_of
from leeboard.jobs.environment import JobEnvironment
from leeboard.jobs.job import Log, Outcome
from leeboard.roster import Roster


@dataclass(frozen=True, slots=True)
class Ended:
    """How a program ended that did its work.

    Attributes:
        message: its exit message; None if it leaves none.
        metrics: numbers for a metric store.
    """

    message: str | None = None
    metrics: tuple[EmittedMetric, ...] = ()

    @classmethod
    def of(cls, outcome: Outcome) -> "Ended":
        """After an analysis; a baseline's numbers are not for the metric store."""
        checks = (result for result in outcome.results if result.violations is not None)
        return cls(outcome.message, tuple(metric for result in checks for metric in result.metrics))


@dataclass(frozen=True, slots=True)
class Program:
    """One program.

    Args:
        name: the last part of the image's repository.
        fits: how surely a job is for it that does not name an image of ours; the surest is taken.
        run: does what the environment asks for.
    """

    name: str
    fits: Callable[[JobEnvironment], int]
    run: Callable[[JobEnvironment, Log], Ended]


PROGRAMS = Roster("program", __name__, Program)


def program_of(environment: JobEnvironment) -> Program:
    """The program that a job is for, by its image or else by what it was told."""
    named = builtin_of(environment.image)
    if named:
        return PROGRAMS.get(named)
    return max(PROGRAMS, key=lambda program: program.fits(environment))
