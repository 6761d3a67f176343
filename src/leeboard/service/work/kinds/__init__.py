"""What work there is, one kind a module: a kind takes claimed work to its end."""

from collections.abc import Callable
from dataclasses import dataclass

from leeboard.roster import Roster
from leeboard.service.work.task import Task

JOBS = "jobs"


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of work.

    Args:
        name: as in the queue.
        perform: takes one piece to its end, or puts it back; what it raises counts as a failure that
            may pass.
        give_up: writes that a piece failed for good, after too many attempts.
        crew: the threads that do it: those for jobs, as many as the settings say, or a thread of its own,
            where people wait for it and nothing else may hold it up.
    """

    name: str
    perform: Callable[[Task], None]
    give_up: Callable[[Task, str], None]
    crew: str = JOBS


KINDS = Roster("kind of work", __name__, Kind)
