"""What work there is, one kind a module: a kind takes claimed work to its end."""

from collections.abc import Callable
from dataclasses import dataclass

from leeboard.roster import Roster
from leeboard.service.work.task import Task


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of work.

    Args:
        name: as in the queue.
        perform: takes one piece to its end, or puts it back; what it raises counts as a failure that
            may pass.
        give_up: writes that a piece failed for good, after too many attempts.
        is_quick: whether it goes past the queue of long jobs, as people wait for it.
    """

    name: str
    perform: Callable[[Task], None]
    give_up: Callable[[Task, str], None]
    is_quick: bool = False


KINDS = Roster("kind of work", __name__, Kind)
