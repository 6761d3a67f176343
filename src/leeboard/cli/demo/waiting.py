"""Asks again until something is over, as boto3's waiters do."""

from collections.abc import Callable
from time import monotonic, sleep
from typing import Any

from leeboard.errors import EngineError

ENDED = ("Completed", "CompletedWithViolations", "Failed", "Stopped")
WAIT_S, LOOK_S = 120, 0.1


def until(
    ask: Callable[[], dict[str, Any]], is_over: Callable[[dict[str, Any]], bool], what: str
) -> dict[str, Any]:
    """The first answer that says that it is over.

    Raises:
        EngineError: none does in time.
    """
    deadline = monotonic() + WAIT_S
    while not is_over(answer := ask()):
        if monotonic() > deadline:
            raise EngineError(f"{what} is not over after {WAIT_S} s: {answer}")
        sleep(LOOK_S)
    return answer
