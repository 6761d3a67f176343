"""What runs processing jobs on this machine, one kind of job a module.

A runner gets an order whose folders and configuration files are laid out below its scratch folder. It
reads the inputs or brings them there, leaves outputs, message and metric files where the job's contract
says, and comes back when nothing of the job runs any more.
"""

from collections.abc import Callable
from dataclasses import dataclass

from leeboard.errors import LeeboardError, UnreachableError
from leeboard.jobs.runners.layout import lay_out
from leeboard.jobs.runners.leftovers import is_owned, kill_leftovers, kill_orphans, note_owner
from leeboard.jobs.runners.order import Log, ProcessingEnd, ProcessingOrder, ShouldStop, failed
from leeboard.jobs.runners.outputs import upload_outputs
from leeboard.roster import Roster

__all__ = [
    "RUNNERS",
    "Log",
    "ProcessingEnd",
    "ProcessingOrder",
    "Runner",
    "ShouldStop",
    "failed",
    "is_owned",
    "kill_leftovers",
    "kill_orphans",
    "may_pass",
    "run_processing",
    "upload_outputs",
]


@dataclass(frozen=True, slots=True)
class Runner:
    """One way to run a job.

    Args:
        name: for messages.
        takes: how surely a job with this image is for this runner: 0 not at all, 1 if there is no
            other, 5 any image, 10 just this one.
        is_ready: whether it can run this order at all, as the server was set up.
        run: (order, log, should_stop) -> how it ended. It may raise `InputError` for what the caller
            can mend; any other error of leeboard, and of the system, counts as one that may pass.
    """

    name: str
    takes: Callable[[str], int]
    run: Callable[[ProcessingOrder, Log, ShouldStop], ProcessingEnd]
    is_ready: Callable[[ProcessingOrder], bool] = lambda order: True


RUNNERS = Roster("runner", __name__, Runner)


def may_pass(error: LeeboardError) -> bool:
    """Whether an error may be gone next time: a fault of ours, or a server that does not answer."""
    return error.exit_code == 1 or isinstance(error, UnreachableError)


def run_processing(order: ProcessingOrder, *, log: Log, should_stop: ShouldStop) -> ProcessingEnd:
    """Runs a job to its end; the whole tree of its processes is gone then.

    The thread that calls it has to live as long: on Linux the job dies with that thread.

    Args:
        order: what to do.
        log: takes each line that the job prints.
        should_stop: asked a few times a second.
    """
    try:
        kill_leftovers(order.scratch)
        lay_out(order)
        note_owner(order.root)
        ready = (runner for runner in RUNNERS if runner.is_ready(order))
        surest = max(ready, key=lambda runner: runner.takes(order.image))
        return surest.run(order, log, should_stop)
    except LeeboardError as error:
        return failed(str(error), is_retryable=may_pass(error))
    except OSError as error:
        return failed(f"The job could not be started: {error}", is_retryable=True)
